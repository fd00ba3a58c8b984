"""The calls that are not over, so that a second one of the same is seen."""

from __future__ import annotations

from jackfield.dispatch.call import Call


class Unfinished:
    """Pure bookkeeping, by session and tool: arguments are compared only where such a call is running, so
    the ordinary one costs a look into a dictionary."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], list[Call]] = {}

    def twin(self, call: Call) -> Call | None:
        """One that runs the same tool with the same arguments in the same session."""
        others = self._calls.get(_key(call))
        if not others:
            return None
        return next((each for each in others if each.same_arguments(call)), None)

    def add(self, call: Call) -> None:
        self._calls.setdefault(_key(call), []).append(call)

    def remove(self, call: Call) -> None:
        others = self._calls[_key(call)]
        others.remove(call)
        if not others:
            del self._calls[_key(call)]


def _key(call: Call) -> tuple[str, str]:
    return call.context.session_id, call.tool.name

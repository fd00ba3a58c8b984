from __future__ import annotations

from collections.abc import Sequence

from pydantic import PrivateAttr

from jackfield_local.engine.effects import Close, Effect, Emit

from .fault import Deed, Fault

FLOATING = (
    "conversation.item.input_audio_transcription.",
    "conversation.item.done",
    "rate_limits.updated",
)


class Reordered(Fault):
    """Events whose order nobody promises come as late as they may: transcriptions, `conversation.item.done`
    and `rate_limits.updated` after the `response.done` that follows them, the last one first."""

    _held: list[Emit] = PrivateAttr(default_factory=list)

    def told(self, effect: Effect) -> Sequence[Deed]:
        if isinstance(effect, Emit) and str(effect.event["type"]).startswith(FLOATING):
            self._held.append(effect)
            return []
        if isinstance(effect, Emit) and effect.event["type"] == "response.done":
            return [effect, *self._released()]
        return [*self._released(), effect] if isinstance(effect, Close) else [effect]

    def _released(self) -> list[Emit]:
        held, self._held = self._held, []
        return held[::-1]

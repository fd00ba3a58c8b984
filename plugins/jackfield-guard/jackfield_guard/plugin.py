"""The plugin `guard`: judges calls by the rules of agents.yaml, and writes down what became of them."""

from __future__ import annotations

import atexit
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict

import jackfield
from jackfield.calls import Outcome
from jackfield.errors import PluginError
from jackfield.hookspecs import PATIENCE, FunctionCall, SessionFacts, Settings, Verdict
from jackfield.notices import AgentSaid, CallerSaid, HandedOff, Notice, SessionEnded, SessionOpened
from jackfield_guard.audit import AuditLog
from jackfield_guard.rules import Rules
from jackfield_guard.settings import GuardSettings, settings_from

_WRITTEN_DOWN = (SessionOpened, CallerSaid, AgentSaid, HandedOff, SessionEnded)
_MOST_OUTPUT = 1000


class Guard:
    """Critical: where it fails, nothing is allowed. With settings that are wrong nothing is, either; without
    any, it has nothing to do."""

    critical = True

    def __init__(self) -> None:
        self.idle = True
        self._settings = GuardSettings()
        self._rules: Rules | None = Rules(self._settings)
        self._audit: AuditLog | None = None

    @property
    def patience(self) -> float:
        """Waiting for one's turn is no fault."""
        return PATIENCE + (self._settings.wait if self._settings.one_at_a_time else 0)

    @jackfield.hookimpl
    def register_tools(self, settings: Settings) -> None:
        """It has none; this is where a plugin is given its settings."""
        self.idle = not settings
        self._rules = None
        self.close()
        self._settings = settings_from(settings)
        if self._settings.audit is not None:
            self._audit = AuditLog(self._settings.audit)
            atexit.register(self._audit.close)
        self._rules = Rules(self._settings)

    @jackfield.hookimpl
    def before_call(self, call: FunctionCall, session: SessionFacts) -> Verdict | None:
        reason = self._valid_rules().refusal(session.id, call.tool, call.arguments)
        return Verdict.deny(reason) if reason else None

    @jackfield.hookimpl
    def around_call(self, call: FunctionCall) -> AbstractAsyncContextManager[None] | None:
        return self._valid_rules().turn(call.tool)

    @jackfield.hookimpl
    def call_finished(self, call: FunctionCall, outcome: Outcome, session: SessionFacts) -> None:
        if self._audit is not None:
            facts = {
                "agent": session.agent,
                "call_id": call.id,
                "tool": call.tool,
                "arguments": call.arguments,
                "outcome": outcome.kind.value,
                "output": outcome.output[:_MOST_OUTPUT],
            }
            self._audit.add("call_finished", session.id, facts)

    @jackfield.hookimpl
    def notice(self, notice: Notice, session_id: str) -> None:
        if self._audit is not None and isinstance(notice, _WRITTEN_DOWN):
            facts = asdict(notice)
            for told in ("at", "session_id", "item_id"):
                facts.pop(told, None)
            self._audit.add(notice.type, session_id, facts)
        if isinstance(notice, SessionEnded) and self._rules is not None:
            self._rules.budgets.forget(session_id)

    def close(self) -> None:
        """Write out the audit log; none is written any more."""
        if self._audit is not None:
            self._audit.close()
            atexit.unregister(self._audit.close)
            self._audit = None

    def _valid_rules(self) -> Rules:
        if self._rules is None:
            raise PluginError("the settings of the guard are wrong; `jackfield plugins` says how")
        return self._rules


guard = Guard()

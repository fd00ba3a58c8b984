"""The plugin `guard`: judges calls by the rules of agents.yaml, and writes down what became of them."""

from __future__ import annotations

import atexit
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict

import jackfield
from jackfield.calls import Outcome
from jackfield.errors import PluginError
from jackfield.hookspecs import PATIENCE, FunctionCall, SessionFacts, Verdict
from jackfield.notices import AgentSaid, CallerSaid, HandedOff, Notice, SessionEnded, SessionOpened
from jackfield_guard.audit import AuditLog
from jackfield_guard.log_records import RedactedRecords
from jackfield_guard.redaction import Redaction
from jackfield_guard.rules import Rules
from jackfield_guard.settings import GuardSettings

_WRITTEN_DOWN = (SessionOpened, CallerSaid, AgentSaid, HandedOff, SessionEnded)
_MOST_OUTPUT = 1000


class Guard:
    """Critical: where it fails, nothing is allowed. Without settings it has nothing to do."""

    critical = True
    settings_model = GuardSettings

    def __init__(self) -> None:
        self.idle = True
        self._settings = GuardSettings()
        self._rules: Rules | None = Rules(self._settings)
        self._audit: AuditLog | None = None
        self._records: RedactedRecords | None = None

    @property
    def patience(self) -> float:
        """Waiting for one's turn is no fault."""
        return PATIENCE + (self._settings.wait if self._settings.one_at_a_time else 0)

    @jackfield.hookimpl
    def register_tools(self, settings: GuardSettings) -> None:
        """It has none; this is where a plugin is given its settings."""
        self.close()
        self.idle = not settings.model_fields_set
        self._settings = settings
        self._rules = None
        redaction = Redaction(settings.private)
        if settings.redact_logs:
            self._records = RedactedRecords(redaction)
            self._records.install()
        if settings.audit is not None:
            self._audit = AuditLog(settings.audit, redaction=redaction)
            atexit.register(self._audit.close)
        self._rules = Rules(settings)

    @jackfield.hookimpl
    def instructions(self) -> str | None:
        return self._settings.said or None

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

    @jackfield.hookimpl
    def session_ended(self, session: SessionFacts) -> None:
        if self._rules is not None:
            self._rules.budgets.forget(session.id)

    def close(self) -> None:
        """Write out the audit log; none is written any more, and records are what they were."""
        if self._audit is not None:
            self._audit.close()
            atexit.unregister(self._audit.close)
            self._audit = None
        if self._records is not None:
            self._records.remove()
            self._records = None

    def _valid_rules(self) -> Rules:
        if self._rules is None:
            raise PluginError("the guard could not be set up; `jackfield plugins` says why")
        return self._rules


guard = Guard()

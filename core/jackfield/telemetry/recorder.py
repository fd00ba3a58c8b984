"""One session as spans: itself, its responses beneath it, and its function calls beside it.

A function call outlives the response that asked for it, and a session outlives them all by up to an hour;
so a call's span is a trace of its own that is linked to the session's, and can be read as soon as the
call has ended. Never a word of what was said, nor arguments or outputs: those are the callers'.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import ClassVar

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.util.types import AttributeValue

from jackfield.calls import OutcomeKind
from jackfield.conversation.notices import ConversationShortened, LineChanged, LineWanted, UsageCounted
from jackfield.notices import (
    AgentStartedSpeaking,
    AgentStoppedSpeaking,
    CallerStartedSpeaking,
    CallerStoppedSpeaking,
    CallFinished,
    CallReceived,
    CallStarted,
    HandedOff,
    Notice,
    ResponseFinished,
    ResponseStarted,
    SessionEnded,
    SessionOpened,
    ToolBlocked,
    ToolIsolated,
    Trouble,
)
from jackfield.telemetry import names
from jackfield.telemetry.meters import Meters

MOST_OPEN = 256
"""Responses and function calls of one session that are open at once; beyond that the oldest is closed."""

LONGEST_NAME = 64

FAULTS = {OutcomeKind.ERROR, OutcomeKind.TIMEOUT, OutcomeKind.UNKNOWN}
"""Outcomes that are somebody's fault; a call that was cancelled or denied did what it should."""

PART = re.compile(r"jackfield_([a-z_]{1,40})_ms")
"""A part of the latency in a response's metadata, as the embedded provider gives it."""


class SessionRecorder:
    """Reads the notices of one session, in order. `epoch` is the wall-clock time, in ns, at which the
    session's own clock stood at 0."""

    def __init__(self, opened: SessionOpened, epoch: int, tracer: Tracer, meters: Meters) -> None:
        self._epoch = epoch
        self._tracer = tracer
        self._meters = meters
        self._agent = opened.agent
        self._identity = {
            names.CONVERSATION_ID: opened.session_id,
            names.PROVIDER_NAME: names.PROVIDERS.get(opened.provider, opened.provider),
        }
        self._open: OrderedDict[str, Span] = OrderedDict()
        self._entered: set[str] = set()
        self._silent_since: float | None = None
        self._spoken_over_since: float | None = None
        self._session = tracer.start_span(
            f"{names.SESSION} {opened.agent}",
            Context(),
            attributes=self._attributes(),
            start_time=self._when(opened),
        )

    def take(self, notice: Notice) -> None:
        """Anything that is not told here leaves no trace."""
        if taker := self._TAKERS.get(type(notice)):
            taker(self, notice)

    def _session_ended(self, notice: SessionEnded) -> None:
        for span in self._open.values():
            span.set_attribute(names.UNFINISHED, True)
            span.end(self._when(notice))
        self._open.clear()
        self._session.set_attributes({names.REASON: notice.reason, names.FAILED: notice.failed})
        if notice.failed:
            self._session.set_status(Status(StatusCode.ERROR, notice.reason))
        self._session.end(self._when(notice))

    def _handed_off(self, notice: HandedOff) -> None:
        self._agent = notice.to_agent
        agents = {names.FROM_AGENT: notice.from_agent, names.TO_AGENT: notice.to_agent}
        self._session.add_event(notice.type, agents, self._when(notice))

    def _trouble(self, notice: Trouble) -> None:
        self._session.add_event(notice.type, timestamp=self._when(notice))

    def _line_changes(self, notice: LineWanted | LineChanged | ConversationShortened) -> None:
        self._session.add_event(notice.type, timestamp=self._when(notice))

    def _usage_counted(self, notice: UsageCounted) -> None:
        self._meters.used(notice.input_tokens, notice.output_tokens, self._agent)
        self._session.set_attribute(names.COST, notice.cost)

    def _tool_in_the_way(self, notice: ToolBlocked | ToolIsolated) -> None:
        found = {names.TOOL_NAME: notice.tool, names.PLUGIN: notice.source}
        self._session.add_event(notice.type, found, self._when(notice))

    def _caller_started_speaking(self, notice: CallerStartedSpeaking) -> None:
        self._silent_since = None
        self._spoken_over_since = notice.at

    def _caller_stopped_speaking(self, notice: CallerStoppedSpeaking) -> None:
        self._silent_since = notice.at

    def _agent_started_speaking(self, notice: AgentStartedSpeaking) -> None:
        if self._silent_since is not None:
            self._meters.replied(notice.at - self._silent_since, self._agent)
        self._silent_since = self._spoken_over_since = None

    def _agent_stopped_speaking(self, notice: AgentStoppedSpeaking) -> None:
        if notice.interrupted and self._spoken_over_since is not None:
            self._meters.fell_silent(notice.at - self._spoken_over_since, self._agent)
        self._spoken_over_since = None

    def _response_started(self, notice: ResponseStarted) -> None:
        self._begin(
            notice.response_id,
            self._tracer.start_span(
                names.CHAT,
                set_span_in_context(self._session, Context()),
                SpanKind.CLIENT,
                self._attributes(
                    {
                        names.OPERATION: names.CHAT,
                        names.RESPONSE_ID: notice.response_id,
                        names.OUTPUT_TYPE: names.SPEECH,
                    }
                ),
                start_time=self._when(notice),
            ),
        )

    def _response_finished(self, notice: ResponseFinished) -> None:
        if (span := self._open.pop(notice.response_id, None)) is None:
            return
        span.set_attribute(names.FINISH_REASONS, [notice.reason or notice.status])
        span.set_attributes(latencies(notice.metadata))
        if notice.status == "failed":
            span.set_attribute(names.ERROR_TYPE, notice.reason or names.OTHER)
            span.set_status(Status(StatusCode.ERROR))
        span.end(self._when(notice))

    def _call_received(self, notice: CallReceived) -> None:
        self._begin(
            notice.call_id,
            self._tracer.start_span(
                f"{names.EXECUTE_TOOL} {notice.tool[:LONGEST_NAME]}",
                Context(),
                SpanKind.INTERNAL,
                self._attributes(
                    {
                        names.OPERATION: names.EXECUTE_TOOL,
                        names.TOOL_NAME: notice.tool[:LONGEST_NAME],
                        names.TOOL_CALL_ID: notice.call_id,
                        names.TOOL_TYPE: names.FUNCTION,
                    }
                ),
                links=[Link(self._session.get_span_context())],
                start_time=self._when(notice),
            ),
        )

    def _call_started(self, notice: CallStarted) -> None:
        if (span := self._open.get(notice.call_id)) is not None:
            self._entered.add(notice.call_id)
            span.add_event("started", timestamp=self._when(notice))

    def _call_finished(self, notice: CallFinished) -> None:
        # A name that no tool has is the model's invention; there is no end of those.
        tool = notice.tool if notice.call_id in self._entered else names.OTHER
        self._entered.discard(notice.call_id)
        self._meters.called(notice.seconds, tool, notice.outcome.value)
        if (span := self._open.pop(notice.call_id, None)) is None:
            return
        span.set_attribute(names.OUTCOME, notice.outcome.value)
        if notice.outcome in FAULTS:
            span.set_attribute(names.ERROR_TYPE, notice.outcome.value)
            span.set_status(Status(StatusCode.ERROR))
        span.end(self._when(notice))

    def _begin(self, key: str, span: Span) -> None:
        if (twin := self._open.pop(key, None)) is not None:
            twin.end()
        self._open[key] = span
        if len(self._open) > MOST_OPEN:
            oldest, forgotten = self._open.popitem(last=False)
            self._entered.discard(oldest)
            forgotten.set_attribute(names.UNFINISHED, True)
            forgotten.end()

    def _attributes(self, more: Mapping[str, AttributeValue] | None = None) -> dict[str, AttributeValue]:
        return {**self._identity, names.AGENT_NAME: self._agent, **(more or {})}

    def _when(self, notice: Notice) -> int:
        return self._epoch + round(notice.at * 1e9)

    _TAKERS: ClassVar[dict[type[Notice], Callable[..., None]]] = {
        SessionEnded: _session_ended,
        HandedOff: _handed_off,
        Trouble: _trouble,
        ToolBlocked: _tool_in_the_way,
        ToolIsolated: _tool_in_the_way,
        CallerStartedSpeaking: _caller_started_speaking,
        CallerStoppedSpeaking: _caller_stopped_speaking,
        AgentStartedSpeaking: _agent_started_speaking,
        AgentStoppedSpeaking: _agent_stopped_speaking,
        ResponseStarted: _response_started,
        ResponseFinished: _response_finished,
        LineWanted: _line_changes,
        LineChanged: _line_changes,
        ConversationShortened: _line_changes,
        UsageCounted: _usage_counted,
        CallReceived: _call_received,
        CallStarted: _call_started,
        CallFinished: _call_finished,
    }


def latencies(metadata: Mapping[str, str]) -> dict[str, float]:
    """The parts of a response's latency, in ms. Other metadata may be anybody's words, and stays out."""
    found = {}
    for key, value in metadata.items():
        if (part := PART.fullmatch(key)) and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            found[f"{names.LATENCY}{part[1]}_ms"] = float(value)
    return found

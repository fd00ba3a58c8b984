"""Notices in, spans and metrics out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from jackfield.calls import OutcomeKind
from jackfield.conversation.notices import LineChanged, LineWanted, UsageCounted
from jackfield.notices import (
    AgentSaid,
    AgentStartedSpeaking,
    AgentStoppedSpeaking,
    CallerSaid,
    CallerStartedSpeaking,
    CallerStoppedSpeaking,
    CallFinished,
    CallProgressed,
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
from jackfield.telemetry import recorder, spans
from jackfield.telemetry.spans import Sessions

EPOCH = 1_795_000_000_000_000_000
OPENED = SessionOpened(0.0, "s1", "desk", "azure")


class Watched:
    """Sessions under observation by OpenTelemetry's own SDK."""

    def __init__(self) -> None:
        self._spans, self._metrics = InMemorySpanExporter(), InMemoryMetricReader()
        self._tracers, self._meters = TracerProvider(), MeterProvider([self._metrics])
        self._tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        tracer, meter = self._tracers.get_tracer("test"), self._meters.get_meter("test")
        self.sessions = Sessions(tracer, meter, clock=lambda: EPOCH)

    def hear(self, *notices: Notice, session: str = "s1") -> None:
        for notice in notices:
            self.sessions.take(notice, session)

    def span(self, name: str) -> ReadableSpan:
        (found,) = (span for span in self.spans() if span.name == name)
        return found

    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._spans.get_finished_spans()

    def measured(self, name: str) -> list[HistogramDataPoint]:
        return self.metrics().get(name, [])

    def metrics(self) -> dict[str, list[HistogramDataPoint]]:
        data = self._metrics.get_metrics_data()
        resources = data.resource_metrics if data else []
        scopes = [scope for resource in resources for scope in resource.scope_metrics]
        return {metric.name: list(metric.data.data_points) for scope in scopes for metric in scope.metrics}

    def close(self) -> None:
        self._tracers.shutdown()
        self._meters.shutdown()


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    watched.close()


def call(
    call_id: str, at: float, *, tool: str = "clock.now", outcome: OutcomeKind = OutcomeKind.VALUE
) -> list[Notice]:
    return [
        CallReceived(at, call_id, tool, '{"city": "PLANTED"}'),
        CallStarted(at + 0.1, call_id, tool, {"city": "PLANTED"}),
        CallProgressed(at + 0.2, call_id, tool, "PLANTED"),
        CallFinished(at + 0.5, call_id, tool, outcome, "PLANTED", 0.5),
    ]


def test_a_session_is_one_span_with_its_own_times(watched: Watched) -> None:
    watched.hear(OPENED, SessionEnded(12.5, "the caller hung up", failed=False))
    span = watched.span("jackfield.session desk")
    assert (span.start_time, span.end_time) == (EPOCH, EPOCH + 12_500_000_000)
    assert span.parent is None
    assert span.status.status_code is StatusCode.UNSET
    assert dict(span.attributes or {}) == {
        "gen_ai.conversation.id": "s1",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.agent.name": "desk",
        "jackfield.session.reason": "the caller hung up",
        "jackfield.session.failed": False,
    }


def test_a_session_that_ends_by_accident_is_an_error_that_says_why(watched: Watched) -> None:
    watched.hear(OPENED, SessionEnded(1.0, "the sideband was lost", failed=True))
    status = watched.span("jackfield.session desk").status
    assert (status.status_code, status.description) == (StatusCode.ERROR, "the sideband was lost")


def test_a_response_is_a_span_beneath_its_session(watched: Watched) -> None:
    parts = {"jackfield_mind_ms": "12.5", "jackfield_recognition_ms": "65", "note": "PLANTED"}
    watched.hear(
        OPENED,
        ResponseStarted(1.0, "resp_1"),
        ResponseFinished(2.0, "resp_1", "completed", "", parts),
        SessionEnded(3.0, "", failed=False),
    )
    response, session = watched.span("chat"), watched.span("jackfield.session desk")
    assert response.parent is not None and session.context is not None
    assert response.parent.span_id == session.context.span_id
    assert response.kind is SpanKind.CLIENT
    assert (response.start_time, response.end_time) == (EPOCH + 1_000_000_000, EPOCH + 2_000_000_000)
    attributes = dict(response.attributes or {})
    assert attributes["gen_ai.response.finish_reasons"] == ("completed",)
    assert attributes["jackfield.latency.mind_ms"] == 12.5
    assert attributes["jackfield.latency.recognition_ms"] == 65.0


def test_a_failed_response_is_an_error_and_a_cancelled_one_is_not(watched: Watched) -> None:
    watched.hear(OPENED)
    for number, (status, reason) in enumerate([("failed", "server_error"), ("cancelled", "turn_detected")]):
        watched.hear(ResponseStarted(1, f"r{number}"), ResponseFinished(2, f"r{number}", status, reason, {}))
    failed, cancelled = watched.spans()
    assert failed.status.status_code is StatusCode.ERROR
    assert (failed.attributes or {})["error.type"] == "server_error"
    assert cancelled.status.status_code is StatusCode.UNSET
    assert (cancelled.attributes or {})["gen_ai.response.finish_reasons"] == ("turn_detected",)


def test_a_function_call_is_a_trace_of_its_own_that_is_linked_to_its_session(watched: Watched) -> None:
    watched.hear(OPENED, *call("call_1", 2.0))
    span = watched.span("execute_tool clock.now")  # exported while the session still lives
    watched.hear(SessionEnded(9.0, "", failed=False))
    session = watched.span("jackfield.session desk")
    assert span.parent is None
    assert [link.context.span_id for link in span.links] == [session.context.span_id]
    assert (span.start_time, span.end_time) == (EPOCH + 2_000_000_000, EPOCH + 2_500_000_000)
    assert [(event.name, event.timestamp) for event in span.events] == [("started", EPOCH + 2_100_000_000)]
    attributes = dict(span.attributes or {})
    assert attributes["gen_ai.operation.name"] == "execute_tool"
    assert attributes["gen_ai.tool.call.id"] == "call_1"
    assert attributes["jackfield.outcome"] == "value"


@pytest.mark.parametrize("outcome", OutcomeKind)
def test_an_outcome_is_an_error_when_somebody_is_at_fault(outcome: OutcomeKind, watched: Watched) -> None:
    watched.hear(OPENED, *call("call_1", 2.0, outcome=outcome))
    span = watched.span("execute_tool clock.now")
    at_fault = outcome in (OutcomeKind.ERROR, OutcomeKind.TIMEOUT, OutcomeKind.UNKNOWN)
    assert span.status.status_code is (StatusCode.ERROR if at_fault else StatusCode.UNSET)
    assert (span.attributes or {}).get("error.type") == (outcome.value if at_fault else None)


def test_function_calls_are_measured_by_tool_and_outcome(watched: Watched) -> None:
    watched.hear(OPENED, *call("c1", 1.0), *call("c2", 2.0), *call("c3", 3.0, outcome=OutcomeKind.TIMEOUT))
    points = watched.measured("jackfield.function_call.duration")
    counts = {(p.attributes["gen_ai.tool.name"], p.attributes["jackfield.outcome"]): p.count for p in points}
    assert counts == {("clock.now", "value"): 2, ("clock.now", "timeout"): 1}
    assert sum(point.sum for point in points) == 1.5


def test_names_that_the_model_invents_do_not_fill_the_metrics(watched: Watched) -> None:
    watched.hear(OPENED)
    for number in range(50):
        invented = f"invented_{number}"
        watched.hear(
            CallReceived(1, str(number), invented, "{}"),
            CallFinished(1, str(number), invented, OutcomeKind.ERROR, "", 0.0),
        )
    (point,) = watched.measured("jackfield.function_call.duration")
    assert (point.count, point.attributes["gen_ai.tool.name"]) == (50, "_OTHER")


def test_the_wait_for_a_reply_is_measured_from_the_last_silence(watched: Watched) -> None:
    watched.hear(
        OPENED,
        AgentStartedSpeaking(0.5, "greeting"),  # nobody waited for it
        CallerStartedSpeaking(1.0),
        CallerStoppedSpeaking(2.0),
        CallerStartedSpeaking(2.1),
        CallerStoppedSpeaking(3.0),
        AgentStartedSpeaking(3.5, "r1"),
        AgentStartedSpeaking(9.0, "r2"),  # a late result, not a reply
    )
    (point,) = watched.measured("jackfield.reply.duration")
    assert (point.count, point.sum, dict(point.attributes)) == (1, 0.5, {"gen_ai.agent.name": "desk"})


def test_what_a_session_costs_and_how_often_its_line_changed_is_on_its_span(watched: Watched) -> None:
    watched.hear(
        OPENED,
        UsageCounted(1.0, "r1", 100, 20, 32_000, 0.25),
        LineWanted(2.0, "it ends soon", broken=False),
        LineChanged(3.0, 2, "local", "it ends soon"),
        UsageCounted(4.0, "r2", 120, 30, 32_000, 0.5),
        SessionEnded(5.0, "hung up", failed=False),
    )
    session = watched.span("jackfield.session desk")
    assert session.attributes is not None
    assert session.attributes["jackfield.session.cost"] == 0.5
    assert [event.name for event in session.events] == ["line_wanted", "line_changed"]
    points = watched.measured("gen_ai.client.token.usage")
    assert sorted((point.count, point.sum) for point in points) == [(2, 50), (2, 220)]


def test_a_barge_in_is_measured_until_the_agent_is_silent(watched: Watched) -> None:
    watched.hear(
        OPENED,
        AgentStartedSpeaking(1.0, "r1"),
        CallerStartedSpeaking(2.0),
        AgentStoppedSpeaking(2.25, "r1", interrupted=True),
        AgentStartedSpeaking(3.0, "r2"),
        AgentStoppedSpeaking(4.0, "r2", interrupted=False),
    )
    (point,) = watched.measured("jackfield.barge_in.duration")
    assert (point.count, point.sum) == (1, 0.25)


def test_a_handoff_is_an_event_and_what_follows_belongs_to_the_other_agent(watched: Watched) -> None:
    watched.hear(OPENED, HandedOff(1.0, "desk", "workshop"), *call("c1", 2.0), SessionEnded(3.0, "", False))
    (event,) = watched.span("jackfield.session desk").events
    assert (event.name, dict(event.attributes or {})) == (
        "handed_off",
        {"jackfield.handoff.from": "desk", "jackfield.handoff.to": "workshop"},
    )
    assert (watched.span("execute_tool clock.now").attributes or {})["gen_ai.agent.name"] == "workshop"


def test_nothing_that_was_said_or_passed_to_a_tool_is_told(watched: Watched) -> None:
    watched.hear(
        OPENED,
        CallerSaid(1.0, "i1", "PLANTED"),
        AgentSaid(1.1, "i2", "PLANTED"),
        Trouble(1.2, "PLANTED"),
        ResponseStarted(1.3, "r1"),
        ResponseFinished(1.4, "r1", "completed", "", {"jackfield_mind_ms": "PLANTED", "PLANTED": "1"}),
        *call("c1", 2.0),
        SessionEnded(3.0, "", failed=False),
    )
    assert len(watched.spans()) == 3
    assert "PLANTED" not in "".join(span.to_json() for span in watched.spans())


def test_what_is_open_when_a_session_ends_ends_with_it_and_nothing_is_remembered(watched: Watched) -> None:
    watched.hear(OPENED, ResponseStarted(1.0, "r1"), CallReceived(1.0, "c1", "clock.now", "{}"))
    watched.hear(SessionEnded(2.0, "", failed=False), *call("c2", 3.0), SessionEnded(4.0, "", failed=False))
    assert len(watched.sessions) == 0
    assert sorted(span.name for span in watched.spans()) == [
        "chat",
        "execute_tool clock.now",
        "jackfield.session desk",
    ]
    assert (watched.span("chat").attributes or {})["jackfield.unfinished"] is True


def test_notices_out_of_order_twice_or_unheard_of_do_no_harm(watched: Watched) -> None:
    watched.hear(*call("c1", 1.0), SessionEnded(1.0, "", failed=False))
    watched.hear(OPENED, OPENED, CallFinished(1, "never", "x", OutcomeKind.VALUE, "", 0.1))
    watched.hear(ResponseFinished(1, "never", "completed", "", {}), CallStarted(1, "never", "x", {}))
    watched.hear(ResponseStarted(1, "r1"), ResponseStarted(1, "r1"), SessionEnded(2.0, "", failed=False))
    assert sorted(span.name for span in watched.spans()) == ["chat", "chat", "jackfield.session desk"]


def test_a_session_that_never_stops_calling_is_remembered_within_bounds(watched: Watched) -> None:
    watched.hear(OPENED)
    for number in range(recorder.MOST_OPEN + 10):
        watched.hear(CallReceived(1.0, f"c{number}", "clock.now", "{}"))
    assert len(watched.spans()) == 10


def test_sessions_whose_end_is_never_told_are_remembered_within_bounds(watched: Watched) -> None:
    for number in range(spans.MOST_SESSIONS + 3):
        watched.hear(SessionOpened(0.0, f"s{number}", "desk", "local"), session=f"s{number}")
    assert len(watched.sessions) == spans.MOST_SESSIONS
    assert [span.status.status_code for span in watched.spans()] == [StatusCode.ERROR] * 3


def test_without_an_sdk_the_plugin_does_nothing_at_all() -> None:
    for notice in (OPENED, *call("c1", 1.0), SessionEnded(2.0, "", failed=False)):
        spans.notice(notice, "s1")


def test_the_page_about_telemetry_names_every_metric_with_its_attributes(watched: Watched) -> None:
    watched.hear(
        OPENED,
        CallerStoppedSpeaking(1.0),
        AgentStartedSpeaking(2.0, "r1"),
        CallerStartedSpeaking(3.0),
        AgentStoppedSpeaking(4.0, "r1", interrupted=True),
        *call("c1", 5.0),
        ToolBlocked(6.0, "clock.now", "clock", "clock.py:31 in now", 0.104),
    )
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "telemetry.md").read_text()
    shown = dict(re.findall(r"^\| `(jackfield\.[\w.]+)` \| [^|]+ \| ([^|]+) \|$", page, flags=re.MULTILINE))
    assert {name: set(re.findall(r"`([^`]+)`", by)) for name, by in shown.items()} == {
        name: {key for point in points for key in point.attributes}
        for name, points in watched.metrics().items()
    }


def test_a_tool_that_blocks_its_loop_is_measured_once_however_many_sessions_hear_of_it() -> None:
    watched = Watched()
    watched.hear(OPENED)
    watched.hear(OPENED, session="s2")
    for seconds in (0.104, 0.131):
        for session in ("s1", "s2"):
            stall = ToolBlocked(4.0, "clock.now", "clock", "clock.py:31 in now", seconds)
            watched.hear(stall, ToolIsolated(4.0, "clock.now", "clock"), session=session)
    watched.hear(SessionEnded(5.0, "hung up", failed=False))
    (point,) = watched.measured("jackfield.tool.blocked.duration")
    assert (point.count, round(point.sum, 3)) == (2, 0.235)
    assert point.attributes == {"gen_ai.tool.name": "clock.now", "jackfield.plugin.name": "clock"}
    events = [event.name for event in watched.span("jackfield.session desk").events]
    assert events == ["tool_blocked", "tool_isolated"] * 2

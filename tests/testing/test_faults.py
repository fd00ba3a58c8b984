"""A service that misbehaves, in writing: what the caller reads, what the model is told, what is noticed."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import pytest

from jackfield.calls import OutcomeKind
from jackfield.conversation.notices import LineChanged
from jackfield.errors import ConfigurationError, ProviderRefused
from jackfield.notices import ResponseFinished, Trouble
from jackfield.providers.base import Event
from jackfield.testing import Caller, fault, line, returns, when
from jackfield.testing.script import Fault

AGENTS = """
agents:
  desk:
    tools: [shop.*]
    calls: {announce_after: never}
"""

SCRIPT = [
    when("hello").says("Hi there."),
    when("screens").says("Let me look.").calls("shop.stock").then("I see: {output}"),
    when("goodbye").says("Goodbye."),
]
ALL = ["Hi there.", "Let me look.", "I see: There are four.", "Goodbye."]


def a_line(*faults: Fault) -> AbstractAsyncContextManager[Caller]:
    return line(agents=AGENTS, tools={"shop.stock": returns("There are four.")}, script=SCRIPT, faults=faults)


async def talk(caller: Caller) -> None:
    for words in ("hello", "Any screens?", "goodbye"):
        await caller.says(words)


def answered_once(caller: Caller) -> None:
    """The caller reads everything once, the tool ran once, and nothing is wrong."""
    assert caller.said == ALL
    assert [call.outcome for call in caller.calls.all] == [OutcomeKind.VALUE]
    assert troubles(caller) == []


def troubles(caller: Caller) -> list[str]:
    return [each.message for each in caller.notices if isinstance(each, Trouble)]


def statuses(caller: Caller) -> list[str]:
    return [each.status for each in caller.notices if isinstance(each, ResponseFinished)]


async def told(caller: Caller, kind: str) -> list[Event]:
    """What the service was told in events of this type."""
    entries = (await caller.recording()).entries
    return [each.value for each in entries if each.kind == "sent" and each.value.get("type") == kind]


def text_of(event: Event) -> str:
    return str(event["item"]["content"][0]["text"])


BENIGN: Sequence[Fault] = (
    fault("late_created", seconds=0.2),
    "reordered",
    "unknown_events",
    "unknown_fields",
    "preview_spellings",
    "duplicates",
)


@pytest.mark.parametrize("wrong", BENIGN, ids=str)
async def test_what_is_said_otherwise_than_expected_changes_nothing(wrong: Fault) -> None:
    async with a_line(wrong) as caller:
        await talk(caller)
        answered_once(caller)


async def test_all_of_that_at_once_changes_nothing() -> None:
    async with a_line(*BENIGN) as caller:
        await talk(caller)
        answered_once(caller)


async def test_a_response_that_is_seconds_late_is_not_asked_for_again() -> None:
    async with a_line(fault("late_created", seconds=4)) as caller:
        await talk(caller)
        answered_once(caller)
        assert len(await told(caller, "response.create")) == 4


@pytest.mark.parametrize("begins", [True, False])
async def test_a_response_that_nobody_saw_is_waited_for_and_nothing_is_answered_twice(begins: bool) -> None:
    async with a_line(fault("active_response_race", begins=begins)) as caller:
        await talk(caller)
        answered_once(caller)
        asked = await told(caller, "response.create")
    assert len(asked) == (4 if begins else 5)  # one for each thing said; the refused one again, if in vain


@pytest.mark.parametrize("wrong", ["failed_response", "rate_limited"])
async def test_a_response_that_fails_is_asked_for_once_more(wrong: str) -> None:
    async with a_line(wrong) as caller:
        await talk(caller)
        answered_once(caller)
        assert statuses(caller).count("failed") == 1


async def test_the_response_about_an_output_is_asked_for_again_and_the_tool_is_not_run_again() -> None:
    async with a_line(fault("rate_limited", skip=2)) as caller:
        await talk(caller)
        answered_once(caller)
        items = await told(caller, "conversation.item.create")
    assert len([each for each in items if each["item"]["type"] == "function_call_output"]) == 1


async def test_a_response_that_fails_twice_is_noticed_and_answered_with_the_next_turn() -> None:
    async with a_line(fault("failed_response", times=2)) as caller:
        await caller.says("hello")
        assert caller.said == []
        await caller.says("Are you there?")
        assert caller.said == ["Hi there."]
        [trouble] = troubles(caller)
        assert "failed twice" in trouble


async def test_half_an_answer_is_noticed_as_such_and_the_call_goes_on() -> None:
    async with a_line("incomplete_response") as caller:
        await talk(caller)
        assert caller.said == ["Hi t", *ALL[1:]]
        assert statuses(caller)[0] == "incomplete"
        assert troubles(caller) == []


async def test_half_a_function_call_is_neither_run_nor_answered() -> None:
    async with a_line(fault("incomplete_response", skip=1)) as caller:
        await talk(caller)
        assert caller.said == ["Hi there.", "Let me", "Goodbye."]
        assert caller.calls.all == []
        items = await told(caller, "conversation.item.create")
    assert [each["item"]["type"] for each in items] == ["message"] * 3


@pytest.mark.parametrize("announced", [True, False])
async def test_a_session_that_expires_in_its_socket_goes_on_in_another_that_knows_everything(
    announced: bool,
) -> None:
    async with a_line(fault("expiry", seconds="2s", announced=announced)) as caller:
        await caller.says("hello")
        await caller.says("Any screens?")
        await caller.until(lambda: any(isinstance(each, LineChanged) for each in caller.notices), "to move")
        await caller.says("goodbye")
        assert caller.said == ALL
        items = await told(caller, "conversation.item.create")
        assert "Hi there." in [text_of(each) for each in items if each["item"].get("role") == "assistant"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_for_a_moment_is_asked_again_and_the_caller_is_answered(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_line(fault("busy_service", status=status, times=2)) as caller:
        await talk(caller)
        answered_once(caller)
    told = [each.getMessage() for each in caplog.records if "trying again" in each.getMessage()]
    assert len(told) == 2
    assert f"HTTP {status}" in told[0]


@pytest.mark.parametrize(
    "busy", [{"status": 429, "times": 100}, {"status": 503, "retry_after": 60}, {"status": 500}], ids=str
)
async def test_a_caller_whom_a_service_refuses_for_longer_is_told_why(busy: dict[str, float]) -> None:
    with pytest.raises(ProviderRefused, match=f"HTTP {busy['status']}.*The service is busy"):
        async with a_line(fault("busy_service", **busy)):
            raise AssertionError("the service was busy")


async def test_the_faults_of_one_line_are_not_those_of_the_next() -> None:
    for _ in range(2):
        async with a_line("failed_response") as caller:
            await caller.says("hello")
            assert statuses(caller) == ["failed", "completed"]


async def test_faults_go_with_the_mind_of_the_server_too() -> None:
    async with line(agents=AGENTS, tools={"shop.stock": returns("Four.")}, faults=["duplicates"]) as caller:
        await caller.says("what is the stock?")
        assert len(caller.calls.all) <= 1
        assert caller.said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("failed_responses", "did you mean failed_response?"),
        (fault("late_created", minutes=1), "minutes"),
        (fault("late_created", seconds=-1), "seconds"),
        (fault("sideband_dropped", code=1000), "code"),
    ],
)
async def test_a_fault_that_is_none_is_told_with_its_place(wrong: Fault, words: str) -> None:
    with pytest.raises(ConfigurationError, match="faults") as caught:
        async with a_line(wrong):
            raise AssertionError("there is no such fault")
    assert words in str(caught.value)

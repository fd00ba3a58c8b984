"""What needs a yes, over the whole line: asked aloud, answered aloud, and only then done."""

from collections.abc import Callable
from pathlib import Path

from jackfield.notices import (
    AgentSaid,
    AgentStoppedSpeaking,
    CallerSaid,
    CallFinished,
    CallReceived,
    CallStarted,
    ConfirmationAsked,
    ConfirmationSettled,
    Notice,
)
from jackfield.runtime import Runtime
from tests.line.caller import Caller, calling

TOLD = (CallerSaid, CallReceived, ConfirmationAsked, ConfirmationSettled, CallStarted, CallFinished)


async def asked(caller: Caller, say: Callable[[str], bytes]) -> None:
    """The caller asks for the ticket to be closed, and has been asked back, aloud."""
    await caller.greeted()
    caller.peer.play(say("Please close ticket ten forty two."))
    await caller.hears(lambda caller: bool(caller.all(ConfirmationAsked)))
    await caller.hears(
        lambda caller: any("close ticket 1042?" in said.text for said in caller.all(AgentSaid))
    )
    await caller.hears(
        lambda caller: isinstance(last_of(caller, AgentSaid, AgentStoppedSpeaking), AgentStoppedSpeaking)
    )


def last_of(caller: Caller, *kinds: type[Notice]) -> Notice:
    return [notice for notice in caller.notices if isinstance(notice, kinds)][-1]


async def test_what_needs_a_yes_is_asked_aloud_and_done_after_a_spoken_yes(
    runtime: Runtime, tmp_path: Path, say: Callable[[str], bytes], recognise: Callable[[Path], str]
) -> None:
    async with calling(runtime, "workshop") as caller:
        await asked(caller, say)
        assert not caller.all(CallStarted), "nothing is done before the caller has agreed"
        caller.peer.play(say("Yes please."))
        await caller.hears(lambda caller: len(caller.all(CallFinished)) == 2)
        await caller.answered()
        await caller.hang_up(tmp_path / "reply.wav")

    assert [notice.type for notice in caller.notices if isinstance(notice, TOLD)] == [
        "caller_said",
        "call_received",
        "confirmation_asked",
        "call_finished",
        "caller_said",
        "call_received",
        "confirmation_settled",
        "call_started",
        "call_finished",
    ]
    [question], [settled] = caller.all(ConfirmationAsked), caller.all(ConfirmationSettled)
    assert (question.tool, question.arguments) == ("tickets.close_ticket", '{"number": 1042}')
    assert (settled.call_id, settled.answer) == (question.call_id, "agreed")
    assert [notice.outcome.value for notice in caller.all(CallFinished)] == ["denied", "value"]
    assert "is closed now" in caller.all(AgentSaid)[-1].text
    spoken = recognise(tmp_path / "reply.wav")
    assert "shall i close" in spoken, spoken


async def test_after_a_spoken_no_nothing_is_done(
    runtime: Runtime, tmp_path: Path, say: Callable[[str], bytes]
) -> None:
    async with calling(runtime, "workshop") as caller:
        await asked(caller, say)
        caller.peer.play(say("No, leave it."))
        await caller.answered()
        caller.peer.play(say("What time is it in Tokyo?"))
        await caller.hears(lambda caller: "clock.now" in caller.outcomes())
        await caller.answered()
        await caller.hang_up(tmp_path / "reply.wav")

    assert {notice.tool for notice in caller.all(CallStarted)} == {"clock.now"}
    assert not caller.all(ConfirmationSettled), "the question stands until it expires"
    assert any("I won't" in notice.text for notice in caller.all(AgentSaid))

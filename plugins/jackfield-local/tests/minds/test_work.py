"""Work that goes on beside the conversation: how it is spoken of, asked after and called off."""

import pytest

from jackfield.session.work_tools import OFFERS
from jackfield_local.minds.rules import RulesMind

from .talks import TOOLS, Calls, Item, agent, call, output, respond, system, user

WORKING = [*TOOLS, *OFFERS]
STARTED = "Started as job_3. Its result will come by itself; go on with the conversation."
ON_IT = "I have started on that, and will tell you when it is done."
SUPPLIER = [
    user("Could you ask the supplier about a ThinkPad screen?"),
    call("s", "tickets__ask_supplier", part="ThinkPad screen"),
    output("s", STARTED),
]
GOING_ON = [*SUPPLIER, agent(ON_IT)]
WAITING = [user("Ask the supplier about a fan."), call("w", "tickets__ask_supplier", part="fan")]


def result(text: str, job: str = "job_3 (tickets.ask_supplier)") -> Item:
    return system(f"The result of {job} is there; tell the caller. {text}")


async def test_work_that_was_only_started_is_said_to_be(mind: RulesMind) -> None:
    assert await respond(mind, *SUPPLIER) == (ON_IT, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "They have two. They would be here on Monday.",
            "I have the supplier's answer about the ThinkPad screen."
            " They have two. They would be here on Monday.",
        ),
        (
            '{"error": "timeout", "message": "There was no result within 60 seconds, so this was stopped."}',
            "I'm sorry, I could not get the supplier's answer about the ThinkPad screen."
            " There was no result within 60 seconds, so this was stopped.",
        ),
        (
            '{"error": "cancelled", "message": "The caller does not want it any more."}',
            "All right, I have stopped that.",
        ),
        (
            '{"error": "cancelled", "message": "The caller interrupted, so this was stopped."}',
            "I stopped that when you spoke.",
        ),
    ],
)
async def test_the_result_of_a_job_is_said_naturally(mind: RulesMind, text: str, said: str) -> None:
    assert await respond(mind, *GOING_ON, result(text)) == (said, [])


async def test_the_result_of_any_job_is_said(mind: RulesMind) -> None:
    about = "job_9 (shop.count_stock)"
    said, _ = await respond(mind, *GOING_ON, result("There are 400 screws.", about))
    assert said == "I have the result now. There are 400 screws."
    said, _ = await respond(mind, *GOING_ON, result('{"error": "error", "message": "it is dark"}', about))
    assert said == "I'm sorry, that did not work. It is dark."


async def test_while_a_job_runs_it_is_still_waited_for(mind: RulesMind) -> None:
    said, calls = await respond(mind, *GOING_ON, user("Is there any news from the supplier?"))
    assert said == "I'm still waiting for the supplier's answer about the ThinkPad screen."
    assert calls == []


async def test_a_job_that_is_over_is_not_waited_for(mind: RulesMind) -> None:
    over = [*GOING_ON, result("They have two."), agent("They have two.")]
    _, calls = await respond(mind, *over, user("Could you ask the supplier about a ThinkPad screen?"))
    assert calls == [("tickets__ask_supplier", {"part": "ThinkPad screen"})]


# --- asking after it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "What are you working on?",
        "What are you working on right now?",
        "What are you doing at the moment?",
        "So, what's running?",
        "And what else are you working on?",
        "Are you still working on something?",
        "Is anything still running?",
        "Tell me what you are working on.",
        "Hello, what are you doing?",
    ],
)
async def test_asked_what_it_works_on_it_looks(mind: RulesMind, text: str) -> None:
    assert await respond(mind, *GOING_ON, user(text), tools=WORKING) == ("", [("running_work", {})])
    said, _ = await respond(mind, *GOING_ON, user(text))
    assert said == "I'm still waiting for the supplier's answer about the ThinkPad screen."
    assert (await respond(mind, user(text)))[0] == "I am not working on anything at the moment."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nothing is being worked on.", "I am not working on anything at the moment."),
        (
            "tickets.ask_supplier (job_3) has been running for 12 seconds.",
            "I'm still waiting for the supplier's answer, for 12 seconds now.",
        ),
        (
            "tickets.ask_supplier (job_3) has been running for 4 seconds, last heard of it: Northern Parts"
            " was asked.. tickets.find_part (call_9) has been running for 1 seconds.",
            "I'm still waiting for the supplier's answer, for 4 seconds now. Northern Parts was asked."
            " I'm still working on this: find part, for 1 seconds now.",
        ),
    ],
)
async def test_what_runs_is_told_in_words(mind: RulesMind, text: str, said: str) -> None:
    items = [*GOING_ON, user("What are you working on?"), call("r", "running_work"), output("r", text)]
    assert (await respond(mind, *items, tools=WORKING))[0] == said


# --- calling it off -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Never mind the supplier.",
        "Forget about it.",
        "Forget about the supplier, please.",
        "Actually, never mind.",
        "Okay, cancel that.",
        "You can stop asking the supplier.",
        "Please don't bother with the screen.",
        "Don't ask the supplier any more.",
        "Could you please stop that?",
        "Forget it all.",
    ],
)
async def test_work_is_called_off_by_what_the_caller_calls_it(mind: RulesMind, text: str) -> None:
    cancel = ("cancel_work", {"work": "job_3"})
    assert await respond(mind, *GOING_ON, user(text), tools=WORKING) == ("", [cancel])
    cancel = ("cancel_work", {"work": "w"})
    _, calls = await respond(mind, *WAITING, user(text.replace("screen", "fan")), tools=WORKING)
    assert calls == [cancel]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("Never mind the fan.", [("cancel_work", {"work": "w"})]),
        ("Never mind the screen.", [("cancel_work", {"work": "job_3"})]),
        ("Forget about it.", [("cancel_work", {"work": "w"})]),
        ("Cancel both.", [("cancel_work", {"work": "job_3"}), ("cancel_work", {"work": "w"})]),
        (
            "Never mind the fan, what time is it in Lima?",
            [("cancel_work", {"work": "w"}), ("clock__now", {"city": "Lima"})],
        ),
        ("Stop.", []),
        ("Never mind the weather.", []),
    ],
)
async def test_of_several_the_one_that_is_named_is_called_off(
    mind: RulesMind, text: str, calls: Calls
) -> None:
    assert (await respond(mind, *GOING_ON, *WAITING, user(text), tools=WORKING))[1] == calls


async def test_what_was_called_off_is_told_once(mind: RulesMind) -> None:
    gone = '{"error": "cancelled", "message": "The caller does not want it any more."}'
    items = [*GOING_ON, user("Never mind."), call("x", "cancel_work", work="job_3"), result(gone)]
    items.append(output("x", "tickets.ask_supplier was stopped."))
    assert await respond(mind, *items, tools=WORKING) == ("All right, I have stopped that.", [])


async def test_it_owns_that_it_cannot_stop_what_is_running(mind: RulesMind) -> None:
    said, calls = await respond(mind, *GOING_ON, user("Never mind the supplier."))
    assert said == "I can't stop that any more, but you need not wait for it."
    assert calls == []


async def test_without_any_work_there_is_nothing_to_call_off(mind: RulesMind) -> None:
    assert await respond(mind, user("Never mind."), tools=WORKING) == ("All right, never mind.", [])


async def test_the_tools_about_work_take_nothing_from_the_others(mind: RulesMind) -> None:
    _, calls = await respond(mind, user("Is ticket 1042 being worked on?"), tools=WORKING)
    assert calls == [("tickets__find_ticket", {"number": 1042})]
    said, _ = await respond(mind, user("What can you do?"), tools=OFFERS)
    assert "running" not in said

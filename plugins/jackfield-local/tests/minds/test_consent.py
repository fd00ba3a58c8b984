"""What needs the caller's yes: put as a question, and done only after one."""

import json

import pytest

from jackfield.calls import Outcome, OutcomeKind
from jackfield.conversation.consent import ask_the_caller
from jackfield_local.minds.rules import RulesMind

from .talks import HERE, TOOLS, Calls, Item, agent, call, output, respond, system, user

BISTRO = json.loads((HERE / "bistro.json").read_text())
CLOSE = ("tickets__close_ticket", {"number": 1042})
QUESTION = "Shall I close ticket 1042?"


def denied(call_id: str, name: str, /, **arguments: object) -> list[Item]:
    """A function call that was not run because nobody has agreed, as Jackfield answers it."""
    message = ask_the_caller(name.replace("__", "."), json.dumps(arguments))
    told = Outcome(OutcomeKind.DENIED, message=message).output
    return [call(call_id, name, **arguments), output(call_id, told)]


REFUSED = [user("Please close ticket 1042."), *denied("c", CLOSE[0], **CLOSE[1])]
ASKED = [*REFUSED, agent(QUESTION)]


@pytest.mark.parametrize(
    ("name", "arguments", "question"),
    [
        (*CLOSE, QUESTION),
        (
            "tickets__add_note",
            {"number": 1042, "note": "he called."},
            "I would add this note to ticket 1042: he called. Shall I?",
        ),
        (
            "tickets__open_ticket",
            {"customer": "Ada Lopez", "device": "ThinkPad", "problem": "does not charge"},
            "I would open a ticket: customer Ada Lopez, device ThinkPad, problem does not charge. Shall I?",
        ),
        ("tickets__ask_supplier", {"part": "X1 screen"}, "Shall I ask the supplier about the X1 screen?"),
        ("transfer_to_workshop", {}, "Shall I put you through to the workshop?"),
        (
            "bistro__send_message",
            {"recipient": "Mia", "text": "We are late."},
            "I would send this message to Mia: We are late. Shall I?",
        ),
        (
            "bistro__book_table",
            {"people": 4, "day": "Friday", "outside": True},
            "I would book a table: people 4, day Friday, outside yes. Shall I?",
        ),
        ("shop__delete_customer", {"name": "Ada Lopez"}, "Shall I delete the customer Ada Lopez?"),
        ("reset", {}, "Shall I reset?"),
        ("door__unlock", {"number": 3}, "Shall I unlock number 3?"),
    ],
)
async def test_what_would_be_done_is_put_as_a_question(
    mind: RulesMind, name: str, arguments: dict[str, object], question: str
) -> None:
    items = [user("Please do."), *denied("c", name, **arguments)]
    assert await respond(mind, *items, tools=[*TOOLS, *BISTRO]) == (question, [])


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "Yes, please.",
        "Yes please",
        "Yeah, go ahead.",
        "Yep.",
        "Um, yes.",
        "Sure.",
        "Please do.",
        "Do it.",
        "Go ahead, please.",
        "That's right.",
        "Ok.",
        "Okay, do that, thank you.",
        "All right then.",
        "Of course.",
        "No problem, go ahead.",
        "Yes, close it.",
        "Yes please, close ticket 1042.",
        "You can close it.",
        "Close it.",
    ],
)
async def test_a_yes_calls_it_again_with_the_same_arguments(mind: RulesMind, text: str) -> None:
    assert await respond(mind, *ASKED, user(text)) == ("", [CLOSE])


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "No, leave it.",
        "No, thanks.",
        "Nope.",
        "Don't.",
        "Please don't close it.",
        "No, don't close it yet.",
        "Not yet.",
        "Stop!",
        "Leave it open.",
        "Never mind.",
        "I don't want you to close it.",
        "I changed my mind.",
        "Oh no, better not.",
        "Maybe later.",
        "Now leave it.",
        "Know, thank you.",
        "Now don't do that.",
    ],
)
async def test_a_no_is_acknowledged_and_nothing_is_called(mind: RulesMind, text: str) -> None:
    assert await respond(mind, *ASKED, user(text)) == ("All right, I won't.", [])


@pytest.mark.parametrize(
    "text",
    [
        "Now, please.",
        "Know.",
        "No, go ahead.",
        "Yes, but not now.",
        "You can leave it.",
        "Blue and green.",
        "You shouldn't close it.",
    ],
)
async def test_what_is_neither_or_both_is_asked_again(mind: RulesMind, text: str) -> None:
    said, calls = await respond(mind, *ASKED, user(text))
    assert said == f"Sorry, I didn't catch that. {QUESTION}"
    assert calls == []
    assert await respond(mind, *ASKED, user(text), agent(said), user("Yes.")) == ("", [CLOSE])


@pytest.mark.parametrize(
    ("text", "said", "calls"),
    [
        ("What time is it in Lima?", "", [("clock__now", {"city": "Lima"})]),
        ("Okay, what time is it in Lima?", "", [("clock__now", {"city": "Lima"})]),
        ("Yes, and what time is it in Lima?", "", [CLOSE, ("clock__now", {"city": "Lima"})]),
        ("Yes, that is very kind of you.", "", [CLOSE]),
        ("No, what time is it in Lima?", "All right, I won't.", [("clock__now", {"city": "Lima"})]),
        (
            "No, close ticket 1043 instead.",
            "All right, I won't.",
            [("tickets__close_ticket", {"number": 1043})],
        ),
        ("Yes, close ticket 1043.", "", [("tickets__close_ticket", {"number": 1043})]),
        ("Sorry, what did you say?", QUESTION, []),
        ("Hold on a second.", "Of course, take your time.", []),
    ],
)
async def test_what_else_is_said_is_answered_as_usual(
    mind: RulesMind, text: str, said: str, calls: Calls
) -> None:
    assert await respond(mind, *ASKED, user(text)) == (said, calls)


async def test_a_yes_to_something_else_is_none(mind: RulesMind) -> None:
    later = [*ASKED, user("Is ticket 1043 ready?"), agent("Yes. Would you like to hear more?")]
    assert await respond(mind, *later, user("Yes.")) == ("All right.", [])


async def test_a_yes_before_the_question_was_put_is_none(mind: RulesMind) -> None:
    said, calls = await respond(mind, *REFUSED, user("Yes."))
    assert QUESTION in said
    assert calls == []


async def test_a_yes_that_cuts_the_question_off_is_one(mind: RulesMind) -> None:
    cut = {**agent(""), "status": "incomplete"}
    assert await respond(mind, *REFUSED, cut, user("Yes, yes.")) == ("", [CLOSE])


async def test_a_yes_is_used_up_by_the_call_it_allowed(mind: RulesMind) -> None:
    done = [*ASKED, user("Yes."), call("d", CLOSE[0], **CLOSE[1]), output("d", "Ticket 1042 is closed.")]
    assert await respond(mind, *done) == ("Ticket 1042 is closed.", [])
    said, calls = await respond(mind, *done, agent("Ticket 1042 is closed."), user("Yes."))
    assert (said, calls) == ("All right.", [])


async def test_one_yes_is_for_all_that_was_asked_at_once(mind: RulesMind) -> None:
    other = {"number": 1043}
    items = [user("Close tickets 1042 and 1043."), *denied("a", *CLOSE[:1], **CLOSE[1])]
    items += denied("b", "tickets__close_ticket", **other)
    said, calls = await respond(mind, *items)
    assert (said, calls) == ("Shall I close ticket 1042? Shall I close ticket 1043?", [])
    for text in ("Yes.", "Yes, close them."):
        _, calls = await respond(mind, *items, agent(said), user(text))
        assert calls == [CLOSE, ("tickets__close_ticket", other)]


async def test_it_is_the_same_in_another_trade(mind: RulesMind) -> None:
    arguments: dict[str, object] = {"people": 4, "day": "Friday", "time": "19:00"}
    items = [user("A table for four on Friday at seven."), *denied("c", "bistro__book_table", **arguments)]
    said, _ = await respond(mind, *items, tools=BISTRO)
    _, calls = await respond(mind, *items, agent(said), user("Yes, go ahead."), tools=BISTRO)
    assert calls == [("bistro__book_table", arguments)]


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("Close it for good?", "Close it for good?"),
        ("it cannot be opened again", "It cannot be opened again. Shall I?"),
    ],
)
async def test_a_question_that_a_plugin_has_worded_is_asked_as_it_is(
    mind: RulesMind, wording: str, said: str
) -> None:
    message = (
        f"The caller must agree first. Ask the caller: {wording} When the caller has said yes, call "
        "tickets.close_ticket again with the same arguments."
    )
    told = Outcome(OutcomeKind.DENIED, message=message).output
    items = [user("Close ticket 1042."), call("c", CLOSE[0], **CLOSE[1]), output("c", told)]
    assert await respond(mind, *items) == (said, [])
    assert await respond(mind, *items, agent(said), user("Yes.")) == ("", [CLOSE])


async def test_a_refusal_of_another_kind_is_no_question(mind: RulesMind) -> None:
    told = Outcome(OutcomeKind.DENIED, message="Only the owner may close tickets.").output
    items = [user("Close ticket 1042."), call("c", CLOSE[0], **CLOSE[1]), output("c", told)]
    said, _ = await respond(mind, *items)
    assert said == "I'm sorry. Only the owner may close tickets."
    assert await respond(mind, *items, agent(said), user("Yes.")) == ("All right.", [])


# --- by a button ----------------------------------------------------------------------------------

ABOUT = 'It is about tickets__close_ticket {"number": 1042}.'
AGREED = system(f"By a button, the caller has agreed: call it again with the same arguments. {ABOUT}")
NOT_AGREED = system(f"By a button, the caller has refused: do not call it. {ABOUT}")


@pytest.mark.parametrize("before", [REFUSED, ASKED], ids=["before it is asked aloud", "after"])
async def test_a_button_allows_it(mind: RulesMind, before: list[Item]) -> None:
    _, calls = await respond(mind, *before, AGREED)
    assert calls == [CLOSE]


async def test_a_button_and_a_spoken_yes_are_one(mind: RulesMind) -> None:
    assert await respond(mind, *ASKED, AGREED, user("Yes.")) == ("", [CLOSE])


async def test_a_button_is_used_up_by_the_call_it_allowed(mind: RulesMind) -> None:
    done = [*ASKED, AGREED, call("d", CLOSE[0], **CLOSE[1]), output("d", "Ticket 1042 is closed.")]
    assert await respond(mind, *done) == ("Ticket 1042 is closed.", [])


async def test_a_button_refuses_it(mind: RulesMind) -> None:
    assert await respond(mind, *ASKED, NOT_AGREED) == ("All right, I won't.", [])
    refused = [*ASKED, NOT_AGREED, agent("All right, I won't.")]
    assert await respond(mind, *refused, user("Yes.")) == ("All right.", [])


async def test_what_is_not_on_offer_any_more_is_not_called(mind: RulesMind) -> None:
    _, calls = await respond(mind, *ASKED, AGREED, tools=BISTRO)
    assert calls == []

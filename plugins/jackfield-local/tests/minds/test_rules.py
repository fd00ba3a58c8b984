"""The rules mind: real sentence embeddings, the demo's real tools, whole conversations."""

import json
from datetime import date

import pytest

from jackfield_local.minds.decide import decide
from jackfield_local.minds.rules import RulesMind
from jackfield_local.speech import Call, Thought

from .talks import HERE, RECEPTION, TOOLS, Item, agent, call, output, respond, system, user, utterances

# --- what callers say -----------------------------------------------------------------------------


async def understood(mind: RulesMind, text: str) -> list[tuple[str, dict[str, object]]]:
    _, calls = await respond(mind, user(text))
    return [(name.rpartition("__")[2], arguments) for name, arguments in calls]


async def test_the_demo_is_understood_in_the_callers_own_words(mind: RulesMind) -> None:
    table = utterances("utterances.yaml")
    misses = {text: got for text, wanted in table.items() if (got := await understood(mind, text)) != wanted}
    assert len(table) >= 60
    assert not misses


async def test_what_the_ears_write_down_is_understood_mistakes_and_all(mind: RulesMind) -> None:
    table = utterances("heard.yaml")
    misses = {text: got for text, wanted in table.items() if (got := await understood(mind, text)) != wanted}
    assert not misses


async def test_most_of_what_was_never_tuned_for_is_understood_too(mind: RulesMind) -> None:
    """`unseen.yaml` is a measure, not a wish list: its misses stay in it, so that the number stays honest."""
    table = utterances("unseen.yaml")
    misses = {text: got for text, wanted in table.items() if (got := await understood(mind, text)) != wanted}
    assert len(misses) <= len(table) * 0.05, misses


async def test_another_trade_is_understood_from_its_tools_alone(mind: RulesMind) -> None:
    tools = json.loads((HERE / "bistro.json").read_text())
    for text, wanted in utterances("bistro.yaml").items():
        calls = decide(Thought("", tools, "auto", [user(text)]), mind.matcher(tools), date(2026, 11, 22))
        got = [
            (each.name.rpartition("__")[2], dict(each.arguments)) for each in calls if isinstance(each, Call)
        ]
        assert got == wanted, text


async def test_a_response_is_never_empty(mind: RulesMind) -> None:
    for text in [*utterances("utterances.yaml"), "", "?", "...", "😀", "a" * 5000, "and and and", "1", "the"]:
        said, calls = await respond(mind, user(text))
        assert said or calls, text


# --- questions for what is missing ----------------------------------------------------------------


async def test_a_missing_number_is_asked_for_and_the_answer_completes_the_request(mind: RulesMind) -> None:
    said, calls = await respond(mind, user("Is my repair ready?"))
    assert said == "What is the ticket number?"
    assert calls == []
    _, calls = await respond(mind, user("Is my repair ready?"), agent(said), user("It's ten forty two."))
    assert calls == [("tickets__find_ticket", {"number": 1042})]


async def test_several_missing_things_are_asked_for_one_by_one(mind: RulesMind) -> None:
    items = [user("I would like to open a new ticket.")]
    answers = ["Ada Lopez", "It's a ThinkPad X1", "The screen is broken."]
    questions = []
    for reply in answers:
        said, calls = await respond(mind, *items)
        assert calls == []
        questions.append(said)
        items += [agent(said), user(reply)]
    _, calls = await respond(mind, *items)
    wanted = {"customer": "Ada Lopez", "device": "ThinkPad X1", "problem": "The screen is broken"}
    assert calls == [("tickets__open_ticket", wanted)]
    assert questions == ["What is the customer's name?", "What is the device?", "What is the problem?"]


async def test_an_answer_that_is_none_is_asked_for_again(mind: RulesMind) -> None:
    question = "What is the ticket number?"
    said, calls = await respond(mind, user("Is my repair ready?"), agent(question), user("Blue and green."))
    assert said == f"Sorry, I didn't catch that. {question}"
    assert calls == []


async def test_a_caller_may_change_their_mind_instead_of_answering(mind: RulesMind) -> None:
    items = [user("Is my repair ready?"), agent("What is the ticket number?")]
    said, calls = await respond(mind, *items, user("Never mind."))
    assert (said, calls) == ("All right, never mind.", [])
    _, calls = await respond(mind, *items, user("What time is it in Lima?"))
    assert calls == [("clock__now", {"city": "Lima"})]


async def test_a_question_is_remembered_behind_the_answer_to_another_request(mind: RulesMind) -> None:
    first = user("What time is it in Lima, and is my repair ready?")
    said, calls = await respond(mind, first)
    assert said == "What is the ticket number?"
    assert calls == [("clock__now", {"city": "Lima"})]
    items = [first, agent(said), call("a", "clock__now", city="Lima"), output("a", "It is noon in Lima.")]
    _, calls = await respond(mind, *items, agent("It is noon in Lima."), user("1042"))
    assert calls == [("tickets__find_ticket", {"number": 1042})]


# --- what went before -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["And in Tokyo?", "What about Tokyo?", "How about Tokyo?", "and Tokyo"])
async def test_a_follow_up_repeats_the_last_request_with_another_argument(mind: RulesMind, text: str) -> None:
    items = [
        user("What time is it in Lima?"),
        call("a", "clock__now", city="Lima"),
        output("a", "It is noon."),
        agent("It is noon."),
    ]
    assert (await respond(mind, *items, user(text)))[1] == [("clock__now", {"city": "Tokyo"})]


async def test_it_is_the_ticket_spoken_of_before(mind: RulesMind) -> None:
    items = [
        user("Is ticket 1042 ready?"),
        call("a", "tickets__find_ticket", number=1042),
        output("a", "Ticket 1042 is ready."),
        agent("Ticket 1042 is ready."),
    ]
    _, calls = await respond(mind, *items, user("Great, then please close it."))
    assert calls == [("tickets__close_ticket", {"number": 1042})]
    _, calls = await respond(mind, *items, user("Add a note to it saying he called."))
    assert calls == [("tickets__add_note", {"number": 1042, "note": "he called"})]


# --- outputs --------------------------------------------------------------------------------------

ASKED = [
    user("What time is it in Lima, and is ticket ten forty two ready?"),
    call("a", "clock__now", city="Lima"),
    call("b", "tickets__find_ticket", number=1042),
]


async def test_outputs_are_said_as_they_are_and_joined(mind: RulesMind) -> None:
    said, calls = await respond(mind, *ASKED, output("a", "It is noon in Lima"), output("b", "It is ready."))
    assert said == "It is noon in Lima. It is ready."
    assert calls == []


async def test_only_outputs_that_nobody_spoke_about_are_said(mind: RulesMind) -> None:
    items = [*ASKED, output("a", "It is noon in Lima."), agent("It is noon in Lima.")]
    said, _ = await respond(mind, *items, output("b", "Ticket 1042 is ready."))
    assert said == "Ticket 1042 is ready."


async def test_a_new_question_and_an_output_are_both_served(mind: RulesMind) -> None:
    items = [*ASKED, user("And are you open on Saturday?"), output("a", "It is noon in Lima.")]
    said, calls = await respond(mind, *items)
    assert said == "It is noon in Lima."
    assert calls == [("hours__is_open", {"day": "Saturday"})]


@pytest.mark.parametrize(
    ("result", "spoken"),
    [
        (
            '{"error": "timeout", "message": "the clock did not answer"}',
            "I'm sorry. The clock did not answer.",
        ),
        ('{"error": {"message": "There is no ticket 9."}}', "I'm sorry. There is no ticket 9."),
        (
            '{"status": "ready", "promised_for": "Thursday"}',
            "The status is ready, the promised for is Thursday.",
        ),
        ('{"time": "12:00"}', "The time is 12:00."),
        ('["red", "green", "blue"]', "Red, green and blue."),
        ("[]", "There are none."),
        ("true", "Yes."),
        ('"ready"', "Ready."),
        ("{broken", "{broken."),
        ("", "Done."),
    ],
)
async def test_json_is_put_into_words(mind: RulesMind, result: str, spoken: str) -> None:
    said, _ = await respond(mind, user("What time is it?"), call("a", "clock__now"), output("a", result))
    assert said == spoken


# --- while calls are pending ----------------------------------------------------------------------

WAITING = [
    user("Could you ask the supplier about a ThinkPad screen?"),
    agent("One moment, please."),
    call("s", "tickets__ask_supplier", part="ThinkPad screen"),
]
STILL = "I'm still waiting for the supplier's answer about the ThinkPad screen."


async def test_a_slow_tool_is_announced_and_a_quick_one_is_not(mind: RulesMind) -> None:
    said, calls = await respond(mind, WAITING[0])
    assert said == "One moment, please."
    assert calls == [("tickets__ask_supplier", {"part": "ThinkPad screen"})]
    assert (await respond(mind, user("Is ticket 1042 ready?")))[0] == ""


@pytest.mark.parametrize(
    "text",
    [
        "Have you heard back yet?",
        "Any news?",
        "So, what did the supplier say about the screen?",
        "How long will it take?",
        "Could you ask the supplier about a ThinkPad screen?",
        "Are you still there? Did they answer?",
    ],
)
async def test_asked_about_what_is_pending_it_says_so_and_asks_nobody_twice(
    mind: RulesMind, text: str
) -> None:
    said, calls = await respond(mind, *WAITING, user(text))
    assert STILL in said
    assert calls == []


async def test_meanwhile_it_chats_and_answers_other_questions(mind: RulesMind) -> None:
    said, calls = await respond(mind, *WAITING, user("Thank you."))
    assert (said, calls) == ("You're welcome.", [])
    _, calls = await respond(mind, *WAITING, user("What time is it in Lima?"))
    assert calls == [("clock__now", {"city": "Lima"})]
    _, calls = await respond(
        mind, *WAITING, user("And could you also ask the supplier about a MacBook battery?")
    )
    assert calls == [("tickets__ask_supplier", {"part": "MacBook battery"})]


async def test_with_nothing_else_to_say_it_owns_that_it_is_waiting(mind: RulesMind) -> None:
    assert (await respond(mind, *WAITING))[0] == STILL
    assert (await respond(mind, *WAITING, tool_choice="none", tools=()))[0].startswith("I'm still waiting")


# --- small talk and limits ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Hello!", "Hello. How can I help you?"),
        ("Thanks a lot.", "You're welcome."),
        ("Okay, thank you, bye.", "You're welcome. Goodbye."),
        ("Goodbye.", "Goodbye."),
        ("How are you?", "I'm well, thank you. How can I help you?"),
        ("Who are you?", "I am the receptionist of Brightside Repairs."),
        ("Can you hear me?", "Yes, I'm here. What can I do for you?"),
    ],
)
async def test_small_talk_is_answered(mind: RulesMind, text: str, reply: str) -> None:
    assert await respond(mind, user(text)) == (reply, [])


async def test_it_says_again_what_it_said_last(mind: RulesMind) -> None:
    items = [user("Is it ready?"), agent("Ticket 1042 is ready.")]
    assert (await respond(mind, *items, user("Sorry, could you repeat that?")))[0] == "Ticket 1042 is ready."


async def test_what_it_cannot_do_it_says_plainly_with_what_it_can(mind: RulesMind) -> None:
    said, calls = await respond(mind, user("Can you book me a flight to Paris?"))
    assert said.startswith("I'm sorry, I can't help with that. I can ")
    assert "look up a repair ticket" in said
    assert calls == []


async def test_what_it_can_do_is_told_from_its_tools(mind: RulesMind) -> None:
    said, _ = await respond(mind, user("What can you do?"), tools=TOOLS[:1])
    assert said == "I can tell you the time of day in a city. What would you like?"


async def test_without_tools_it_still_talks(mind: RulesMind) -> None:
    assert (await respond(mind, user("Hello."), tools=()))[0] == "Hello. How can I help you?"
    assert (await respond(mind, user("Is ticket 1042 ready?"), tools=()))[1] == []


async def test_an_utterance_that_was_not_understood_is_asked_for_again(mind: RulesMind) -> None:
    assert (await respond(mind, user("")))[0] == "Sorry, I didn't catch that. Could you say it again?"


async def test_an_empty_conversation_begins_with_a_greeting(mind: RulesMind) -> None:
    assert (await respond(mind))[0] == "Hello. How can I help you?"


# --- orders and notes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ('Say exactly: "Good morning, Brightside Repairs."', "Good morning, Brightside Repairs."),
        ("Say exactly: Good morning.", "Good morning."),
        ("Greet the caller: Hello, how can I help?", "Hello, how can I help?"),
        ('Greet the caller with "Welcome!"', "Welcome!"),
        (
            "Tell the caller that you are still looking for their ticket.",
            "I am still looking for your ticket.",
        ),
        (
            "The function call tickets.ask_supplier is still running. Tell "
            "the caller that you are still looking "
            "into it, in one short sentence; do not guess its result.",
            "I am still looking into it.",
        ),
        ("Greet the caller.", "Hello. How can I help you?"),
    ],
)
async def test_a_response_says_what_its_instructions_order(mind: RulesMind, order: str, said: str) -> None:
    instructions = f"{RECEPTION}\n\n{order}"
    assert await respond(mind, instructions=instructions, tool_choice="none", tools=()) == (said, [])


async def test_a_sessions_own_instructions_are_no_order(mind: RulesMind) -> None:
    instructions = "You are the receptionist.\n\nTell the caller that prices include tax."
    _, calls = await respond(mind, user("Is ticket 1042 ready?"), instructions=instructions)
    assert calls == [("tickets__find_ticket", {"number": 1042})]


@pytest.mark.parametrize(
    "note",
    [
        "[late result of tickets.ask_supplier] The screen will be here on Monday.",
        "Late result of the supplier: The screen will be here on Monday.",
        "The screen will be here on Monday.",
    ],
)
async def test_a_note_of_the_system_is_voiced(mind: RulesMind, note: str) -> None:
    items = [user("Hello."), agent("Hello."), system(note)]
    assert (await respond(mind, *items))[0] == "The screen will be here on Monday."


# --- tool choice ----------------------------------------------------------------------------------


async def test_tool_choice_none_only_talks(mind: RulesMind) -> None:
    said, calls = await respond(mind, user("Is ticket 1042 ready?"), tool_choice="none")
    assert said
    assert calls == []


async def test_tool_choice_required_calls_the_best_there_is(mind: RulesMind) -> None:
    _, calls = await respond(mind, user("Hello, it is about 1042."), tool_choice="required")
    assert calls == [("tickets__find_ticket", {"number": 1042})]


async def test_a_named_tool_is_the_one_that_is_called(mind: RulesMind) -> None:
    choice = {"type": "function", "name": "tickets__close_ticket"}
    _, calls = await respond(mind, user("Is ticket 1042 ready?"), tool_choice=choice)
    assert calls == [("tickets__close_ticket", {"number": 1042})]


async def test_an_incomplete_function_call_is_not_waited_for(mind: RulesMind) -> None:
    cut = {**call("x", "clock__now", city="Lima"), "status": "incomplete"}
    assert "waiting" not in (await respond(mind, user("What time is it?"), agent("One"), cut))[0]


async def test_odd_items_and_tools_are_no_obstacle(mind: RulesMind) -> None:
    items: list[Item] = [
        {"type": "mcp_list_tools"},
        {"type": "message", "role": "user", "content": "no list"},
        {"type": "message", "role": "user", "content": [None, {"type": "input_image"}]},
        {"type": "function_call", "call_id": "z", "name": "gone", "arguments": "[1"},
        output("z", "Fine."),
        output("unknown", "x"),
        {},
    ]
    tools: list[dict[str, object]] = [
        {"type": "mcp", "server_label": "x"},
        {"type": "function", "name": "bare"},
        {
            "type": "function",
            "name": "odd",
            "description": None,
            "parameters": {"properties": {"a": True, "b": {}}},
        },
    ]
    said, _ = await respond(mind, *[item if "type" in item else {"type": "?"} for item in items], tools=tools)
    assert said == "Fine."

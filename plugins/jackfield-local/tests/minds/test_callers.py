"""The demo's two agents as they stand, and callers who do not know what the tools are called."""

import json

import pytest

from jackfield_local.minds.rules import RulesMind

from .talks import AT_RECEPTION, IN_THE_WORKSHOP, Item, agent, call, output, respond, user, utterances

THROUGH = "Shall I put you through to the workshop?"
NAME = "What is the customer's name?"


def asked(call_id: str, name: str, /, *, said: str = "Done.", **arguments: object) -> list[Item]:
    """A function call that has been made and told of."""
    return [call(call_id, name, **arguments), output(call_id, said), agent(said)]


@pytest.mark.parametrize(
    "table, tools", [("reception.yaml", AT_RECEPTION), ("workshop.yaml", IN_THE_WORKSHOP)]
)
async def test_each_agent_understands_what_callers_say_to_it(
    mind: RulesMind, table: str, tools: list[dict[str, object]]
) -> None:
    misses = {}
    for text, wanted in utterances(table).items():
        _, calls = await respond(mind, user(text), tools=tools)
        got = [(name.rpartition("__")[2], arguments) for name, arguments in calls]
        if got != wanted:
            misses[text] = got
    assert not misses


# --- what cannot be done --------------------------------------------------------------------------


async def test_what_another_agent_knows_is_offered_and_a_yes_goes_there(mind: RulesMind) -> None:
    items = [user("Hello, do you have spare chargers for a Dell?")]
    said, calls = await respond(mind, *items, tools=AT_RECEPTION)
    assert said.endswith(THROUGH)
    assert not calls
    items += [agent(said)]
    through = [("transfer_to_workshop", {})]
    assert await respond(mind, *items, user("Yes, please."), tools=AT_RECEPTION) == ("", through)
    said, calls = await respond(mind, *items, user("No, what time is it in Rome?"), tools=AT_RECEPTION)
    assert calls == [("clock__now", {"city": "Rome"})]
    said, calls = await respond(mind, *items, user("No, thank you."), tools=AT_RECEPTION)
    assert (said, calls) == ("All right. What else can I do for you?", [])


@pytest.mark.parametrize(
    "text", ["I'd like to speak to a human being.", "Can I speak to your manager?", "Give me a real person."]
)
async def test_a_caller_who_wants_a_person_is_told_that_there_is_none(mind: RulesMind, text: str) -> None:
    said, calls = await respond(mind, user(text), tools=AT_RECEPTION)
    assert said.startswith("I'm a voice assistant, and I can't put you through to a person.")
    assert calls == []


async def test_what_it_can_do_is_listed_once_and_not_with_every_no(mind: RulesMind) -> None:
    items: list[Item] = []
    answers = []
    for text in ["What's your address?", "Do you accept credit cards?", "Tell me a joke."]:
        items += [user(text)]
        said, _ = await respond(mind, *items, tools=AT_RECEPTION)
        items += [agent(said)]
        answers += [said]
    assert "I can tell you the time of day in a city, whether the shop is open or when" in answers[0]
    assert answers[1:] == ["I'm sorry, I can't help with that either.", "That is beyond me, I'm afraid."]


@pytest.mark.parametrize(
    "text, reply",
    [
        ("I want to complain, your service is terrible!", "I'm sorry to hear that. What can I do for you?"),
        ("It was a birthday present.", "I see. What would you like me to do?"),
        ("Lovely, thanks a lot, bye!", "You're welcome. Goodbye."),
        ("Thanks a lot, good-bye", "You're welcome. Goodbye."),  # as the ears write it
        ("Thanks, that's everything. Goodbye.", "You're welcome. Goodbye."),
        ("Do you speak Spanish?", "I'm sorry, I only speak English. What can I do for you?"),
        ("Never mind the supplier.", "All right, never mind."),
        ("Hmm.", "Take your time."),
    ],
)
async def test_what_asks_for_nothing_is_answered_in_kind(mind: RulesMind, text: str, reply: str) -> None:
    assert await respond(mind, user(text), tools=AT_RECEPTION) == (reply, [])


async def test_what_only_leads_up_to_a_question_is_not_owned_up_to(mind: RulesMind) -> None:
    text = "Hi there, my laptop was supposed to be ready this week. Number's 1044 I think."
    said, calls = await respond(mind, user(text), tools=AT_RECEPTION)
    assert (said, len(calls)) == ("", 1)


async def test_who_is_asked_for_news_of_nothing_says_so(mind: RulesMind) -> None:
    items = [user("How much is a pen?"), *asked("c1", "tickets__find_part", name="pen")]
    said, calls = await respond(mind, *items, user("Any news from them?"), tools=IN_THE_WORKSHOP)
    assert (said, calls) == ("I am not working on anything at the moment.", [])


async def test_it_is_not_what_its_instructions_tell_it_to_be_doing(mind: RulesMind) -> None:
    instructions = "You answer the telephone of a shop.\n\nWhen asked, say that you are handing over."
    said, _ = await respond(mind, user("Who am I talking to?"), instructions=instructions)
    assert said == "I'm a voice assistant. I answer the telephone of a shop."


# --- words that lean on others --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["No sorry, I meant Melbourne.", "Sorry, Melbourne.", "Melbourne?", "No, in Melbourne!"]
)
async def test_a_slip_of_the_tongue_is_corrected_in_a_word(mind: RulesMind, text: str) -> None:
    items = [user("What time is it in Sydney?"), *asked("c1", "clock__now", city="Sydney")]
    _, calls = await respond(mind, *items, user(text), tools=AT_RECEPTION)
    assert calls == [("clock__now", {"city": "Melbourne"})]


async def test_a_follow_up_is_about_whichever_of_the_last_tools_can_take_it(mind: RulesMind) -> None:
    items = [
        user("What time is it in Lima, and is 1042 ready?"),
        call("c1", "clock__now", city="Lima"),
        *asked("c2", "tickets__find_ticket", number=1042),
    ]
    _, calls = await respond(mind, *items, user("And in Tokyo."), tools=AT_RECEPTION)
    assert calls == [("clock__now", {"city": "Tokyo"})]
    _, calls = await respond(mind, *items, user("And 1043?"), tools=AT_RECEPTION)
    assert calls == [("tickets__find_ticket", {"number": 1043})]


async def test_a_note_goes_to_another_ticket_only_by_a_word_that_says_so(mind: RulesMind) -> None:
    note = {"number": 1048, "note": "the customer called"}
    items = [user("Note on 1048: the customer called."), *asked("c1", "tickets__add_note", **note)]
    _, calls = await respond(mind, *items, user("No wait, on 1047."), tools=IN_THE_WORKSHOP)
    assert calls == [("tickets__add_note", {**note, "number": 1047})]
    _, calls = await respond(mind, *items, user("1047."), tools=IN_THE_WORKSHOP)
    assert "tickets__add_note" not in [name for name, _ in calls]


async def test_words_that_are_no_name_are_no_correction(mind: RulesMind) -> None:
    items = [user("What time is it in Sydney?"), *asked("c1", "clock__now", city="Sydney")]
    for text in ["Any more news then?", "That was quick.", "Is that so?"]:
        assert (await respond(mind, *items, user(text), tools=AT_RECEPTION))[1] == [], text


# --- devices that are broken ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, device, problem",
    [
        (
            "My phone fell in the bath and now it won't turn on, can you help?",
            "phone",
            "fell in the bath and now it won't turn on",
        ),
        ("My Kindle keeps turning the pages by itself.", "Kindle", "keeps turning the pages by itself"),
        ("Could I bring in my son's PlayStation? It gets really hot.", "PlayStation", "gets really hot"),
        (
            "My daughter dropped her iPad and the glass is broken. What should I do?",
            "iPad",
            "glass is broken",
        ),
        (
            "The camera on my Galaxy is blurry, I'd like to get it repaired.",
            "camera on my Galaxy",
            "is blurry",
        ),
    ],
)
async def test_a_fault_that_is_told_of_opens_a_ticket(
    mind: RulesMind, text: str, device: str, problem: str
) -> None:
    said, calls = await respond(mind, user(text), tools=AT_RECEPTION)
    assert said.startswith("I can open a new repair ticket")
    assert said.endswith(NAME)
    assert calls == []
    _, calls = await respond(mind, user(text), agent(said), user("Lucy Brown."), tools=AT_RECEPTION)
    assert calls == [
        ("tickets__open_ticket", {"customer": "Lucy Brown", "device": device, "problem": problem})
    ]


async def test_a_device_is_not_taken_for_the_name_that_was_asked_for(mind: RulesMind) -> None:
    items = [user("I'd like to book in a repair."), agent(NAME), user("It's an iPhone 12.")]
    assert await respond(mind, *items, tools=AT_RECEPTION) == (f"Sorry, I didn't catch that. {NAME}", [])


async def test_who_does_not_know_the_number_may_give_their_name(mind: RulesMind) -> None:
    items = [user("Is my tablet done yet?"), agent("What is the ticket number?")]
    text = "Uh, I don't have the number on me. Hugo Silva."
    assert (await respond(mind, *items, user(text), tools=AT_RECEPTION))[1] == [
        ("tickets__search_tickets", {"customer": "Hugo Silva"})
    ]
    assert (await respond(mind, *items, user("The silver one, please."), tools=AT_RECEPTION))[1] == []


async def test_results_are_told_before_a_question(mind: RulesMind) -> None:
    message = "The caller must agree first. Ask the caller: Close it? When the caller has said yes, call it."
    denied = json.dumps({"error": "denied", "message": message})
    items = [
        user("Close ticket 1035 and tell me about 1036."),
        call("c1", "tickets__close_ticket", number=1035),
        call("c2", "tickets__find_ticket", number=1036),
        output("c1", denied),
        output("c2", "Ticket 1036 is ready."),
    ]
    assert (await respond(mind, *items, tools=IN_THE_WORKSHOP))[0] == "Ticket 1036 is ready. Close it?"

"""The scripted mind: exact, strict, and clear about a script that is wrong."""

from pathlib import Path

import pytest

from jackfield_local.minds.script import ScriptedFailure, ScriptError, ScriptMind, load_script, parse_script
from jackfield_local.speech import Call, Say, Thought

SCRIPT = """
steps:
  - start: true
    say: Good morning.
  - output: clock__now
    say: "The clock says: {output}"
  - hear: [time, lima]
    once: true
    say: Let me look.
    call: {name: clock__now, arguments: {city: Lima}}
  - hear: both please
    call:
      - {name: a}
      - {name: b, arguments: {n: 1}}
  - hear: break
    delay: 1ms
    fail: the model is down
otherwise:
  say: "You said: {heard}"
"""


def user(text: str) -> dict[str, object]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


async def respond(script: str, *items: dict[str, object]) -> list[Say | Call]:
    return [piece async for piece in ScriptMind(parse_script(script)).respond(Thought("", (), "auto", items))]


async def test_the_first_step_that_fits_is_said_and_called() -> None:
    pieces = await respond(SCRIPT, user("What TIME is it in Lima, please?"))
    assert pieces == [Say("Let me look."), Call("clock__now", {"city": "Lima"})]


async def test_a_response_before_anybody_spoke_is_the_start() -> None:
    assert await respond(SCRIPT) == [Say("Good morning.")]


async def test_a_response_that_is_told_what_to_say_and_may_call_nothing_says_that() -> None:
    asked = Thought('Be kind.\n\nSay exactly: "Good day."', (), "none", [user("Both, please!")])
    pieces = [piece async for piece in ScriptMind(parse_script(SCRIPT)).respond(asked)]
    assert pieces == [Say("Good day.")]


async def test_several_calls_come_in_their_order() -> None:
    assert await respond(SCRIPT, user("Both, please!")) == [Call("a", {}), Call("b", {"n": 1})]


async def test_an_output_is_put_into_the_words() -> None:
    call = {"type": "function_call", "call_id": "1", "name": "clock__now", "arguments": '{"city": "Lima"}'}
    output = {"type": "function_call_output", "call_id": "1", "output": "noon"}
    assert await respond(SCRIPT, user("time in lima"), call, output) == [Say("The clock says: noon")]


async def test_a_step_for_once_is_not_used_again() -> None:
    call = {"type": "function_call", "call_id": "1", "name": "clock__now", "arguments": '{"city": "Lima"}'}
    again = [user("time in lima"), call, user("time in lima")]
    assert await respond(SCRIPT, *again) == [Say("You said: time in lima")]


async def test_words_are_matched_whole_and_all_of_them() -> None:
    assert await respond(SCRIPT, user("Sometimes in Lima")) == [Say("You said: Sometimes in Lima")]


async def test_a_phrase_is_matched_whole_and_in_its_order() -> None:
    script = "steps: [{hear: [find part], say: found}]\notherwise: {say: other}"
    assert await respond(script, user("Please FIND part nine.")) == [Say("found")]
    for other in ("part find", "find parts", "find a part"):
        assert await respond(script, user(other)) == [Say("other")]


async def test_a_failure_is_raised_with_its_message() -> None:
    with pytest.raises(ScriptedFailure, match="the model is down"):
        await respond(SCRIPT, user("break"))


async def test_without_a_step_that_fits_the_failure_says_what_was_heard() -> None:
    with pytest.raises(ScriptedFailure, match="no step for what was heard: 'hello'"):
        await respond("steps: [{hear: bye, say: Bye.}]", user("hello"))


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("steps: [{hear: x}]", "step 1: .*at least one of say, call and fail"),
        ("steps: [{say: a}, {say: b, sya: c}]", "step 2, sya: Extra inputs"),
        ("steps: [{say: a, delay: soon}]", "step 1, delay: "),
        ("steps: [{say: a, delay: 10m}]", "step 1, delay: "),
        ("steps: [{call: {arguments: {}}}]", "step 1, call, 0, name: Field required"),
        ("steps: []", "there must be .steps., .otherwise. or .faults."),
        ("- say: x", 'must be a mapping with "steps", not list'),
        ("steps: [", "is not YAML"),
        ("", "must be a mapping"),
    ],
)
def test_a_bad_script_is_an_error_with_its_place(script: str, fault: str) -> None:
    with pytest.raises(ScriptError, match=fault):
        parse_script(script)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ScriptError) as raised:
        parse_script("steps: [{hear: x}, {say: a, sya: b}]")
    assert "step 1" in str(raised.value)
    assert "step 2" in str(raised.value)


def test_a_script_that_is_not_there_is_an_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"nowhere\.yaml cannot be read"):
        load_script(tmp_path / "nowhere.yaml")


def test_a_script_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(SCRIPT)
    assert len(load_script(path).steps) == 5

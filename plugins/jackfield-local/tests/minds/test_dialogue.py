"""What a mind reads out of the items of a conversation."""

from jackfield_local.minds.dialogue import read

NOTE = (
    "The line to the tools was away for a moment. A function call that you made then, and that has no "
    "output, was not run; make it again if it is still wanted."
)


def message(role: str, text: str) -> dict[str, object]:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


def test_what_was_done_in_vain_about_the_callers_words_is_to_be_done_again() -> None:
    dialogue = read(
        [
            message("user", "Hello"),
            message("assistant", "Good day."),
            message("user", "Any screens?"),
            message("assistant", "Let me look."),
            message("system", NOTE),
        ],
        frozenset(),
    )
    assert dialogue.heard == "Any screens?"
    assert dialogue.said == ("Good day.",)


def test_what_the_caller_has_said_since_counts_for_more() -> None:
    dialogue = read(
        [message("user", "Any screens?"), message("system", NOTE), message("user", "Hello?")], frozenset()
    )
    assert dialogue.heard == "Any screens? Hello?"


def test_a_note_that_the_agent_has_spoken_after_is_old() -> None:
    dialogue = read(
        [message("user", "Any screens?"), message("system", NOTE), message("assistant", "There are four.")],
        frozenset(),
    )
    assert dialogue.heard == ""

"""Results in a size for a model: what is kept, and what is said of the rest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.calls import Json, Outcome, OutcomeKind
from jackfield.dispatch.results import fit, size

LIMIT = 400


@pytest.mark.parametrize("value", ["short", None, 3, [1, "two"], {"a": {"b": [True]}}, "é" * 199])
def test_what_fits_is_left_as_it_is(value: Json) -> None:
    assert fit(value, LIMIT) == value


def test_a_list_is_cut_by_its_elements_and_says_how_many_are_left_out() -> None:
    tickets = [{"number": number, "state": "ready"} for number in range(100)]
    cut = fit(tickets, LIMIT)
    assert isinstance(cut, list)
    assert cut[:-1] == tickets[: len(cut) - 1]
    assert len(cut) > 6
    assert cut[-1] == f"({100 - len(cut) + 1} more of 100 elements left out)"
    assert size(cut) <= LIMIT


def test_a_text_is_cut_by_its_lines_and_says_how_long_it_was() -> None:
    text = "\n".join(f"line {number} of the log" for number in range(100))
    cut = fit(text, LIMIT)
    assert isinstance(cut, str)
    *lines, note = cut.splitlines()
    assert lines == text.splitlines()[: len(lines)]
    assert note == f"(… {len(text)} characters in all, the rest left out)"


def test_one_long_line_is_cut_between_words() -> None:
    cut = fit("word " * 1000, LIMIT)
    assert isinstance(cut, str)
    assert cut.splitlines()[0].endswith("word")


def test_in_a_mapping_the_small_members_stay_and_the_big_ones_are_cut() -> None:
    found = {"total": 90, "rows": [f"row {number}" for number in range(90)], "note": "x" * 500, "next": None}
    cut = fit(found, 600)
    assert isinstance(cut, dict)
    assert list(cut) == list(found)
    assert cut["total"] == 90 and cut["next"] is None
    assert cut["rows"][0] == "row 0" and cut["rows"][-1].endswith("of 90 elements left out)")
    assert cut["note"].endswith("(… 500 characters in all, the rest left out)")


def test_of_too_many_members_the_first_are_kept() -> None:
    cut = fit({f"key_{number}": number for number in range(500)}, LIMIT)
    assert isinstance(cut, dict)
    assert cut["key_0"] == 0
    assert cut["left_out"] == f"{500 - len(cut) + 1} more of 500 members"


def test_numbers_and_characters_that_json_does_not_have_are_replaced() -> None:
    assert fit({"a": [float("nan"), float("inf")], "b": "\ud83d!"}, LIMIT) == {"a": [None, None], "b": "?!"}
    assert fit("half \udc00", LIMIT) == "half ?"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(st.sampled_from('"\\\x01é😀\n '), max_size=300),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(), inner, max_size=20),
    max_leaves=60,
)


@given(json_values | st.text(min_size=200, max_size=2000), st.integers(0, 2000))
def test_any_value_comes_out_as_clean_json_within_its_limit(value: Json, limit: int) -> None:
    output = Outcome(OutcomeKind.VALUE, fit(value, limit)).output
    assert len(output.encode()) <= max(limit, 128)
    if not isinstance(value, str) and not isinstance(fit(value, limit), str):
        json.loads(output, parse_constant=pytest.fail)


@given(json_values)
def test_cutting_twice_is_cutting_once(value: Json) -> None:
    once = fit(value, LIMIT)
    assert fit(once, LIMIT) == once

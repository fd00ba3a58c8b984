"""Long results are read to their end, piece by piece, with nothing missing and nothing twice."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.calls import CallPolicy, Json, OutcomeKind
from jackfield.dispatch.pages import Kept, cut, piece
from jackfield.dispatch.results import size
from jackfield.dispatch.shelf import MOST_BYTES, MOST_RESULTS, READ_MORE_POLICY, Shelf

from .desk import Desk, tool

NEXT = re.compile(r'the next with read_more, handle "(\w+)", start (\d+)\)$')


def pieces(value: Json, limit: int, most: int = MOST_BYTES) -> list[Json]:
    """What a model gets that reads on until the end."""
    shown, kept = cut(value, limit, "r1", most)
    found = [shown]
    while following := NEXT.search(str(found[-1] if isinstance(found[-1], str) else found[-1][-1])):  # type: ignore[index]
        assert following[1] == "r1"
        found.append(piece(kept, int(following[2])))
        assert len(found) < 10_000
    return found


limits = st.integers(256, 2_000)


@given(st.text(min_size=600, max_size=6_000), limits)
def test_a_text_is_read_as_a_whole(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert "".join(str(each).rpartition("\n")[0] for each in found) == text
    assert all(size(each) <= limit for each in found)


@given(st.lists(st.integers() | st.text(max_size=30), min_size=100, max_size=400), limits)
def test_a_list_is_read_element_by_element(elements: list[Json], limit: int) -> None:
    found = pieces(elements, limit)
    assert [element for each in found for element in each[:-1]] == elements  # type: ignore[index]
    assert all(size(each) <= limit for each in found)


def test_elements_that_are_too_long_themselves_are_read_as_text() -> None:
    elements: list[Json] = [{"text": "word " * 300}, {"text": "other " * 300}]
    found = pieces(elements, 1_000)
    text = "".join(str(each).rpartition("\n")[0] for each in found)
    assert json.loads(text) == elements


def test_of_a_mapping_the_long_member_is_kept() -> None:
    shown, kept = cut({"count": 300, "parts": list(range(3_000))}, 1_000, "r1", MOST_BYTES)
    assert isinstance(shown, dict)
    assert shown["count"] == 300
    assert shown["read_more"] == '"parts" can be had with read_more, handle "r1", start 0'
    assert size(shown) <= 1_000
    assert kept.whole == list(range(3_000))


def test_a_mapping_of_many_things_is_kept_as_text() -> None:
    value: Json = {f"part {number}": "x" * 100 for number in range(40)}
    shown, kept = cut(value, 1_000, "r1", MOST_BYTES)
    assert isinstance(shown, dict)
    assert "all of this can be had" in str(shown["read_more"])
    assert json.loads(str(kept.whole)) == value
    assert size(shown) <= 1_000


@pytest.mark.parametrize("value", ["line\n" * 10_000, list(range(10_000)), {"a": "word " * 10_000, "b": 1}])
def test_no_more_is_kept_than_allowed_and_the_last_piece_says_so(value: Json) -> None:
    _, kept = cut(value, 500, "r1", 4_000)
    assert size(kept.whole) <= 4_100
    if not isinstance(value, dict):
        assert "the rest was too long to keep" in str(pieces(value, 500, 4_000)[-1])


@pytest.mark.parametrize("start", [-5, 0, 99_999])
def test_any_place_may_be_asked_for(start: int) -> None:
    assert "elements" in str(piece(Kept("r1", [1, 2, 3], 3, 500), start))
    assert "characters" in str(piece(Kept("r1", "one two", 7, 500), start))


def test_a_shelf_forgets_the_oldest_when_there_are_too_many() -> None:
    shelf = Shelf()
    for number in range(MOST_RESULTS + 1):
        shelf.put(Kept(f"r{number}", "text", 4, 500))
    assert shelf.get("r0") is None
    assert len(shelf.handles) == MOST_RESULTS


def test_a_shelf_forgets_the_oldest_when_it_is_too_heavy() -> None:
    shelf = Shelf()
    for number in range(3):
        shelf.put(Kept(f"r{number}", "x" * (MOST_BYTES // 2), MOST_BYTES // 2, 500))
    assert shelf.handles == ["r1", "r2"]


# --- in the dispatcher ----------------------------------------------------------------------------------


def many(count: int = 3_000) -> list[str]:
    """Many words."""
    return [f"part {number}" for number in range(count)]


async def test_what_was_cut_can_be_read_with_the_tool_until_the_session_is_forgotten(desk: Desk) -> None:
    outcome = await desk.run(tool(many), limits=CallPolicy(result_limit=1_024))
    assert isinstance(outcome.value, list)
    shelves = desk.dispatcher.shelves
    assert shelves.has("session_1") and not shelves.has("session_2")
    start = len(outcome.value) - 1
    asked = json.dumps({"handle": outcome.handle, "start": start})
    more = await desk.run(shelves.tool, asked, limits=READ_MORE_POLICY)
    assert isinstance(more.value, list)
    assert more.value[0] == f"part {start}"
    assert not more.handle, "a piece is not cut again"

    foreign = await desk.run(shelves.tool, asked, limits=READ_MORE_POLICY, session="session_2")
    assert foreign.kind is OutcomeKind.ERROR
    shelves.forget("session_1")
    gone = await desk.run(shelves.tool, asked, limits=READ_MORE_POLICY)
    assert gone.message == "Nothing is kept under that handle (any more); there is: none."


async def test_what_fits_is_not_kept(desk: Desk) -> None:
    outcome = await desk.run(tool(many), '{"count": 3}')
    assert outcome.value == ["part 0", "part 1", "part 2"]
    assert not outcome.handle
    assert not desk.dispatcher.shelves.has("session_1")


async def test_what_a_cancelled_call_would_have_given_is_not_kept(desk: Desk) -> None:
    desk.start("c", tool(many))
    desk.dispatcher.cancel("c")
    await desk.outcome("c")
    await desk.dispatcher.aclose()
    assert not desk.dispatcher.shelves.has("session_1")

"""Whose turn it is, for any tools, agents, bounds and order of events."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from jackfield.calls import CallPolicy
from jackfield.dispatch.call import Call
from jackfield.dispatch.crossing import Crossing
from jackfield.dispatch.turns import MOST_WAITING, Bounds, Turns
from jackfield.tools.tool import LOOP, Tool, ToolContext

from .desk import PATIENCE, opened, tool

WAY_TO_NOBODY = Crossing(None)  # type: ignore[arg-type]


def a_call(number: int, tool: str = "t", agent: str = "a", concurrency: int = 8) -> Call:
    wanted = Tool(f"test.{tool}", "Do.", {}, lambda arguments, context: None, LOOP, "test")
    context = ToolContext(f"call_{number}", "session_1", agent, 20.0)
    return Call(wanted, {}, context, CallPolicy(concurrency=concurrency), [], WAY_TO_NOBODY, float(number))


def a_call_in_line(turns: Turns, number: int) -> Call:
    call = a_call(number)
    assert not turns.take(call)
    return call


def test_an_agent_that_has_its_fill_does_not_hold_up_another() -> None:
    turns = Turns(Bounds(agents={"greedy": 2}))
    greedy = [a_call(number, agent="greedy") for number in range(4)]
    assert [turns.take(call) for call in greedy] == [True, True, False, False]
    assert turns.take(a_call(5, agent="modest"))
    assert turns.leave(greedy[0]) == [greedy[2]]


def test_a_full_process_lets_the_one_that_waits_longest_go_first_whatever_its_tool() -> None:
    turns = Turns(Bounds(process=1))
    calls = [a_call(number, tool=tool) for number, tool in enumerate("abcab")]
    assert [turns.take(call) for call in calls] == [True, False, False, False, False]
    for number in range(4):
        assert turns.leave(calls[number]) == [calls[number + 1]]


def test_a_call_with_a_lower_limit_keeps_its_place_in_line() -> None:
    turns = Turns(Bounds())
    running, strict, loose = a_call(0), a_call(1, concurrency=1), a_call(2, concurrency=8)
    assert [turns.take(call) for call in (running, strict, loose)] == [True, False, False]
    assert not turns.leave(a_call_in_line(turns, 3))
    assert turns.leave(running) == [strict, loose]


def test_who_leaves_the_line_lets_those_behind_move_up() -> None:
    turns = Turns(Bounds())
    running, strict, loose = a_call(0), a_call(1, concurrency=1), a_call(2, concurrency=8)
    for call in (running, strict, loose):
        turns.take(call)
    assert turns.leave(strict) == [loose]


def test_the_line_before_a_tool_is_bounded() -> None:
    turns = Turns(Bounds())
    for number in range(MOST_WAITING + 1):
        assert not turns.refusal(a_call(number, concurrency=1))
        turns.take(a_call(number, concurrency=1))
    assert "too busy" in turns.refusal(a_call(999, concurrency=1))
    assert not turns.refusal(a_call(999, tool="other"))


events = st.lists(
    st.tuples(st.booleans(), st.integers(0, 2), st.integers(0, 2), st.integers(1, 3), st.integers(0, 99)),
    max_size=60,
)


@given(events, st.integers(1, 6), st.integers(1, 3))
def test_bounds_hold_nobody_is_forgotten_and_no_place_stays_empty(
    events: list[tuple[bool, int, int, int, int]], process: int, agent: int
) -> None:
    turns = Turns(Bounds(process=process, agent=agent))
    running: list[Call] = []
    waiting: list[Call] = []
    for number, (arrives, which_tool, who, concurrency, which) in enumerate(events):
        if arrives:
            call = a_call(number, f"t{which_tool}", f"a{who}", concurrency)
            (running if turns.take(call) else waiting).append(call)
        elif running or waiting:
            place = which % (len(running) + len(waiting))
            gone = (running + waiting)[place]
            (running if gone in running else waiting).remove(gone)
            for following in turns.leave(gone):
                waiting.remove(following)
                running.append(following)
        check(running, waiting, process, agent)
    while running:
        for following in turns.leave(running.pop()):
            waiting.remove(following)
            running.append(following)
    assert not waiting


def check(running: list[Call], waiting: list[Call], process: int, agent: int) -> None:
    assert len(running) <= process
    agents = Counter(call.context.agent for call in running)
    tools = Counter(call.tool.name for call in running)
    assert all(count <= agent for count in agents.values())
    held = {call.tool.name for call in waiting if tools[call.tool.name] >= call.limits.concurrency}
    for call in waiting:
        agent_has_room = agents[call.context.agent] < agent
        assert len(running) == process or not agent_has_room or call.tool.name in held


# --- in the dispatcher ----------------------------------------------------------------------------------


async def test_a_process_runs_only_so_many_calls_at_once_and_all_of_them_in_the_end() -> None:
    running: list[int] = []
    most: list[int] = []

    async def nap(number: int) -> int:
        """Let others go first."""
        running.append(number)
        most.append(len(running))
        for _ in range(3):
            await asyncio.sleep(0)
        running.remove(number)
        return number

    async with opened(bounds=Bounds(process=3)) as desk:
        wanted = tool(nap)
        for number in range(40):
            desk.start(f"call_{number}", wanted, f'{{"number": {number}}}', CallPolicy(concurrency=8))
        await desk.until(lambda: len(desk.finished) == 40)
    assert max(most) <= 3
    assert [call_id for call_id, _ in desk.entered] == [f"call_{number}" for number in range(40)]


async def test_an_agent_that_has_its_fill_leaves_room_for_calls_of_another() -> None:
    release = threading.Event()

    def wait() -> str:
        """Wait."""
        release.wait(PATIENCE)
        return "done"

    async with opened(bounds=Bounds(agents={"receptionist": 1})) as desk:
        desk.start("first", tool(wait))
        desk.start("second", tool(where_it_is))
        desk.start("workshop", tool(where_it_is), session="session_2", agent="workshop")
        await desk.outcome("workshop")
        assert [call_id for call_id, _ in desk.finished] == ["workshop"]
        release.set()
        await desk.until(lambda: len(desk.finished) == 3)


def where_it_is() -> str:
    """Tell."""
    return "here"

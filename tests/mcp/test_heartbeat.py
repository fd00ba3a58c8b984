"""Servers that say nothing any more: stopped by a signal, not dead."""

import os
import signal

from jackfield.mcp import ServerState
from jackfield.mcp.heartbeat import is_gone, patience
from tests.mcp.board import board, children, stdio


async def test_a_server_that_is_stopped_is_noticed_while_nobody_calls_it_and_replaced() -> None:
    """In both eras of the protocol: one has a ping, the other has not."""
    programs = {"modern": "lab.py", "legacy": "old.py"}
    servers = {name: stdio(program, heartbeat="100ms") for name, program in programs.items()}
    async with board(servers) as line:
        await line.ready(*programs)
        pids = {name: children(program) for name, program in programs.items()}
        for [pid] in pids.values():
            os.kill(pid, signal.SIGSTOP)
        for name, program in programs.items():
            await line.back(name, 2)
            assert children(program) - pids[name]


async def test_a_server_that_goes_on_is_ready_again_without_a_new_connection() -> None:
    async with board({"lab": stdio("lab.py", heartbeat="100ms")}) as line:
        await line.ready("lab")
        waiting, _ = await line.begun("lab.wait")  # with work under way a server is given more time
        [pid] = children("lab.py")
        os.kill(pid, signal.SIGSTOP)
        await line.until(lambda: line.status("lab").state is ServerState.DEGRADED)
        assert line.status("lab").error == "it gave no sign of life within 1 seconds"
        assert line.names("lab"), "calls still go out to it"
        os.kill(pid, signal.SIGCONT)
        await line.until(lambda: (line.status("lab").state, line.status("lab").error) == ("ready", ""))
        assert line.status("lab").connections == 1
        waiting.cancel()


def test_a_beat_is_waited_for_as_long_as_one_lasts_within_bounds() -> None:
    assert [patience(every) for every in (0.1, 5.0, 30.0)] == [1.0, 5.0, 10.0]


def test_a_busy_server_may_miss_more_beats_than_an_idle_one() -> None:
    assert [is_gone(misses, busy=False) for misses in (0, 1, 2)] == [False, False, True]
    assert [is_gone(misses, busy=True) for misses in (2, 5, 6)] == [False, False, True]

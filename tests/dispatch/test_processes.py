"""Tools in worker processes: whatever they do to their process, they do to their own call alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, wait
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import context as otel
from opentelemetry import trace

from jackfield.caller import Caller
from jackfield.calls import CallPolicy, Image, Isolation, Json, OutcomeKind
from jackfield.dispatch import Dispatcher
from jackfield.dispatch.executor import Overloaded
from jackfield.dispatch.executors import ProcessExecutor, own_executors
from jackfield.dispatch.parcel import MOST_VALUE, FaultError, pack_value, unpack_value
from jackfield.dispatch.placement import placed
from jackfield.dispatch.process_executor import MOST_CALLS
from jackfield.dispatch.results import sound
from jackfield.dispatch.worker_pool import most_busy
from jackfield.errors import OutcomeUnknown, PluginError, ToolError, ToolUnavailable
from jackfield.plugins import Plugins
from jackfield.processes.wire import Message, WireError
from jackfield.tools.answer import Answer
from jackfield.tools.tool import PROCESS, Tool, ToolContext

from .desk import Desk

PATIENCE = 30.0
SETTINGS = {"bench": "oak", "key": "a secret"}
ISOLATED = CallPolicy(isolation=Isolation.PROCESS)


@pytest.fixture(scope="module")
def tools(workbench: None) -> Mapping[str, Tool]:
    """The tools of the workbench, as the runtime has them: the plugin is loaded here, too."""
    plugins = Plugins.load({}, allow=["workbench"])
    return {tool.name: tool for source in plugins.tool_sources() for tool in source.tools()}


class Works:
    """Worker processes, and calls of the workbench's tools."""

    def __init__(self, tools: Mapping[str, Tool], executor: ProcessExecutor) -> None:
        self.tools = tools
        self.executor = executor

    def submit(self, name: str, context: ToolContext | None = None, **arguments: Json) -> Future[Json]:
        tool = placed(self.tools[f"workbench.{name}"], Isolation.PROCESS)
        return self.executor.submit(tool, arguments, context or self.context(name))

    def run(self, name: str, **arguments: Json) -> Json:
        return self.submit(name, **arguments).result(PATIENCE)

    def context(self, name: str, progress: Callable[[str], None] = lambda text: None) -> ToolContext:
        return ToolContext("call_1", "session_1", "receptionist", 20.0, progress, f"workbench.{name}")

    def pid(self) -> int:
        me = self.run("whoami")
        assert isinstance(me, dict)
        return int(me["pid"])


@pytest.fixture(scope="module")
def shared(tools: Mapping[str, Tool]) -> Iterator[Works]:
    executor = ProcessExecutor({"workbench": SETTINGS}, most=1)
    yield Works(tools, executor)
    executor.close()


@pytest.fixture
def pair(tools: Mapping[str, Tool]) -> Iterator[Works]:
    executor = ProcessExecutor({"workbench": SETTINGS}, most=2)
    yield Works(tools, executor)
    executor.close()


# --- a call there and back ------------------------------------------------------------------------------


def test_plain_functions_and_coroutines_give_their_results(shared: Works) -> None:
    assert shared.run("add", a=2, b=3) == 5
    assert shared.run("add_later", a=2, b=3) == 5
    assert shared.run("same_loop") == shared.run("same_loop")


def test_a_worker_is_another_process_and_gives_way_to_everything_else(shared: Works) -> None:
    me = shared.run("whoami")
    assert isinstance(me, dict)
    assert me["pid"] != os.getpid()
    assert me["nice"] == min(os.nice(0) + 10, 19)
    assert me["main"] is True
    assert me["stdin"] == "", "the wire is not for tools"
    assert me["plugins"] == [], "only the plugin whose tool is called is loaded"


def test_a_worker_stays_warm(shared: Works) -> None:
    assert shared.pid() == shared.pid()
    assert int(str(shared.run("count"))) + 1 == shared.run("count")


def test_the_context_crosses(shared: Works) -> None:
    span = trace.NonRecordingSpan(
        trace.SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=trace.TraceFlags(1))
    )
    token = otel.attach(trace.set_span_in_context(span))
    try:
        future = shared.submit("facts", replace(shared.context("facts"), agreed=True, caller=Caller("+4930")))
    finally:
        otel.detach(token)
    told = future.result(PATIENCE)
    assert isinstance(told, dict)
    assert 0 < told.pop("left") <= 20.0
    assert told == {
        "call": "call_1",
        "session": "session_1",
        "agent": "receptionist",
        "tool": "workbench.facts",
        "key": "session_1/call_1",
        "settings": SETTINGS,
        "logger": "jackfield.tools.workbench.facts",
        "agreed": True,
        "caller": "+4930",
        "cancelled": False,
        "trace": f"{0xABC:032x}",
    }


def test_without_a_trace_there_is_none_over_there(shared: Works) -> None:
    told = shared.run("facts")
    assert isinstance(told, dict)
    assert told["trace"] == f"{0:032x}"


def test_progress_crosses_the_last_word_included(shared: Works) -> None:
    heard: list[str] = []
    assert (
        shared.submit("chatty", shared.context("chatty", heard.append), times=5000).result(PATIENCE) == 5000
    )
    assert heard[0] == "step 0"
    assert len(heard) < 1000
    last = threading.Event()

    def hear(text: str) -> None:
        if text == "working":
            last.set()

    stopped = shared.submit("suspended", shared.context("suspended", hear), file=os.devnull)
    assert last.wait(PATIENCE)
    stopped.cancel()


def test_what_a_tool_prints_is_not_on_our_standard_output(tools: Mapping[str, Tool]) -> None:
    program = (
        "import threading\n"
        "from jackfield.calls import Isolation\n"
        "from jackfield.dispatch.executors import ProcessExecutor\n"
        "from jackfield.dispatch.placement import placed\n"
        "from jackfield.plugins import Plugins\n"
        "from jackfield.tools.tool import ToolContext\n"
        "(source,) = Plugins.load({}, allow=['workbench']).tool_sources()\n"
        "tool = next(each for each in source.tools() if each.name == 'workbench.noisy')\n"
        "executor = ProcessExecutor()\n"
        "context = ToolContext('c', 's', 'a', 5.0, tool=tool.name)\n"
        "print(executor.submit(placed(tool, Isolation.PROCESS), {}, context).result(30))\n"
        "executor.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "said\n", done.stderr
    assert "printed by a tool" in done.stderr
    assert "WARNING jackfield.tools.workbench.noisy: logged by a tool" in done.stderr


# --- what tools raise -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("refuse", ToolError, "Ticket 9 is not in the book."),
        ("doubt", OutcomeUnknown, "The order may have been sent."),
        ("secret", FaultError, "hunter2"),
        ("resign", FaultError, "SystemExit"),
        ("hog", FaultError, "MemoryError"),
    ],
)
def test_what_a_tool_raises_is_raised_here_and_the_worker_lives_on(
    shared: Works, name: str, kind: type[Exception], words: str
) -> None:
    before = shared.pid()
    with pytest.raises(kind, match=words) as raised:
        shared.run(name)
    assert type(raised.value) is kind
    assert shared.pid() == before


def test_a_result_is_cut_before_it_is_sent(shared: Works) -> None:
    text = shared.run("big", megabytes=50)
    assert isinstance(text, str)
    assert len(text) <= MOST_VALUE
    assert text.endswith("left out)")
    numbers = shared.run("long_list", count=100_000)
    assert isinstance(numbers, list)
    assert numbers[:2] == [{"number": 0}, {"number": 1}]
    assert str(numbers[-1]).endswith("of 100000 elements left out)")


def test_images_cross(shared: Works) -> None:
    answer = shared.run("picture", kilobytes=3000)
    assert isinstance(answer, Answer)
    assert answer.value == (
        "The shelf\n(an image, image/png, 3000 KiB, follows)\n(an image, image/jpeg, 5 bytes, follows)"
    )
    assert answer.images == (Image(bytes(3000 * 1024)), Image(b"small", "image/jpeg"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values, st.lists(st.binary(max_size=50), max_size=3))
def test_values_come_out_of_a_parcel_as_they_went_in(value: Json, images: list[bytes]) -> None:
    went_in = Answer(value, tuple(Image(each) for each in images)) if images else value
    assert unpack_value(pack_value(went_in)) == (went_in if images else sound(value))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "text": st.booleans(),
            "ends": st.lists(st.integers(-9, 99) | st.text()) | st.integers(),
            "images": st.lists(st.text()) | st.none(),
        },
    ),
    st.binary(max_size=100),
)
def test_what_is_no_parcel_is_told_so(fields: dict[str, object], payload: bytes) -> None:
    with contextlib.suppress(WireError, ValueError):
        unpack_value(Message("value", fields, payload))


# --- crashes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["segfault", "leave", "killed"])
def test_a_crash_ends_its_own_call_and_the_worker_is_replaced(pair: Works, name: str) -> None:
    other = pair.submit("hold", seconds=0.5)
    before = pair.pid()
    with pytest.raises(OutcomeUnknown, match=rf"workbench.{name} crashed in the middle of this."):
        pair.run(name)
    assert isinstance(other.result(PATIENCE), int)
    assert pair.pid() != before or pair.pid() == other.result()
    assert pair.run("add", a=1, b=1) == 2


def test_a_crash_of_a_tool_that_may_be_repeated_is_no_doubt(shared: Works) -> None:
    with pytest.raises(ToolUnavailable, match=r"workbench.leave_again crashed and gave no result."):
        shared.run("leave_again")


def test_a_worker_that_is_killed_while_idle_is_replaced_and_no_call_fails(shared: Works) -> None:
    before = shared.pid()
    os.kill(before, signal.SIGKILL)
    assert shared.run("add", a=1, b=1) == 2
    assert shared.pid() != before


def test_a_dead_idle_worker_is_replaced_before_anybody_calls(shared: Works) -> None:
    before = shared.pid()
    os.kill(before, signal.SIGKILL)
    _until(lambda: bool(_pids(shared)) and before not in _pids(shared))


# --- cancelling -----------------------------------------------------------------------------------------


def test_cancelling_kills_what_does_not_end(shared: Works, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    future = shared.submit("burn", file=str(file))
    _until(lambda: file.exists() and bool(file.read_text()))
    pid = int(file.read_text())
    assert future.cancel()
    with pytest.raises(CancelledError):
        future.result(0)
    _until(lambda: not _alive(pid))
    assert shared.run("add", a=1, b=1) == 2


def test_a_plain_function_that_looks_up_ends_by_itself_and_its_worker_stays(
    shared: Works, tmp_path: Path
) -> None:
    entered = threading.Event()
    file = tmp_path / "pid"
    context = shared.context("patient", lambda text: entered.set())
    future = shared.submit("patient", context, file=str(file))
    assert entered.wait(PATIENCE)
    assert future.cancel()
    assert shared.pid() == int(file.read_text())


def test_a_coroutine_is_interrupted_and_cleans_up(shared: Works, tmp_path: Path) -> None:
    entered = threading.Event()
    file = tmp_path / "pid"
    context = shared.context("suspended", lambda text: entered.set())
    future = shared.submit("suspended", context, file=str(file))
    assert entered.wait(PATIENCE)
    assert future.cancel()
    assert shared.pid() == int(file.read_text())


def test_a_call_that_waits_for_a_worker_can_be_cancelled_and_is_never_entered(
    shared: Works, tmp_path: Path
) -> None:
    first = shared.submit("hold", seconds=0.3)
    waiting = shared.submit("burn", file=str(tmp_path / "pid"))
    assert waiting.cancel()
    assert isinstance(first.result(PATIENCE), int)
    assert shared.run("add", a=1, b=1) == 2
    assert not (tmp_path / "pid").exists()


# --- bounds ---------------------------------------------------------------------------------------------


def test_sixty_four_calls_share_two_workers(pair: Works) -> None:
    futures = [pair.submit("hold", seconds=0.01) for _ in range(64)]
    assert not wait(futures, PATIENCE).not_done
    assert len({future.result() for future in futures}) <= 2
    assert len(_pids(pair)) <= 2


def test_no_more_calls_wait_than_there_is_room_for(pair: Works) -> None:
    held = [pair.submit("hold", seconds=30) for _ in range(2)]
    waiting = [pair.submit("add", a=1, b=1) for _ in range(MOST_CALLS - 2)]
    with pytest.raises(Overloaded, match=r"workbench.add cannot be called now"):
        pair.submit("add", a=1, b=1)
    for future in [*waiting, *held]:
        future.cancel()
    assert pair.run("add", a=1, b=1) == 2


@pytest.mark.parametrize(("cores", "most"), [(1, 1), (2, 1), (8, 7)])
def test_one_core_is_left_for_the_sessions(cores: int, most: int) -> None:
    assert most_busy(cores) == most


# --- the beginning and the end --------------------------------------------------------------------------


def test_nothing_is_started_before_it_is_wanted() -> None:
    before = threading.enumerate()
    executor = ProcessExecutor()
    assert threading.enumerate() == before
    executor.close()
    executor.close()
    with pytest.raises(RuntimeError):
        executor.warm("workbench")


def test_a_worker_can_be_warm_before_the_first_call(tools: Mapping[str, Tool]) -> None:
    executor = ProcessExecutor()
    executor.warm("workbench")
    _until(lambda: bool(executor.pids))
    works = Works(tools, executor)
    assert works.pid() == executor.pids["workbench"][0]
    executor.close()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"break": True}, "the plugin workbench has no tools in a process of its own: the workbench is told"),
        ({"die": True}, r"a worker process for the plugin workbench did not start \(exit status 7\)"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_over_there_fails_each_call_with_the_reason(
    tools: Mapping[str, Tool], settings: dict[str, Json], reason: str
) -> None:
    executor = ProcessExecutor({"workbench": settings})
    works = Works(tools, executor)
    for _ in range(2):
        with pytest.raises(PluginError, match=reason):
            works.run("add", a=1, b=1)
    executor.close()


def test_a_tool_that_the_plugin_does_not_register_over_there_is_refused(shared: Works) -> None:
    tool = Tool(
        "workbench.fly", "Fly.", {"type": "object"}, lambda arguments, context: 1, PROCESS, "workbench"
    )
    future = shared.executor.submit(placed(tool, None), {}, shared.context("fly"))
    with pytest.raises(Exception):  # noqa: B017
        future.result(PATIENCE)


def test_closing_ends_the_processes_and_what_they_do(tools: Mapping[str, Tool], tmp_path: Path) -> None:
    executor = ProcessExecutor(most=2)
    works = Works(tools, executor)
    works.pid()
    future = works.submit("burn", file=str(tmp_path / "pid"))
    _until(lambda: (tmp_path / "pid").exists())
    pids = _pids(works)
    executor.close()
    assert future.done()
    assert not any(map(_alive, pids))


def test_no_worker_outlives_its_parent(tools: Mapping[str, Tool], tmp_path: Path) -> None:
    file = tmp_path / "pid"
    program = (
        "import os, signal, time\n"
        "from pathlib import Path\n"
        "from jackfield.calls import Isolation\n"
        "from jackfield.dispatch.executors import ProcessExecutor\n"
        "from jackfield.dispatch.placement import placed\n"
        "from jackfield.plugins import Plugins\n"
        "from jackfield.tools.tool import ToolContext\n"
        "(source,) = Plugins.load({}, allow=['workbench']).tool_sources()\n"
        "tool = next(each for each in source.tools() if each.name == 'workbench.burn')\n"
        f"file = Path({str(file)!r})\n"
        "context = ToolContext('c', 's', 'a', 5.0, tool=tool.name)\n"
        "ProcessExecutor().submit(placed(tool, Isolation.PROCESS), {'file': str(file)}, context)\n"
        "while not (file.exists() and file.read_text()): time.sleep(0.01)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], timeout=PATIENCE, env=env)
    assert done.returncode == -signal.SIGKILL
    _until(lambda: not _alive(int(file.read_text())))


# --- through the dispatcher -----------------------------------------------------------------------------


async def test_outcomes_tell_a_crash_from_a_failure(tools: Mapping[str, Tool], tmp_path: Path) -> None:
    executors = own_executors(processes=ProcessExecutor({"workbench": SETTINGS}))
    desk = Desk(Dispatcher(executors), None)  # type: ignore[arg-type]
    file = tmp_path / "crashed"
    try:
        added = await desk.run(tools["workbench.add"], '{"a": 2, "b": "3"}', limits=ISOLATED)
        assert added.value == 5
        assert desk.entered == [("run_0", {"a": 2, "b": 3})]
        secret = await desk.run(tools["workbench.secret"], limits=ISOLATED)
        assert secret.kind is OutcomeKind.ERROR
        assert "hunter2" not in secret.output
        crashed = await desk.run(tools["workbench.leave"], limits=ISOLATED)
        assert crashed.kind is OutcomeKind.UNKNOWN
        again = await desk.run(
            tools["workbench.crash_once"],
            f'{{"file": "{file}"}}',
            limits=CallPolicy(isolation=Isolation.PROCESS, retry=1),
        )
        assert again.value == "value"
    finally:
        async with asyncio.timeout(PATIENCE):
            await desk.dispatcher.aclose()


def _pids(works: Works) -> list[int]:
    return works.executor.pids.get("workbench", [])


def _alive(pid: int) -> bool:
    """Running, and not merely waiting to be reaped by a parent that is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _until(condition: Callable[[], bool]) -> None:
    """For what nobody announces."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)

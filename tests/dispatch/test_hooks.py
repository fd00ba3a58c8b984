"""Plugins around function calls: what they may decide, and what they cannot break."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import pytest

from jackfield.calls import CallPolicy, OutcomeKind
from jackfield.dispatch import Dispatcher, HookedDispatcher, LoopExecutor, ThreadExecutor
from jackfield.errors import ToolError
from jackfield.plugins import Plugins
from jackfield.tools.tool import LOOP, THREAD
from tests.installing import Site, on_the_path

from .desk import PATIENCE, Desk, tool

HEAD = """
import asyncio, threading, time
from contextlib import asynccontextmanager
import jackfield
from jackfield import Verdict

seen = []
done = threading.Event()
"""


def double(number: int = 21) -> int:
    """Twice the number."""
    return 2 * number


async def which_thread() -> str:
    """The thread that runs this."""
    return threading.current_thread().name


def refuse() -> str:
    """Fail in words."""
    raise ToolError("Not on a Sunday.")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with on_the_path(tmp_path) as site:
        yield site


@asynccontextmanager
async def hooked(site: Site, **sources: str) -> AsyncIterator[Desk]:
    """A desk whose dispatcher asks these plugins; their modules are `probe("name")`."""
    for name, source in sources.items():
        site.install(name, HEAD + source)
    plugins = Plugins.load({}, allow=[*sources])
    assert not [each.reason for each in plugins.report() if each.name in sources and each.reason]
    threads = ThreadExecutor()
    dispatcher = HookedDispatcher({LOOP: LoopExecutor(), THREAD: threads}, plugins.call_hooks())
    try:
        yield Desk(dispatcher, threads)
    finally:
        await dispatcher.aclose()


def probe(name: str) -> ModuleType:
    return sys.modules[f"probe_{name}"]


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]


# --- before ---------------------------------------------------------------------------------------------

DENY = """
@jackfield.hookimpl
def before_call(call, session):
    seen.append((call, session, threading.current_thread().name))
    return Verdict.deny(f"No {call.arguments['number']} for {session.agent}.")
"""


async def test_before_call_may_deny_a_call_and_its_reason_is_what_the_model_hears(site: Site) -> None:
    async with hooked(site, strict=DENY) as desk:
        outcome = await desk.run(tool(double), '{"number": 4}')
        assert (outcome.kind, outcome.message) == (OutcomeKind.DENIED, "No 4 for receptionist.")
        assert not desk.entered
        ((call, session, thread),) = probe("strict").seen
        assert (call.id, call.tool, call.arguments) == ("run_0", "test.double", {"number": 4})
        assert session.id == "session_1"
        assert thread == "jackfield-hooks"


ASYNC = """
@jackfield.hookimpl
async def before_call(call):
    await asyncio.sleep(0)
    return Verdict.deny("Not now.")
"""


async def test_before_call_may_be_async(site: Site) -> None:
    async with hooked(site, later=ASYNC) as desk:
        assert (await desk.run(tool(double))).message == "Not now."


async def test_before_call_may_want_a_yes_first_and_says_what_to_ask(site: Site) -> None:
    source = DENY.replace("Verdict.deny", "Verdict.confirm")
    async with hooked(site, careful=source) as desk:
        outcome = await desk.run(tool(double), '{"number": 4}')
        assert outcome.kind is OutcomeKind.DENIED
        assert outcome.message == "The caller must agree first: No 4 for receptionist."
        assert not desk.entered


ARGUMENTS = """
@jackfield.hookimpl
def before_call(call):
    call.arguments["number"] = 1000  # a copy: changes nothing
    return Verdict.replace(arguments={"number": 5})
"""


async def test_before_call_may_replace_the_arguments_which_reach_the_tool(site: Site) -> None:
    async with hooked(site, other=ARGUMENTS) as desk:
        assert (await desk.run(tool(double), '{"number": 4}')).value == 10
        assert desk.entered == [("run_0", {"number": 5})]


async def test_what_a_hook_does_to_its_copy_of_the_arguments_changes_nothing(site: Site) -> None:
    source = ARGUMENTS.replace("return Verdict", "Verdict")
    async with hooked(site, clumsy=source) as desk:
        assert (await desk.run(tool(double), '{"number": 4}')).value == 8


VALUE = """
@jackfield.hookimpl
def before_call(call):
    return Verdict.replace(value={"cached": [1, 2, float("nan")]})
"""


async def test_before_call_may_replace_the_result_and_the_tool_is_not_run(site: Site) -> None:
    async with hooked(site, cache=VALUE) as desk:
        outcome = await desk.run(tool(double))
        assert (outcome.kind, outcome.value) == (OutcomeKind.VALUE, {"cached": [1, 2, None]})
        assert not desk.entered


ASK = """
@jackfield.hookimpl{options}
def before_call(call, session):
    seen.append(call.id)
    return {verdict}
"""


async def test_plugins_are_asked_in_order_and_the_first_verdict_wins(site: Site) -> None:
    async with hooked(
        site,
        a=ASK.format(options="", verdict="None"),
        b=ASK.format(options="", verdict="Verdict.allow()"),
        c=ASK.format(options="", verdict="Verdict.deny('never asked')"),
        d=ASK.format(options="(tryfirst=True)", verdict="None"),
    ) as desk:
        assert (await desk.run(tool(double))).value == 42
        assert [probe(name).seen for name in "abcd"] == [["run_0"], ["run_0"], [], ["run_0"]]


# --- a hook that breaks ---------------------------------------------------------------------------------

HANGS = "await asyncio.Event().wait()"
BROKEN = {
    "raises": ("raise RuntimeError('password=hunter2')", "failed"),
    "exits": ("raise SystemExit(3)", "failed"),
    "a_truth": ("return True", "returned neither a Verdict nor None (bool)"),
    "no_reason": ("return Verdict.deny('  ')", "returned a Verdict without words"),
    "no_json": ("return Verdict.replace(value=object())", "returned a value that JSON cannot hold"),
    "neither": ("return Verdict.replace()", "failed"),
    "misfit": (
        "return Verdict.replace(arguments={'number': 'ten'})",
        "returned arguments that the tool does not take (The arguments do not fit: `number` must be an "
        'integer, not "ten".)',
    ),
    "unwritable": (
        "return Verdict.replace(arguments={'number': {1}})",
        "returned arguments that the tool does not take (Object of type set is not JSON serializable)",
    ),
    "hangs": (HANGS, "took more than 0.05 s"),
    "gives_up": ("raise asyncio.CancelledError", "was cancelled"),
}
BREAK = """
patience = {patience}
critical = {critical}

@jackfield.hookimpl
async def before_call(call):
    {body}
"""


def broken(source: str, body: str, critical: bool) -> str:
    """Only what hangs is not waited for: on a busy machine the others may take their time."""
    return source.format(body=body, critical=critical, patience=0.05 if HANGS in body else 30)


@pytest.mark.parametrize("name", BROKEN)
async def test_a_hook_that_breaks_is_named_and_the_call_goes_on(
    site: Site, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, reason = BROKEN[name]
    async with hooked(site, broken=broken(BREAK, body=body, critical=False)) as desk:
        assert (await desk.run(tool(double))).value == 42
    assert faults(caplog) == [f"plugin broken: its before_call hook {reason} (1 times)"]


@pytest.mark.parametrize("name", BROKEN)
async def test_where_a_critical_plugin_breaks_the_call_is_denied(
    site: Site, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with hooked(site, broken=broken(BREAK, body=BROKEN[name][0], critical=True)) as desk:
        outcome = await desk.run(tool(double))
    assert outcome.kind is OutcomeKind.DENIED
    assert outcome.message == ("That cannot be done now: it could not be checked whether it may be.")
    assert len(faults(caplog)) == 1


async def test_after_a_hook_that_breaks_the_next_one_is_asked(site: Site) -> None:
    async with hooked(site, a=broken(BREAK, body="raise RuntimeError", critical=False), b=ASYNC) as desk:
        assert (await desk.run(tool(double))).message == "Not now."


BLOCK = """
patience = 0.05

@jackfield.hookimpl
def before_call(call):
    if call.arguments:
        done.wait(30)

@jackfield.hookimpl
def call_finished(call):
    seen.append(call.id)
"""


async def test_a_hook_that_blocks_its_thread_holds_up_no_call_and_not_the_tools(site: Site) -> None:
    async with hooked(site, stubborn=BLOCK) as desk:
        assert (await desk.run(tool(double), '{"number": 1}')).value == 2
        assert (await desk.run(tool(double), '{"number": 2}')).value == 4
        assert (await desk.run(tool(which_thread))).value == "jackfield-tools"
        probe("stubborn").done.set()


LATE = """
patience = 30

@jackfield.hookimpl
def before_call(call):
    return Verdict.deny("Judged all the same.")
"""


async def test_a_hook_that_blocks_its_thread_keeps_no_other_plugin_from_judging(site: Site) -> None:
    async with hooked(site, a=BLOCK, b=LATE) as desk:
        for number in range(4):
            outcome = await desk.run(tool(double), f'{{"number": {number}}}')
            assert outcome.message == "Judged all the same."
        probe("a").done.set()


async def test_a_plugin_whose_patience_is_no_number_has_the_ordinary_one(site: Site) -> None:
    source = "patience = True\ncritical = 'yes'\n" + ASYNC
    site.install("odd", HEAD + source)
    (hook,) = Plugins.load({}, allow=["odd"]).call_hooks().before_call
    assert (hook.patience, hook.critical) == (1.0, False)


# --- around ---------------------------------------------------------------------------------------------

AROUND = """
log = []

@jackfield.hookimpl
@asynccontextmanager
async def around_call(call, outcome):
    task = asyncio.current_task()
    log.append(("enter", "{name}", outcome()))
    yield
    log.append(("leave", "{name}", outcome()))
    assert task is asyncio.current_task()
    done.set()
"""
SHARED = AROUND.replace("log = []", "from probe_a import log")


async def test_around_call_is_entered_before_the_tool_and_left_with_its_outcome(site: Site) -> None:
    async with hooked(site, a=AROUND.format(name="a"), b=SHARED.format(name="b")) as desk:

        def look() -> list[str]:
            """What was entered."""
            return [f"{step} {name}" for step, name, _ in probe("a").log]

        outcome = await desk.run(tool(look))
        assert outcome.value == ["enter a", "enter b"]
    assert probe("a").log == [
        ("enter", "a", None),
        ("enter", "b", None),
        ("leave", "b", outcome),
        ("leave", "a", outcome),
    ]


async def test_around_call_sees_every_kind_of_end_and_nothing_is_thrown_into_it(site: Site) -> None:
    gate = threading.Event()

    def wait() -> None:
        """Wait."""
        gate.wait(PATIENCE)

    async with hooked(site, a=AROUND.format(name="a")) as desk:
        await desk.run(tool(refuse))
        desk.start("late", tool(wait))
        await desk.until(lambda: len(desk.entered) == 2)
        desk.dispatcher.cancel("late")
        await desk.outcome("late")
        gate.set()
    kinds = [outcome.kind for step, _, outcome in probe("a").log if step == "leave"]
    assert kinds == [OutcomeKind.ERROR, OutcomeKind.CANCELLED]


BUSY = """
@jackfield.hookimpl
@asynccontextmanager
async def around_call(call):
    raise jackfield.ToolError("Somebody else is at it.")
    yield
"""


async def test_a_tool_error_on_entering_denies_the_call_and_what_was_entered_is_left(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with hooked(site, a=AROUND.format(name="a"), b=BUSY) as desk:
        outcome = await desk.run(tool(double))
        assert (outcome.kind, outcome.message) == (OutcomeKind.DENIED, "Somebody else is at it.")
        assert not desk.entered
    assert [step for step, _, _ in probe("a").log] == ["enter", "leave"]
    assert not faults(caplog)


BROKEN_AROUND = {
    "raises": ("raise RuntimeError", "failed"),
    "nothing_yielded": ("return", "failed"),
    "twice": ("yield\n    yield", "failed"),
    "leaving": ("yield\n    raise RuntimeError", "failed"),
    "stays": ("yield\n    await asyncio.Event().wait()", "took more than 0.05 s"),
    "hangs": ("await asyncio.Event().wait()\n    yield", "took more than 0.05 s"),
}
BREAK_AROUND = """
patience = {patience}
critical = {critical}

@jackfield.hookimpl
@asynccontextmanager
async def around_call(call):
    {body}
    if False: yield
"""


@pytest.mark.parametrize("name", BROKEN_AROUND)
async def test_a_manager_that_breaks_is_named_and_the_call_goes_on(
    site: Site, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, reason = BROKEN_AROUND[name]
    async with hooked(site, broken=broken(BREAK_AROUND, body=body, critical=False)) as desk:
        assert (await desk.run(tool(double))).value == 42
    assert faults(caplog) == [f"plugin broken: its around_call hook {reason} (1 times)"]


@pytest.mark.parametrize("name", BROKEN_AROUND)
async def test_a_critical_plugin_that_cannot_be_around_a_call_denies_it(site: Site, name: str) -> None:
    source = broken(BREAK_AROUND, body=BROKEN_AROUND[name][0], critical=True)
    async with hooked(site, broken=source) as desk:
        outcome = await desk.run(tool(double))
        entered = name in ("twice", "leaving", "stays")
        assert outcome.kind is (OutcomeKind.VALUE if entered else OutcomeKind.DENIED)


PLAIN = """
@jackfield.hookimpl
def around_call(call):
    return {value}
"""


@pytest.mark.parametrize(
    ("value", "reason"),
    [("None", ""), ("threading.Lock()", "returned no async context manager (lock)")],
)
async def test_what_is_no_async_context_manager_is_not_entered(
    site: Site, value: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with hooked(site, plain=PLAIN.format(value=value)) as desk:
        assert (await desk.run(tool(double))).value == 42
    assert faults(caplog) == ([f"plugin plain: its around_call hook {reason} (1 times)"] if reason else [])


ENTERING = """
patience = 30
left = threading.Event()

@jackfield.hookimpl
@asynccontextmanager
async def around_call(call):
    done.set()
    try:
        await asyncio.Event().wait()
        yield
    finally:
        left.set()
"""


async def test_a_call_that_is_cancelled_while_plugins_are_asked_is_over_at_once(site: Site) -> None:
    async with hooked(site, slow=ENTERING) as desk:
        desk.start("c", tool(double))
        await desk.until_set(probe("slow").done)
        desk.dispatcher.cancel("c")
        assert (await desk.outcome("c")).kind is OutcomeKind.CANCELLED
        await desk.until_set(probe("slow").left)
        assert not desk.entered
        assert len(desk.finished) == 1


# --- afterwards -----------------------------------------------------------------------------------------

AFTER = """
@jackfield.hookimpl
async def call_finished(call, outcome, session):
    seen.append((call.id, call.tool, dict(call.arguments), outcome.kind.value))
"""


async def test_call_finished_is_told_of_every_end_with_what_the_tool_was_given(site: Site) -> None:
    async with hooked(site, audit=AFTER) as desk:
        await desk.run(tool(double), '{"number": "4"}')
        await desk.run(tool(refuse))
        await desk.run(tool(double), '{"number": "four"}')
        await desk.run(None)
    assert sorted(probe("audit").seen) == [
        ("run_0", "test.double", {"number": 4}, "value"),
        ("run_1", "test.refuse", {}, "error"),
        ("run_2", "test.double", {}, "error"),
        ("run_3", "missing_tool", {}, "error"),
    ]


async def test_call_finished_is_told_the_arguments_that_another_plugin_put_in(site: Site) -> None:
    async with hooked(site, audit=AFTER, other=ARGUMENTS) as desk:
        await desk.run(tool(double), '{"number": 4}')
    assert probe("audit").seen == [("run_0", "test.double", {"number": 5}, "value")]


async def test_an_observer_that_breaks_is_named_and_the_next_one_is_told(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    source = """
@jackfield.hookimpl
def call_finished(call):
    raise RuntimeError
"""
    async with hooked(site, a=source, b=AFTER) as desk:
        await desk.run(tool(double))
    assert len(probe("b").seen) == 1
    assert faults(caplog) == ["plugin a: its call_finished hook failed (1 times)"]


SLOW_OBSERVER = """
patience = 30

@jackfield.hookimpl
async def call_finished(call):
    seen.append(call.id)
    while not done.is_set():
        await asyncio.sleep(0.001)
"""


async def test_no_outcome_waits_for_an_observer(site: Site) -> None:
    async with hooked(site, slow=SLOW_OBSERVER) as desk:
        assert (await desk.run(tool(double))).value == 42
        assert (await desk.run(tool(double))).value == 42
        probe("slow").done.set()


# --- beside everything else -----------------------------------------------------------------------------

COUNT = """
@jackfield.hookimpl
def before_call(call):
    seen.append(call.id)

@jackfield.hookimpl
@asynccontextmanager
async def around_call(call):
    seen.append("enter")
    yield
    seen.append("leave")
"""


async def test_a_call_that_is_tried_again_is_judged_once_and_stays_surrounded(site: Site) -> None:
    tries = []

    def flaky() -> int:
        """Work at the second try."""
        tries.append(len(probe("count").seen))
        if len(tries) == 1:
            raise OSError("a hiccup")
        return len(tries)

    source = tool(flaky)
    repeatable = type(source)(**{**{f: getattr(source, f) for f in source.__slots__}, "read_only": True})
    async with hooked(site, count=COUNT) as desk:
        assert (await desk.run(repeatable, limits=CallPolicy(retry=1))).value == 2
    assert tries == [2, 2]
    assert probe("count").seen == ["run_0", "enter", "leave"]


async def test_a_call_that_joins_another_is_not_judged_again(site: Site) -> None:
    gate = threading.Event()

    def wait(number: int) -> int:
        """Wait."""
        gate.wait(PATIENCE)
        return number

    async with hooked(site, count=COUNT, other=ARGUMENTS) as desk:
        wanted = tool(wait)
        desk.start("first", wanted, '{"number": 1}')
        await desk.until(lambda: len(desk.entered) == 1)
        desk.start("second", wanted, '{"number": 1}')
        gate.set()
        await desk.until(lambda: len(desk.finished) == 2)
        assert [outcome.value for _, outcome in desk.finished] == [5, 5]
    assert probe("count").seen == ["first", "enter", "leave"]


async def test_a_plugin_that_implements_no_call_hook_leaves_the_dispatcher_plain(site: Site) -> None:
    site.install("quiet", HEAD + "@jackfield.hookimpl\ndef notice(notice):\n    pass\n")
    hooks = Plugins.load({}, allow=["quiet"]).call_hooks()
    assert not hooks
    assert not issubclass(Dispatcher, HookedDispatcher)


async def test_a_plugin_that_is_idle_is_not_called(site: Site) -> None:
    site.install("idle", HEAD + "idle = True" + DENY)
    assert not Plugins.load({}, allow=["idle"]).call_hooks()


async def test_closing_ends_calls_that_are_being_judged(site: Site) -> None:
    async with hooked(site, slow=ENTERING) as desk:
        desk.start("c", tool(double))
        await desk.until_set(probe("slow").done)
    assert [outcome.kind for _, outcome in desk.finished] == [OutcomeKind.CANCELLED]


def test_the_report_names_the_hooks(site: Site) -> None:
    site.install("count", HEAD + COUNT + AFTER)
    (report,) = [each for each in Plugins.load({}, allow=["count"]).report() if each.name == "count"]
    assert report.hooks == ("around_call", "before_call", "call_finished")

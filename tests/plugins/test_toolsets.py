"""Toolsets: instances that are opened when they are needed, and closed when nobody needs them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from jackfield.calls import CallPolicy, Isolation, Outcome, OutcomeKind
from jackfield.dispatch.dispatcher import Dispatcher
from jackfield.dispatch.executors import own_executors
from jackfield.dispatch.placement import placed
from jackfield.notices import SessionEnded
from jackfield.plugins import Plugins
from jackfield.tools.tool import PROCESS, Tool, ToolContext
from tests.installing import Site, on_the_path

PATIENCE = 30.0

DESK = """
import asyncio, threading
import jackfield
from jackfield.tools.toolset import Toolset, claims

events = []
gate = threading.Event()

class Desk(Toolset):
    shared = "SHARED"
    open_within = close_within = WITHIN

    ASYNC def open(self):
        OPEN
        self.drawer = []
        events.append("open")

    ASYNC def close(self):
        CLOSE
        events.append(f"close {len(self.drawer)}")

    @claims(idempotent=True, policy=jackfield.CallPolicy(timeout=7.0))
    ASYNC def put(self, thing: str) -> int:
        '''Puts a thing into the drawer.'''
        self.drawer.append(thing)
        return len(self.drawer)

    def _secret(self):
        pass

@jackfield.hookimpl
def register_tools(register):
    register(Desk)
"""

Load = Callable[..., Plugins]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    with on_the_path(tmp_path) as site:
        yield lambda **words: loaded(site, words)


def loaded(site: Site, words: dict[str, str]) -> Plugins:
    source = DESK
    for word, default in (
        ("SHARED", "session"),
        ("ASYNC ", "async "),
        ("WITHIN", "10.0"),
        ("OPEN", "pass"),
        ("CLOSE", "pass"),
    ):
        source = source.replace(word, words.get(word.strip().lower(), default))
    site.install("desk", source)
    return Plugins.load({}, allow=["desk"])


class Shop:
    """Calls to the tool, as sessions make them."""

    def __init__(self, plugins: Plugins, dispatcher: Dispatcher) -> None:
        self.plugins = plugins
        self._dispatcher = dispatcher
        self._numbers = count()

    @property
    def tool(self) -> Tool:
        (tool,) = [tool for source in self.plugins.tool_sources() for tool in source.tools()]
        return tool

    async def put(self, session: str) -> Outcome:
        over: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        call_id = f"call_{next(self._numbers)}"
        self._dispatcher.start(
            call_id,
            self.tool,
            self.tool.name,
            json.dumps({"thing": call_id}),
            ToolContext(call_id, session, "receptionist", PATIENCE),
            CallPolicy(timeout=PATIENCE),
            entered=lambda call_id, arguments: None,
            finished=lambda call_id, outcome: over.set_result(outcome),
        )
        return await asyncio.wait_for(over, PATIENCE)

    def end(self, session: str) -> None:
        self.plugins.notify(SessionEnded(1.0, "hung up", failed=False), session)


@asynccontextmanager
async def shop(plugins: Plugins) -> AsyncIterator[Shop]:
    dispatcher = Dispatcher(own_executors())
    try:
        yield Shop(plugins, dispatcher)
    finally:
        await asyncio.to_thread(plugins.close)
        await dispatcher.aclose()


def events() -> list[str]:
    found: list[str] = sys.modules["probe_desk"].events
    return found


BOTH = pytest.mark.parametrize("kind", ["async", ""], ids=["async", "plain"])


@BOTH
async def test_each_session_has_an_instance_that_is_opened_once_and_closed_at_its_end(
    load: Load, kind: str
) -> None:
    async with shop(load(**{"async": kind and "async "})) as desk:
        assert events() == []
        first = await asyncio.gather(*(desk.put("s1") for _ in range(4)))
        assert sorted(int(str(outcome.value)) for outcome in first) == [1, 2, 3, 4]
        assert (await desk.put("s2")).value == 1
        assert events() == ["open", "open"]
        desk.end("s1")
        desk.end("nobody")
        assert (await desk.put("s2")).value == 2
    assert sorted(events()[2:]) == ["close 2", "close 4"]


@BOTH
async def test_one_instance_may_serve_all_sessions(load: Load, kind: str) -> None:
    async with shop(load(shared="process", **{"async": kind and "async "})) as desk:
        assert (await desk.put("s1")).value == 1
        desk.end("s1")
        assert (await desk.put("s2")).value == 2
        assert events() == ["open"]
    assert events() == ["open", "close 2"]


async def test_methods_are_tools_with_what_their_author_says_of_them(load: Load) -> None:
    plugins = load()
    async with shop(plugins) as desk:
        assert (desk.tool.name, desk.tool.idempotent, desk.tool.per_session) == ("desk.put", True, True)
        assert [*desk.tool.parameters["properties"]] == ["thing"]  # type: ignore[call-overload]
        assert plugins.policies["desk.put"].timeout == 7.0


@BOTH
async def test_what_cannot_be_opened_is_named_and_the_next_call_tries_again(
    load: Load, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = load(open="if not gate.is_set(): raise OSError('no key')", **{"async": kind and "async "})
    async with shop(plugins) as desk:
        outcome = await desk.put("s1")
        assert outcome.kind is not OutcomeKind.VALUE
        assert "desk.Desk cannot be used now" in outcome.output
        assert "no key" not in outcome.output
        assert [record.getMessage() for record in caplog.records if "toolset" in record.getMessage()] == [
            "the toolset desk.Desk could not be opened"
        ]
        sys.modules["probe_desk"].gate.set()
        assert (await desk.put("s1")).value == 1


@BOTH
async def test_opening_takes_a_bounded_time(load: Load, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    wait = "await asyncio.sleep(3600)" if kind else "gate.wait()"
    async with shop(load(open=wait, within="0.2", **{"async": kind and "async "})) as desk:
        assert "cannot be used now" in (await desk.put("s1")).output
        sys.modules["probe_desk"].gate.set()
    assert "the toolset desk.Desk was not opened within 0.2 s" in caplog.text


@BOTH
async def test_closing_takes_a_bounded_time(load: Load, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    wait = "await asyncio.sleep(3600)" if kind else "gate.wait()"
    async with shop(load(close=wait, within="0.2", **{"async": kind and "async "})) as desk:
        assert (await desk.put("s1")).value == 1
    assert "the toolset desk.Desk was not closed within 0.2 s" in caplog.text
    sys.modules["probe_desk"].gate.set()


@BOTH
async def test_what_cannot_be_closed_is_named_and_holds_nobody_up(
    load: Load, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with shop(load(close="raise OSError('stuck drawer')", **{"async": kind and "async "})) as desk:
        assert (await desk.put("s1")).value == 1
    assert "the toolset desk.Desk could not be closed" in caplog.text


def test_with_an_async_open_every_method_must_be_async(load: Load) -> None:
    plugins = load(**{"async": "async "})
    (source,) = plugins.tool_sources()
    assert not source.aside()
    desk = sys.modules["probe_desk"]
    mixed = type("Mixed", (desk.Desk,), {"look": lambda self: ""})
    source.register(mixed)  # type: ignore[attr-defined]
    assert "desk.look must be async, like `open` and `close` of desk.Mixed" in source.aside()["desk.look"]


def test_what_is_kept_per_session_is_never_put_into_another_process(load: Load) -> None:
    (source,) = load().tool_sources()
    (tool,) = source.tools()
    assert placed(tool, Isolation.PROCESS) is tool


def test_what_the_process_shares_may_be_put_into_another_process(load: Load) -> None:
    (source,) = load(shared="process").tool_sources()
    assert placed(source.tools()[0], Isolation.PROCESS).runs_on == PROCESS

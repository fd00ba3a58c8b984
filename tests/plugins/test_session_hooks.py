"""Hooks about sessions as a whole: what they do, and that they do no harm."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import jackfield
from jackfield.hookspecs import SessionFacts
from jackfield.notices import AgentSaying, HandedOff, Notice, SessionEnded, SessionOpened
from jackfield.plugins import Plugins
from jackfield.plugins.audience import MOST_WAITING
from jackfield.session import Attendants
from jackfield.testing import line, when
from tests.installing import Site, on_the_path

PATIENCE = 30.0

HEAD = """
import asyncio, threading, time
import jackfield

heard = []
patience = 20.0
"""

Load = Callable[..., Plugins]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Plugins from their sources, by name."""
    with on_the_path(tmp_path) as site:
        yield lambda **sources: loaded(site, sources)


def loaded(site: Site, sources: dict[str, str]) -> Plugins:
    for name, source in sources.items():
        site.install(name, HEAD + source)
    plugins = Plugins.load({}, allow=[*sources])
    assert [each.reason for each in plugins.report() if each.name in sources] == [""] * len(sources)
    return plugins


@asynccontextmanager
async def attending(plugins: Plugins) -> AsyncIterator[Attendants]:
    attendants = Attendants(plugins.session_hooks(), plugins.failures)
    try:
        yield attendants
    finally:
        await asyncio.wait_for(attendants.aclose(), PATIENCE)


def opened(session_id: str = "s1") -> SessionOpened:
    return SessionOpened(0.0, session_id, "receptionist", "local")


ENDED = SessionEnded(9.5, "hung up", failed=False)

BAD = {
    "raises": "raise RuntimeError('not today')",
    "is slow": "await asyncio.sleep(3600)",
    "hangs": "gate.wait()",
    "returns nonsense": "return 7",
}
HANGS = "gate = threading.Event()\npatience = 0.2\n"


# --- instructions ---------------------------------------------------------------------------------------


async def test_instructions_of_plugins_follow_in_the_order_of_their_names(load: Load) -> None:
    plugins = load(
        beta="""
@jackfield.hookimpl
async def instructions(session):
    await asyncio.sleep(0)
    return f"  {session.agent} is talking.  "
""",
        alpha="""
@jackfield.hookimpl
def instructions():
    return "It is Monday."
""",
        nothing="""
@jackfield.hookimpl
def instructions():
    return None
""",
    )
    async with attending(plugins) as attendants:
        assert attendants.words("receptionist", "s1") == ""
        await attendants.ask("receptionist", "s1")
        assert attendants.words("receptionist", "s1") == "It is Monday.\n\nreceptionist is talking."
        assert attendants.words("workshop", "s1") == ""
        attendants.observe(opened(), "s1")
        attendants.observe(ENDED, "s1")
        assert attendants.words("receptionist", "s1") == ""


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
async def test_a_plugin_whose_instructions_fail_costs_a_bounded_time_and_no_others_words(
    load: Load, body: str
) -> None:
    plugins = load(
        bad=f"{HANGS}\n@jackfield.hookimpl\nasync def instructions(session):\n    {body}\n",
        good="@jackfield.hookimpl\nasync def instructions():\n    return 'Be kind.'\n",
    )
    async with attending(plugins) as attendants:
        await asyncio.wait_for(attendants.ask("receptionist", "s1"), PATIENCE)
        assert attendants.words("receptionist", "s1") == "Be kind."
        assert plugins.failures["bad.instructions"] == 1
        assert not plugins.failures["good.instructions"]
        sys.modules["probe_bad"].gate.set()


async def test_where_no_plugin_adds_instructions_nobody_waits(load: Load) -> None:
    async with attending(load(idle="pass")) as attendants:
        assert attendants.ask_for("receptionist", "s1") is None


# --- beginnings and ends --------------------------------------------------------------------------------

DIARY = """
ends = threading.Semaphore(0)

@jackfield.hookimpl
async def session_started(session):
    await asyncio.sleep(0.01)
    heard.append(("started", session.id, session.agent))

@jackfield.hookimpl
def session_ended(session, ended):
    heard.append(("ended", session.id, session.agent, ended.at))
    ends.release()
"""


async def test_session_started_and_session_ended_come_once_each_and_in_order(load: Load) -> None:
    plugins = load(diary=DIARY)
    async with attending(plugins) as attendants:
        attendants.observe(opened(), "s1")
        attendants.observe(HandedOff(4.0, "receptionist", "workshop"), "s1")
        attendants.observe(ENDED, "s1")
        diary = sys.modules["probe_diary"]
        assert await asyncio.to_thread(diary.ends.acquire, timeout=PATIENCE)
    assert diary.heard == [("started", "s1", "receptionist"), ("ended", "s1", "workshop", 9.5)]


async def test_a_runtime_that_closes_waits_for_session_ended(load: Load) -> None:
    async with attending(load(diary=DIARY)) as attendants:
        attendants.observe(opened(), "s1")
        attendants.observe(ENDED, "s1")
    assert [what for what, *_ in sys.modules["probe_diary"].heard] == ["started", "ended"]


@pytest.mark.parametrize("body", [body for body in BAD.values() if "return" not in body])
@pytest.mark.parametrize("hook", ["session_started", "session_ended"])
async def test_a_plugin_that_fails_there_is_counted_and_harms_nobody(
    load: Load, hook: str, body: str
) -> None:
    plugins = load(bad=f"{HANGS}\n@jackfield.hookimpl\nasync def {hook}(session):\n    {body}\n", diary=DIARY)
    async with attending(plugins) as attendants:
        for session in ("s1", "s2"):
            attendants.observe(opened(session), session)
            attendants.observe(ENDED, session)
        for _ in range(2):
            assert await asyncio.to_thread(sys.modules["probe_diary"].ends.acquire, timeout=PATIENCE)
    sys.modules["probe_bad"].gate.set()
    assert len(sys.modules["probe_diary"].heard) == 4
    assert plugins.failures[f"bad.{hook}"] == 2


# --- notices --------------------------------------------------------------------------------------------


def notices(count: int) -> list[Notice]:
    return [AgentSaying(float(number), "item", "Hello") for number in range(count)]


LISTENER = """
@jackfield.hookimpl
def notice(notice, session_id):
    heard.append(notice.at)
"""


def test_a_plugin_that_hangs_in_notice_holds_up_neither_sessions_nor_other_plugins(load: Load) -> None:
    plugins = load(
        stuck="gate = threading.Event()\n@jackfield.hookimpl\ndef notice(notice):\n    gate.wait()\n",
        calm=LISTENER,
    )
    for each in notices(50):
        plugins.notify(each, "s1")
    plugins.close()
    assert sys.modules["probe_calm"].heard == [float(number) for number in range(50)]
    sys.modules["probe_stuck"].gate.set()


def test_a_plugin_that_is_slow_in_notice_loses_only_what_is_too_far_behind(
    load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = load(
        slow="""
gate, entered = threading.Event(), threading.Event()
@jackfield.hookimpl
def notice(notice):
    entered.set()
    gate.wait()
    heard.append(notice.at)
"""
    )
    first, *others = notices(MOST_WAITING + 3)
    plugins.notify(first, "s1")
    slow = sys.modules["probe_slow"]
    assert slow.entered.wait(PATIENCE)
    for each in others:
        plugins.notify(each, "s1")
    slow.gate.set()
    plugins.close()
    assert slow.heard == [float(number) for number in range(MOST_WAITING + 1)]
    assert plugins.failures["slow.notice"] == 2
    assert "plugin slow: its notice hook is 10000 notices behind, and loses some (1 times)" in caplog.text


def test_plugins_hear_notices_in_a_thread_that_is_not_the_sessions(load: Load) -> None:
    plugins = load(
        where="@jackfield.hookimpl\ndef notice():\n    heard.append(threading.current_thread().name)\n"
    )
    plugins.notify(ENDED, "s1")
    plugins.close()
    assert sys.modules["probe_where"].heard == ["jackfield-notices-where"]
    assert threading.current_thread().name not in sys.modules["probe_where"].heard


# --- in a whole session ---------------------------------------------------------------------------------

AGENTS = """
agents:
  desk:
    instructions: You answer.
    handoffs: [{to: workshop, when: it is about repairs}]
  workshop:
    instructions: You repair.
"""


async def test_whoever_gets_the_line_has_the_words_of_plugins_and_the_plugin_hears_of_all_of_it() -> None:
    told: list[str] = []

    class Diary:
        patience = 20.0

        @jackfield.hookimpl
        async def instructions(self, session: SessionFacts) -> str:
            await asyncio.sleep(0)
            return f"You are {session.agent}."

        @jackfield.hookimpl
        async def session_started(self, session: SessionFacts) -> None:
            told.append(f"started with {session.agent}")

        @jackfield.hookimpl
        async def session_ended(self, session: SessionFacts) -> None:
            told.append(f"ended with {session.agent}")

    script = [when("repair").calls("transfer_to_workshop").then("{output}")]
    async with line(agents=AGENTS, plugins={"diary": Diary()}, script=script) as caller:
        assert caller.session.persona.instructions.endswith("\n\nYou are desk.")
        await caller.says("I want a repair.")
        assert caller.session.agent == "workshop"
        assert caller.session.persona.instructions == "You repair.\n\nYou are workshop."
    assert told == ["started with desk", "ended with workshop"]

"""A project that is worked on: its plugin lies where it is written, and calls go on while it changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from jackfield.config import Config, load
from jackfield.notices import AgentSaid, CallFinished, CallStarted, Notice
from jackfield.runtime import Runtime
from jackfield.session import Fittings, Session
from tests.installing import on_the_path

PATIENCE = 40.0
N = TypeVar("N", bound=Notice)

AGENTS = """
version: 1
plugins:
  parcels: {place: Leeds}
agents:
  desk:
    instructions: You answer the telephone of Brightside Repairs.
    tools: [parcels.*]
    calls: {announce_after: never}
"""

CODE = '''
import threading

import jackfield

entered, door = threading.Event(), threading.Event()
place = ""


def where_is_my_parcel() -> str:
    """Where my parcel is."""
    return f"Your parcel is in {place}."


def wait_for_the_courier() -> str:
    """Wait for the courier."""
    entered.set()
    assert door.wait(60)
    return "The courier came as of old."


@jackfield.hookimpl
def register_tools(register, settings):
    global place
    place = settings["place"]
    register(where_is_my_parcel)
    register(wait_for_the_courier)
'''


class Project:
    """Its files, and how they change."""

    def __init__(self, folder: Path) -> None:
        self.agents = folder / "agents.yaml"
        self.code = folder / "probe_parcels.py"
        self.restore()

    def restore(self) -> None:
        self.agents.write_text(AGENTS)
        self.code.write_text(CODE)

    def config(self) -> Config:
        return load(self.agents)

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Project, Runtime]]:
    """One runtime for all tests: its start takes longer than they do."""
    folder = tmp_path_factory.mktemp("project")
    with on_the_path(folder) as site:
        site.install("parcels", CODE)
        project = Project(folder)
        async with Runtime(project.config(), Fittings(installed=["local", "parcels"])) as runtime:
            yield project, runtime


@pytest.fixture
async def project(site: tuple[Project, Runtime]) -> AsyncIterator[Project]:
    """As it was written, and so is what is running."""
    project, runtime = site
    yield project
    project.restore()
    await runtime.reload(project.config(), ["parcels"])


@pytest.fixture
def runtime(site: tuple[Project, Runtime], project: Project) -> Runtime:
    return site[1]


class Caller:
    """Who types, and reads everything."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.notices: list[Notice] = []
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for notice in self.session.timeline():
            async with self._news:
                self.notices.append(notice)
                self._news.notify_all()

    def all(self, kind: type[N]) -> list[N]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    def heard(self) -> str:
        return " ".join(notice.text for notice in self.all(AgentSaid))

    async def until(self, what: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(what)
        except TimeoutError:
            raise AssertionError("\n".join(str(each.as_dict()) for each in self.notices)) from None

    async def says(self, text: str, answer: str) -> None:
        """Say it, and hear this in what is said next."""
        before = len(self.all(AgentSaid))
        await self.session.say(text)
        await self.until(lambda: any(answer in each.text for each in self.all(AgentSaid)[before:]))

    async def starts(self, tool: str) -> None:
        await self.until(lambda: any(each.tool == tool for each in self.all(CallStarted)))

    async def finishes(self, tool: str) -> CallFinished:
        await self.until(lambda: any(each.tool == tool for each in self.all(CallFinished)))
        return next(each for each in self.all(CallFinished) if each.tool == tool)


@asynccontextmanager
async def calling(runtime: Runtime, agent: str = "desk") -> AsyncIterator[Caller]:
    session, _ = await runtime.connect(agent, modality="text")
    caller = Caller(session)
    try:
        yield caller
    finally:
        await session.hang_up()

"""Fifty sessions and two thousand function calls in one process, with everything that can go wrong.

A seeded random decides what callers say, which tools models ask for, how long those take and how they end,
when callers interrupt, type, agree and refuse, when agents hand over, and when the sideband breaks; real
sockets and real threads decide the rest. `JACKFIELD_STORM_SEED=7 pytest tests/storm` repeats a storm as far
as that is possible; its seed is part of every failure.

A function call that the service announces while the sideband is down is not told again (§5.3). If its
response is still active when the sideband is back, the `response.done` brings it along and it is answered. Of
one whose response ended meanwhile the last item of the conversation tells: it is taken out, and the model
asked again; or, where something else stands behind it, a mark tells the model that it was not run. The storm
counts such calls, and checks that none is forgotten.

`conversation_already_has_active_response` is what the service says when a request crosses a response on the
wire: we ask, and at the same moment it answers the caller by itself; or the sideband was away and we cannot
know. No client can avoid these, and the storm counts them. It is a broken promise only if the session had
been told that somebody has the floor, which a witness between session and socket would have seen.
"""

import asyncio
import gc
import logging
import os
import secrets
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jackfield.config import load
from jackfield.dispatch import Dispatcher
from jackfield.dispatch.executors import own_executors
from jackfield.dispatch.turns import Bounds
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.session import Session, Switchboard
from jackfield.tools.catalogue import Catalogue
from tests.session.exchange import House
from tests.storm.caller import Caller
from tests.storm.toolbox import POLICIES, Toolbox
from tests.storm.witness import Witness

EVERYTHING = (
    *(f"outcome {kind}" for kind in ("value", "error", "timeout", "cancelled", "denied")),
    *("call_joined", "call_retried", "call_progressed", "confirmation_settled", "handed_off"),
    *("tools_changed", "trouble", "agent_stopped_speaking"),
)
SESSIONS = 50
CALLS = 40

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  reception:
    greeting: Good morning.
    tools: [test.*]
    work_tools: true
    handoffs: [{to: workshop, when: the caller asks for it}]
  workshop:
    tools: [test.slow*, test.quick, test.fragile]
    handoffs: [{to: reception, when: the caller asks for it}]
"""


class Storm:
    """Everything that the sessions share."""

    def __init__(self, folder: Path, seed: str) -> None:
        (folder / "agents.yaml").write_text(AGENTS)
        self.seed = seed
        self.house = House()
        self.toolbox = Toolbox()
        self.dispatcher = Dispatcher(own_executors(), Bounds(agent=1_000))
        self.config = load(folder / "agents.yaml")
        self.callers: list[Caller] = []

    @asynccontextmanager
    async def rages(self) -> AsyncIterator[Witness]:
        async with self.house.serving() as url:
            endpoint = Endpoint(url, "gpt-realtime-2.1", offer_form="multipart")
            witness = Witness(RealtimeProvider("openai", endpoint, ApiKey("sk-test")))
            try:
                yield witness
            finally:
                self.toolbox.gates.open_all()
                await self.dispatcher.aclose()
                await witness.aclose()

    async def one_session(self, number: int, witness: Witness, quota: int) -> None:
        board = Switchboard(
            self.config,
            lambda: Catalogue([self.toolbox.source]),
            POLICIES,
            self.dispatcher,
            lambda notice, session_id: None,
        )
        session = Session(f"session_{number}", "reception", witness, board)
        answer = await witness.answer("v=0\r\n", session.persona.session_object())
        exchange = self.house.exchanges[answer.call_id]
        running = asyncio.create_task(session.run(answer.call_id))
        seed, stays = f"{self.seed}/{number}", number % 10 != 9
        caller = Caller(session, self.house, exchange, self.toolbox, seed, stays=stays)
        self.callers.append(caller)
        try:
            await caller.live(quota)
        finally:
            await session.hang_up()
            await running
            await caller.ended

    def happened(self) -> Counter[str]:
        """The notices of all sessions, by their kind."""
        return sum((caller.told.kinds for caller in self.callers), Counter())

    def story(self) -> str:
        """What there was of everything."""
        kinds = self.happened()
        made = sum(len(caller.made) for caller in self.callers)
        lost = sum(len(caller.lost()) for caller in self.callers)
        busy = sum(exchange.busy_errors for exchange in self.house.exchanges.values())
        losses = sum(caller.line.losses for caller in self.callers)
        ends = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))
        return (
            f"seed {self.seed}: {made} function calls in {len(self.callers)} sessions; the sideband broke "
            f"{losses} times, {lost} calls were announced meanwhile; {busy} requests crossed a response; "
            f"{ends}"
        )


def ours() -> Counter[str]:
    """The objects of this package that are alive, by their class."""
    gc.collect()
    names = (f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    return Counter(name for name in names if name.startswith("jackfield."))


async def through_a_storm(folder: Path, seed: str, sessions: int, calls: int) -> Storm:
    """Raise `AssertionError` with every promise that was broken."""
    storm = Storm(folder, seed)
    async with storm.rages() as witness:
        async with asyncio.TaskGroup() as group:
            for number in range(sessions):
                group.create_task(storm.one_session(number, witness, calls))
        print(storm.story())
        faults = [fault for caller in storm.callers for fault in caller.faults()] + witness.rash
        assert not faults, "\n".join([f"seed {seed}", *faults])
    return storm


async def test_in_a_storm_every_function_call_is_answered_once_and_nothing_is_left_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "jackfield")  # some hundred tools will fail
    seed = os.environ.get("JACKFIELD_STORM_SEED") or secrets.token_hex(4)
    await through_a_storm(tmp_path, "calm", sessions=2, calls=5)  # whatever is made once is there now
    before, tasks, threads = ours(), asyncio.all_tasks(), threading.active_count()
    happened = (await through_a_storm(tmp_path, seed, SESSIONS, CALLS)).happened()
    assert not [kind for kind in EVERYTHING if not happened[kind]], "a storm, and no breeze"
    assert asyncio.all_tasks() == tasks
    assert threading.active_count() <= threads
    assert ours() - before == Counter()

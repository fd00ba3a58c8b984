"""One session in the storm: its caller, its model and its accidents, all driven by one seeded random."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from random import Random

from jackfield.session import Session
from tests.session.exchange import Exchange, House
from tests.storm.accidents import Accidents
from tests.storm.told import Told
from tests.storm.toolbox import GATED, Toolbox

PATIENCE = 60.0
TOOLS = [
    *GATED, "dawdling", "dawdling_in_a_thread", "quick", "broken", "refusing", "shaky", "closing", "endless",
]  # fmt: skip
HALF = '{"key": 1'
WRONG = [HALF, "", "[]", '{"key": "one"}', '{"key": 1, "more": 2}', '{"number": 1}']


class Caller:
    """`live` makes `quota` function calls. One who `stays` waits until everything has come to rest then; the
    others hang up in the middle of it."""

    def __init__(
        self, session: Session, house: House, exchange: Exchange, toolbox: Toolbox, seed: str, *, stays: bool
    ) -> None:
        self.session = session
        self.exchange = exchange
        self.toolbox = toolbox
        self.random = Random(seed)
        self.stays = stays
        self.made: dict[str, str] = {}  # the tool of each complete function call
        self.halves: set[str] = set()
        self.told = Told(exchange)
        self.line = Accidents(house, exchange, self.made)
        self.ended = asyncio.create_task(self.told.read(session))

    # --- what happens -------------------------------------------------------------------------------

    async def live(self, quota: int) -> None:
        await self.line.attached()
        while len(self.made) < quota:
            act = self.random.choices(list(_ACTS), list(_ACTS.values()))[0]
            await act(self)
            await self.exchange.flush()
            if self.random.random() < 0.6:
                await self.line.meet(self.told)
        if self.stays:
            await self.rest()

    async def take_a_turn(self) -> None:
        """The caller speaks, over the agent or not, and things happen meanwhile."""
        if self.told.playing and self.random.random() < 0.7:
            self._sound("cleared")
        self.exchange.speech_starts()
        if self.random.random() < 0.5:
            await self.exchange.flush()
            self._let_go(2)
        if self.random.random() < 0.3:
            await self.line.meet(self.told)
        self.exchange.speech_stops()

    async def think(self) -> None:
        """The model asks for a few tools, and may go on talking."""
        if self.exchange.active is None:
            self.exchange.speech_starts()
            self.exchange.speech_stops()
        for _ in range(self.random.choice([1, 1, 2, 3, 4])):
            self._call()
        if self.random.random() < 0.7:
            await self.end_a_response()

    async def end_a_response(self) -> None:
        if self.exchange.active is not None:
            self.exchange.end("failed" if self.random.random() < 0.02 else "completed")

    async def play(self) -> None:
        self._sound("stopped" if self.told.playing else "started")

    async def type(self) -> None:
        await self.session.say(f"line {self.random.randrange(100)}")

    async def let_tools_go(self) -> None:
        self._let_go(4)

    async def press_a_button(self) -> None:
        if self.told.questions:
            asked = self.random.choice(self.told.questions)
            await self.session.confirm(asked, agreed=self.random.random() < 0.7)

    async def hand_off(self) -> None:
        self._call(f"transfer_to_{self.random.choice(['reception', 'workshop'])}", "{}")

    async def ask_about_work(self) -> None:
        self._call("running_work", "{}")
        work = self.random.choice([*self.made, *(f"test.{name}" for name in GATED)])
        self._call("cancel_work", json.dumps({"work": work}))

    async def suffer(self) -> None:
        """The sideband is lost; often something happens before it is back."""
        await self.line.break_off(self.random)
        for _ in range(self.random.randrange(3)):
            await self.random.choice([Caller.let_tools_go, Caller.think, Caller.type, Caller.take_a_turn])(
                self
            )
            await self.exchange.flush()

    # --- the end --------------------------------------------------------------------------------------

    async def rest(self) -> None:
        """Tools are let go and responses end until there is nothing left to say."""
        await self.line.attached()
        if self.told.playing:
            self._sound("stopped")
        if self.exchange.speaking:
            self.exchange.speech_stops()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._come_to_rest()
        except TimeoutError:
            raise AssertionError(f"{self.session.id} never comes to rest: {self.unfinished()}") from None

    async def _come_to_rest(self) -> None:
        while True:
            self._let_go(1_000)
            if self.exchange.active is not None:
                self.exchange.end()
            await self.exchange.flush()
            await self.line.meet(self.told)
            if not any(self.unfinished().values()):
                return
            async with self.exchange.news:
                await self.exchange.news.wait_for(self._something_to_do)

    def _something_to_do(self) -> bool:
        waits_for_us = self.exchange.active is not None or self.toolbox.gates.has(self.session.id)
        return waits_for_us or not any(self.unfinished().values())

    def unfinished(self) -> dict[str, set[str]]:
        """What is still to come."""
        silent = {call_id for call_id, tool in self.made.items() if tool == "test__noted"}
        heard = {item for response in self.exchange.responses for item in response.knows}
        return {
            "not answered": {call_id for call_id in self.told.received if call_id not in self.told.finished},
            "not arrived": {call_id for call_id in self.told.finished if call_id not in self.exchange.known},
            "not heard": {item for item in self.exchange.known - silent - heard if "mark" not in item},
        }

    def faults(self) -> list[str]:
        """What broke a promise."""
        answers = Counter(self.exchange.outputs)
        received = {call_id for call_id in self.told.received if not call_id.startswith("job_")}
        found = [f"{call_id} was answered {n} times" for call_id, n in answers.items() if n != 1]
        found += [f"{each} was answered and never received" for each in answers.keys() - received]
        found += [f"{each} was told and never received" for each in self.line.sure - received]
        found += [f"{each} was half a function call" for each in self.halves & received]
        found += [f"{each} ended {n} times" for each, n in self.told.finished.items() if n != 1]
        if self.stays:
            found += [f"{each} was let go and ran out of time" for each in self.told.forgotten]
            found += [f"{each} was never answered" for each in received - answers.keys()]
            found += [f"{each} is lost, and the model does not know" for each in self.forgotten()]
        troubles = (trouble.lstrip("0123456789 ") for trouble in self.told.troubles)
        found += [trouble for trouble in troubles if not trouble.startswith(_EXPECTED)]
        return [f"{self.session.id}: {fault}" for fault in found]

    def lost(self) -> set[str]:
        """Function calls that the service announced while nobody was attached, and nobody ever saw."""
        return self.made.keys() - self.told.received - self.line.sure

    def forgotten(self) -> set[str]:
        """Those of the lost that were not taken out again, and that no mark behind them tells of."""
        order = [str(item.get("call_id") or item["id"]) for item in self.exchange.conversation]
        marks = [place for place, name in enumerate(order) if name.startswith("jf_mark")]
        last = max(marks, default=-1)
        return {each for each in self.lost() if each in order and order.index(each) > last}

    # --- small change ---------------------------------------------------------------------------------

    def _call(self, name: str = "", arguments: str = "") -> None:
        if self.exchange.active is None:
            return
        number = len(self.made) + len(self.halves)
        if not name and self.random.random() < 0.04:
            self.halves.add(f"call_{number}")
            self.exchange.call(f"call_{number}", "test__slow", status="incomplete")
            return
        name = name or f"test__{self.random.choice([*TOOLS, 'nothing'])}"
        self.made[f"call_{number}"] = name
        self.exchange.call(f"call_{number}", name, arguments=arguments or self._arguments())

    def _arguments(self) -> str:
        if self.random.random() < 0.05:
            return self.random.choice(WRONG)
        return json.dumps({"key": self.random.randrange(4)})

    def _let_go(self, most: int) -> None:
        for _ in range(self.random.randint(1, most)):
            if not self.toolbox.gates.open_one(self.session.id, self.random):
                return

    def _sound(self, what: str) -> None:
        self.told.playing = what == "started"
        self.exchange.outbox.append({"type": f"output_audio_buffer.{what}", "response_id": "resp_0"})


_ACTS: dict[Callable[[Caller], object], int] = {
    Caller.take_a_turn: 16,
    Caller.think: 30,
    Caller.end_a_response: 12,
    Caller.play: 6,
    Caller.type: 5,
    Caller.let_tools_go: 24,
    Caller.press_a_button: 4,
    Caller.hand_off: 3,
    Caller.ask_about_work: 3,
    Caller.suffer: 2,
}
_EXPECTED = ("openai at", "a response failed twice", "a function call came", "function calls came")

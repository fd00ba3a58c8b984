"""The wire between one session and the service: how it breaks, and what surely came through it."""

from random import Random

from tests.session.exchange import Exchange, House
from tests.storm.told import Told


class Accidents:
    """`sure` are those of the function calls `made` that the session must have seen; `losses` counts the
    times that the wire broke."""

    def __init__(self, house: House, exchange: Exchange, made: dict[str, str]) -> None:
        self.sure: set[str] = set()
        self.losses = 0
        self._house = house
        self._exchange = exchange
        self._made = made
        self._on_the_wire = 0  # so many of them were made when the wire last broke or was mended
        self._attachments = 0
        self._marks = 0

    async def attached(self) -> None:
        """Wait until the session is there (again)."""
        await self._exchange.hears(lambda exchange: bool(exchange.sockets))

    async def meet(self, told: Told) -> None:
        """Wait until the session has taken in everything that was said to it."""
        await self.attached()
        if self._attachments != self._exchange.attachments:
            self._attachments = self._exchange.attachments
            self._on_the_wire = len(self._made)
        made = list(self._made)[self._on_the_wire :]
        self._marks += 1
        mark = f"mark {self._marks}"
        name = "conversation.item.input_audio_transcription.completed"
        self._exchange.outbox.append({"type": name, "item_id": "mark", "transcript": mark})
        await self._exchange.flush()
        await self._exchange.hears(lambda _: mark in told.marks)
        self.sure |= set(made)

    async def break_off(self, random: Random) -> None:
        """Lose the wire, politely or not."""
        self.losses += 1
        how = random.choice(["going away", "error", "cut"])
        if how == "cut":
            self._house.cut(self._exchange)
        else:
            await self._exchange.drop(1001 if how == "going away" else 1011)

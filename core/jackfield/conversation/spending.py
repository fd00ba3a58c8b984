"""What a call takes of the model's memory, and of the money.

Every response reads the whole conversation again. When that fills the model's window the service drops the
oldest items by itself, silently and anywhere; before that happens the oldest are taken out here, and a
summary of them put in their place.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from jackfield.conversation.contribution import Contributions
from jackfield.conversation.history import SUMMARY_ID, History, summary
from jackfield.conversation.notices import ConversationShortened, UsageCounted
from jackfield.conversation.orders import Orders
from jackfield.protocol.client_events import ItemDelete, Message
from jackfield.protocol.server_events import ResponseDone
from jackfield.protocol.usage import Usage

FULL = 0.75
"""Beyond this part of the window the conversation is shortened."""

HALF = 0.4
"""To this part, so that it is not done for every turn: each time the service's cache is lost."""

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in whatever currency."""

    text_in: float = 0.0
    text_cached: float = 0.0
    text_out: float = 0.0
    audio_in: float = 0.0
    audio_cached: float = 0.0
    audio_out: float = 0.0
    image_in: float = 0.0

    def cost(self, usage: Usage) -> float:
        """Of one response."""
        parts = (float(getattr(self, kind.name) * getattr(usage, kind.name)) for kind in fields(self))
        return sum(parts) / MILLION


class Spending:
    """Counts, and shortens. `window` is None for a model whose window is not known."""

    def __init__(self, history: History, ours: Contributions, orders: Orders) -> None:
        self.window: int | None = None
        self.prices = Prices()
        self.cost = 0.0
        self._history = history
        self._ours = ours
        self._orders = orders
        self._summary_id = ""

    def count(self, done: ResponseDone, now: float) -> None:
        """A response has ended."""
        usage = done.usage
        if usage is None or not usage.input_tokens:
            return
        self.cost += self.prices.cost(usage)
        window = self.window or 0
        counted = (done.response_id, usage.input_tokens, usage.output_tokens, window, round(self.cost, 6))
        self._orders.note(UsageCounted(now, *counted))
        filled = usage.input_tokens + usage.output_tokens
        if window and filled > window * FULL:
            self._shorten(1 - window * HALF / filled, filled, now)

    def moved(self) -> None:
        """Another session at the service has taken over, which has no summary of ours but its own."""
        self._summary_id = ""

    def _shorten(self, part: float, filled: int, now: float) -> None:
        """Take out the oldest of what was said, as much as makes this part of the whole."""
        busy = {each.id for each in [*self._ours.unsettled, *self._ours.all_running]}
        taken = self._history.retire(part, busy)
        if not taken:
            return
        for item_id in [*([self._summary_id] if self._summary_id else []), *taken]:
            self._orders.send(ItemDelete(item_id, event_id=f"delete_{item_id}"))
        self._summary_id = self._orders.new_id(SUMMARY_ID)
        words = summary(self._history.retired)
        self._orders.send(Message(self._summary_id, "system", words, previous_id="root"))
        self._orders.note(ConversationShortened(now, len(taken), filled))

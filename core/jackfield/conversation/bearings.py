"""Where the conversation stands at the service, found out by whoever lost sight of it.

Events are not replayed (§5.3), and nothing lists the items of a conversation. But whoever adds an item is
told which one stands before it (§3.2). So a mark is put at the end, and if nobody here has ever seen what
stands before it, that is asked for.

A function call that nobody saw made was run by nobody. It is not run now, either: what merely stands in a
conversation may have been put there by the caller (§4.4). It is taken out, a further mark tells what stands
before it, and so on; the last mark stays, and tells the model, which is asked again, that it was not run.
What stands before an item that cannot be taken out stays hidden. Then the mark stays, too, in case.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from jackfield.conversation.history import OWN
from jackfield.conversation.orders import Orders
from jackfield.protocol.client_events import ItemDelete, ItemRetrieve, Message
from jackfield.protocol.server_events import (
    ErrorReported,
    Item,
    ItemAdded,
    ItemBegun,
    ItemDone,
    ItemRetrieved,
    ServerEvent,
)

MARK = f"{OWN}mark"
"""With a number behind it: the item's id, and the `event_id` of whatever is sent about it."""

MOST_SEEN = 256
"""So many items are known again. Only the last ones of the conversation are ever looked for."""

MOST_TAKEN_OUT = 16


class Sight(Enum):
    """How much is known of what stands at the end of the conversation."""

    NONE = "none"  # nobody has watched it yet
    CLEAR = "clear"  # every event of it is seen
    MARKED = "marked"  # a mark was sent
    ASKED = "asked"  # what stands before the mark was asked for


@dataclass(frozen=True, slots=True)
class Finding:
    """What had happened. `last` is the last item that nobody had seen, if there is one and it could be had;
    `taken_out` is how many function calls that nobody had seen were taken out after it."""

    last: Item | None = None
    taken_out: int = 0

    @property
    def by_the_model(self) -> bool:
        """Whether the model has made a response of which nobody saw the beginning."""
        role, kind = (self.last.role, self.last.type) if self.last else ("", "")
        return self.taken_out > 0 or role == "assistant" or kind == "function_call"

    @property
    def by_the_caller(self) -> bool:
        """Whether the caller has had a turn after which nothing else has happened."""
        return not self.taken_out and self.last is not None and self.last.role == "user"

    @property
    def under_way(self) -> bool:
        """Whether it goes on."""
        return not self.taken_out and self.last is not None and self.last.status == "in_progress"


class Bearings:
    """Sees every event, and looks back when some were missed. `is_ours` is asked with the id of a call or an
    item; `at_work` tells the titles of the function calls that have no output, as their tools are at work."""

    def __init__(
        self, orders: Orders, is_ours: Callable[[str], bool], at_work: Callable[[], Sequence[str]]
    ) -> None:
        self._orders = orders
        self._is_ours = is_ours
        self._at_work = at_work
        self._sight = Sight.NONE
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._mark = ""
        self._before = ""  # the id of what stands before the mark
        self._taken_out = 0
        self._marks = 0  # set in this look
        self._hidden = False  # whether there may be more behind what cannot be taken out
        self._unplaced = ""  # the id of what began last, until it is told where it stands

    def look(self) -> bool:
        """Something may have been missed: find out. False if nobody has watched before, so that there is
        nothing to compare with. What is found is told by `take`, once."""
        if self._sight is Sight.NONE:
            self._sight = Sight.CLEAR
            return False
        # What a look that was cut short was looking for may stand before what has begun since.
        self._hidden = self._is_looking and (self._hidden or self._unplaced != "")
        self._taken_out, self._marks, self._unplaced = 0, 0, ""
        self._set_mark()
        return True

    def take(self, event: ServerEvent) -> Finding | None:
        """Take in an event; what was found, if it is the last of what was asked for."""
        match event:
            case ItemAdded(item, previous):
                self._see(item)
                if item.id == self._unplaced:
                    self._unplaced = ""
                if self._is_looking:
                    return self._added(item.id, previous)
            case ItemDone(item):
                self._see(item)
            case ItemBegun(item):
                self._remember(item.id)
                self._unplaced = item.id
            case ItemRetrieved(item) if self._sight is Sight.ASKED and item.id == self._before:
                return self._told(item)
            case ErrorReported(event_id=at_fault) if at_fault and at_fault == self._mark:
                return self._found(Finding(None, self._taken_out)) if self._is_looking else None
        return None

    def moved(self) -> None:
        """The conversation goes on in another session at the service, all of which is seen."""
        self._sight = Sight.CLEAR
        self._seen.clear()

    @property
    def _is_looking(self) -> bool:
        return self._sight in (Sight.MARKED, Sight.ASKED)

    def _set_mark(self) -> None:
        self._sight, self._mark = Sight.MARKED, self._orders.new_id(MARK)
        self._marks += 1
        self._orders.send(Message(self._mark, "system", _words(self._at_work()), event_id=self._mark))

    def _added(self, item_id: str, previous: str) -> Finding | None:
        """The mark is there, or something else; either tells what it stands behind."""
        strange = previous != "" and previous not in self._seen
        if item_id != self._mark:
            # Whatever is still to be found stands before it, and the next mark will stand behind it.
            self._hidden = self._hidden or strange or self._sight is Sight.ASKED or self._marks > 1
        if self._sight is Sight.ASKED:
            return None
        if strange and previous.startswith(MARK):  # of a look that was cut short
            self._take_away(previous)
            self._mark_anew()
        elif strange:
            self._sight, self._before = Sight.ASKED, previous
            self._orders.send(ItemRetrieve(previous, event_id=self._mark))
        elif item_id == self._mark:
            if not (self._hidden or self._taken_out):
                self._take_away(self._mark)
            return self._found(Finding(None, self._taken_out))
        return None

    def _told(self, item: Item) -> Finding | None:
        """So is what stands there."""
        self._remember(item.id)
        if self._is_ours(item.call_id or item.id):
            return self._found(Finding(None, self._taken_out))
        if not item.is_complete_function_call or self._taken_out == MOST_TAKEN_OUT:
            return self._found(Finding(item, self._taken_out))
        self._taken_out += 1
        self._take_away(item.id)
        self._mark_anew()
        return None

    def _mark_anew(self) -> None:
        self._take_away(self._mark)
        self._set_mark()

    def _found(self, finding: Finding) -> Finding:
        self._sight = Sight.CLEAR
        return finding

    def _take_away(self, item_id: str) -> None:
        self._orders.send(ItemDelete(item_id, event_id=self._mark))

    def _see(self, item: Item) -> None:
        """It is there; but a function call is seen only by whoever sees a response make it."""
        if item.type != "function_call":
            self._remember(item.id)

    def _remember(self, item_id: str) -> None:
        self._seen[item_id] = None
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)


def _words(at_work: Sequence[str]) -> str:
    others = f" This is not about what is still at work: {', '.join(at_work)}." if at_work else ""
    return (
        "The line to the tools was away for a moment. A function call that you made then, and that has no "
        f"output, was not run; make it again if it is still wanted.{others}"
    )

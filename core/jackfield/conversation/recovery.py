"""Function calls that the model was making when the sideband was lost.

Whoever has seen one begin asks for the whole of it when the sideband is back. One that nobody saw begin is
told by the end of its response, or not at all: an item that is merely in the conversation may be anybody's,
and is not run (§4.4).
"""

from __future__ import annotations

from collections import OrderedDict

from jackfield.protocol.client_events import ItemRetrieve
from jackfield.protocol.server_events import (
    Item,
    ItemBegun,
    ItemDone,
    ItemRetrieved,
    ResponseDone,
    ServerEvent,
)

MOST_BEGUN = 64


class Recovery:
    """Follows function calls from their beginning to their end."""

    def __init__(self) -> None:
        self._begun: OrderedDict[str, str] = OrderedDict()  # item id → response id

    def take(self, event: ServerEvent) -> Item | None:
        """Take in an event; a function call that is recovered by it."""
        match event:
            case ItemBegun(item, response_id) if item.type == "function_call":
                self._begun[item.id] = response_id
                if len(self._begun) > MOST_BEGUN:
                    self._begun.popitem(last=False)
            case ItemDone(item, response_id) if response_id:
                self._begun.pop(item.id, None)
            case ItemRetrieved(item) if item.id in self._begun and item.is_complete_function_call:
                del self._begun[item.id]
                return item
            case ResponseDone(response_id):
                for item_id in [each for each, owner in self._begun.items() if owner == response_id]:
                    del self._begun[item_id]
        return None

    def ask(self) -> list[ItemRetrieve]:
        """The sideband is back: what to ask the service for."""
        return [ItemRetrieve(item_id, event_id=f"retrieve_{item_id}") for item_id in self._begun]

    def forget(self) -> None:
        """The session at the service is another one."""
        self._begun.clear()

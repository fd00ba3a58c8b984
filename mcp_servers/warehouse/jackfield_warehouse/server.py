"""The store's tools, as an MCP server. Every answer can be spoken as it is."""

# No postponed annotations here: those of the tools name what stands in the function around them.

from typing import Annotated, Literal

import anyio
from mcp import types
from mcp.server import MCPServer
from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.utilities.types import Image
from pydantic import BaseModel, Field

from jackfield_warehouse.label import label
from jackfield_warehouse.store import Item, Store

READS = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)
WRITES = types.ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
DELIVERIES = "warehouse://deliveries"
INSTRUCTIONS = (
    "The store of Brightside Repairs: what lies on which shelf, stock-taking, labels and deliveries."
)

Shelf = Literal["A", "B", "C"]
Name = Annotated[
    str, Field(description="The part, such as 'iPhone 13 screen'.", pattern=r"\S", max_length=80)
]


class WhichShelf(BaseModel):
    shelf: Shelf = Field(description="The shelf: A, B or C.")


class Agreement(BaseModel):
    agree: bool = Field(description="Whether the new number is to be written into the books.")


def warehouse_server(store: Store, seconds_per_item: float) -> MCPServer:
    """The server over an open database. Counting one item takes so many seconds."""
    server = MCPServer(
        "warehouse", title="The store", version="0.1.0", instructions=INSTRUCTIONS, log_level="WARNING"
    )
    _offer_looking(server, store)
    _offer_stock_taking(server, store, seconds_per_item)
    _offer_correcting(server, store)
    _offer_reading(server, store)
    return server


def _offer_looking(server: MCPServer, store: Store) -> None:
    @server.tool(annotations=READS, structured_output=False)
    def find_item(name: Name) -> str:
        """Look up where a part lies in the store, and how many there should be."""
        return " ".join(f"{_there_are(each)} on shelf {each.shelf}." for each in _found(store, name)[:3])

    @server.tool(annotations=READS, structured_output=False)
    def show_label(name: Name) -> list[str | Image]:
        """Show the label of a part: a picture of its bar code."""
        item = _only(store, name)
        return [
            f"This is the label of the {item.name}, shelf {item.shelf}.",
            Image(data=label(item.name), format="png"),
        ]

    @server.tool(annotations=READS)
    def next_delivery() -> types.CallToolResult:
        """Tell what is delivered next, and where the whole list is."""
        first = store.deliveries()[0]
        link = types.ResourceLink(
            type="resource_link", name="deliveries", uri=DELIVERIES, description="all deliveries of the week"
        )
        words = f"The next delivery comes on {first.day}: {first.what}, from {first.supplier}."
        return types.CallToolResult(content=[types.TextContent(type="text", text=words), link])


def which_shelf(shelf: Shelf | None = None) -> WhichShelf | Elicit[WhichShelf]:
    """The one that was named, or else the one that the caller names."""
    return (
        WhichShelf(shelf=shelf) if shelf else Elicit("Which shelf is to be counted, A, B or C?", WhichShelf)
    )


def _offer_stock_taking(server: MCPServer, store: Store, seconds_per_item: float) -> None:
    @server.tool(annotations=READS, structured_output=False)
    async def take_stock(
        context: Context,
        chosen: Annotated[ElicitationResult[WhichShelf], Resolve(which_shelf)],
        shelf: Annotated[Shelf | None, Field(description="The shelf, if the caller has named it.")] = None,
    ) -> str:
        """Count what is on a shelf and compare it with the books. Takes several seconds."""
        if not isinstance(chosen, AcceptedElicitation):
            return "Nothing was counted, because no shelf was named."
        items = store.items(chosen.data.shelf)
        for number, item in enumerate(items, start=1):
            await context.report_progress(number - 1, len(items), f"{number} of {len(items)}: {item.name}.")
            await anyio.sleep(seconds_per_item)
        return _counted(chosen.data.shelf, items)


def _offer_correcting(server: MCPServer, store: Store) -> None:
    def confirm(name: str, count: int) -> Elicit[Agreement]:
        item = _only(store, name)
        return Elicit(f"The books say {item.booked} of the {item.name}. Shall I write {count}?", Agreement)

    @server.tool(annotations=WRITES, structured_output=False)
    def correct_stock(
        name: Name,
        count: Annotated[int, Field(description="How many there really are.", ge=0, le=10_000)],
        answer: Annotated[ElicitationResult[Agreement], Resolve(confirm)],
    ) -> str:
        """Write into the books how many of a part there are; whoever calls is asked to confirm it."""
        item = _only(store, name)
        if not (isinstance(answer, AcceptedElicitation) and answer.data.agree):
            return f"The books still say {item.booked} of the {item.name}."
        store.book(item.name, count)
        return f"The books now say {count} of the {item.name}."


def _offer_reading(server: MCPServer, store: Store) -> None:
    @server.resource(DELIVERIES, name="deliveries", mime_type="text/plain")
    def deliveries() -> str:
        """What is delivered this week."""
        return "\n".join(f"{each.day}: {each.what}, from {each.supplier}." for each in store.deliveries())

    @server.prompt()
    def store_rules(shop: str = "the shop") -> str:
        """How the storekeeper of a shop talks."""
        return (
            f"You keep the store of {shop}. Name the shelf with every part. "
            "Say numbers slowly. Never promise a part that the books do not have."
        )


def _found(store: Store, name: str) -> list[Item]:
    if found := store.find(name):
        return found
    raise ToolError(f"There is no {name.strip()} in the store.")


def _only(store: Store, name: str) -> Item:
    found = _found(store, name)
    if len(found) > 1:
        raise ToolError(f"Which one: {', '.join(each.name for each in found[:4])}?")
    return found[0]


def _counted(shelf: str, items: list[Item]) -> str:
    wrong = [
        f"The books say {item.booked} of the {item.name}, and there are {item.there}."
        for item in items
        if item.booked != item.there
    ]
    found = " ".join(wrong) or "Everything is as it should be."
    return f"Shelf {shelf} is counted, {len(items)} parts. {found}"


def _there_are(item: Item) -> str:
    return f"There {'is one' if item.booked == 1 else f'are {item.booked}'} of the {item.name}"

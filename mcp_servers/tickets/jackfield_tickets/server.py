"""The shop's tools, as an MCP server. Every answer is a sentence that can be spoken as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from jackfield_tickets import sentences
from jackfield_tickets.matching import SURE, closest, fitting, likeness, similar_number
from jackfield_tickets.seed import SUPPLIER
from jackfield_tickets.shop import Customer, Part, Shop, Ticket

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
ASKS_OUTSIDE = ToolAnnotations(read_only_hint=True, open_world_hint=True)
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
CLOSES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

Number = Annotated[
    int, Field(description="The number of the ticket, four digits, such as 1042.", ge=1, le=999_999)
]
Name = Annotated[
    str, Field(description="The customer's first name, last name or both.", pattern=r"\S", max_length=80)
]
PartName = Annotated[
    str,
    Field(
        description="What part, and for which device, such as 'ThinkPad X1 Carbon screen'.",
        pattern=r"\S",
        max_length=80,
    ),
]
Words = Annotated[str, Field(pattern=r"\S", max_length=200)]


def tickets_server(shop: Shop, supplier_seconds: float) -> MCPServer:
    """The server over an open database. `supplier_seconds` is how long the supplier takes to answer."""
    server = MCPServer(
        "tickets",
        title="Brightside Repairs",
        version="0.1.0",
        instructions="Repair tickets, customers and spare parts of Brightside Repairs.",
        log_level="WARNING",
    )
    desk = Desk(shop, supplier_seconds)
    offers: list[tuple[Callable[..., object], ToolAnnotations]] = [
        (desk.find_ticket, READS),
        (desk.search_tickets, READS),
        (desk.open_ticket, ADDS),
        (desk.find_part, READS),
        (desk.add_note, ADDS),
        (desk.close_ticket, CLOSES),
        (desk.ask_supplier, ASKS_OUTSIDE),
    ]
    for tool, hints in offers:
        server.add_tool(tool, annotations=hints, structured_output=False)
    return server


class Desk:
    """What can be asked at the shop's desk. The public methods are the tools; their docstrings are
    read by models."""

    def __init__(self, shop: Shop, supplier_seconds: float) -> None:
        self._shop = shop
        self._supplier_seconds = supplier_seconds

    def find_ticket(self, number: Number) -> str:
        """Look up a repair ticket by its number: whose device it is, if it is ready, when it is promised."""
        return sentences.about(self._ticket(number))

    def search_tickets(self, customer: Name) -> str:
        """List the repair tickets of a customer by name, when the number of the ticket is not known."""
        found = self._customers(customer)
        return " ".join(sentences.all_of(one, self._shop.tickets_of(one)) for one in found)

    def open_ticket(
        self,
        customer: Name,
        device: Annotated[Words, Field(description="The device to repair, such as 'Dell XPS 13'.")],
        problem: Annotated[Words, Field(description="What is wrong with it, in the customer's words.")],
    ) -> str:
        """Open a new repair ticket for a customer's device. Tells the number of the new ticket."""
        ticket = self._shop.open(
            self._customer(customer.strip()), device.strip(), problem.strip().rstrip(".")
        )
        return f"I opened ticket {ticket.number} for {ticket.customer}: {ticket.device}, {ticket.problem}."

    def find_part(self, name: PartName) -> str:
        """Look up a spare part: how many are in stock, and its price."""
        found = self._parts(name)
        if len(found) > 3:
            names = ", ".join(part.name for part in found[:3])
            return (
                f"There are {sentences.counted(len(found), 'part')} like that: {names} and others. Which one?"
            )
        return " ".join(sentences.in_stock(part) for part in found)

    def add_note(
        self, number: Number, note: Annotated[Words, Field(description="The note, one sentence.")]
    ) -> str:
        """Write a note on a repair ticket, such as a wish of the customer."""
        ticket = self._ticket(number)
        self._shop.add_note(number, note.strip())
        return f"It is noted on ticket {number}, {ticket.customer}'s {ticket.device}."

    def close_ticket(self, number: Number) -> str:
        """Close a repair ticket when the device was collected or the repair was called off."""
        ticket = self._ticket(number)
        if ticket.status == "closed":
            return f"{sentences.subject(ticket)}, was closed already."
        self._shop.close_ticket(number)
        return f"{sentences.subject(ticket)}, is closed now."

    async def ask_supplier(self, part: PartName, context: Context) -> str:
        """Ask the supplier whether a spare part can be had and when it would be here. Takes some seconds."""
        found = self._parts(part)
        if len(found) > 1:
            raise ToolError(f"Which one: the {sentences.either([one.name for one in found[:4]])}?")
        steps = [f"{SUPPLIER} was asked.", f"{SUPPLIER} is looking in its warehouse."]
        for step, words in enumerate(steps, start=1):
            await context.report_progress(step, len(steps) + 1, words)
            await anyio.sleep(self._supplier_seconds / len(steps))
        return sentences.at_supplier(found[0], SUPPLIER)

    def _ticket(self, number: int) -> Ticket:
        if (ticket := self._shop.ticket(number)) is not None:
            return ticket
        similar = similar_number(number, self._shop.numbers())
        nearest = self._shop.ticket(similar) if similar is not None else None
        if nearest is None:
            raise ToolError(f"There is no ticket {number}.")
        raise ToolError(
            f"There is no ticket {number}. Is it {nearest.number}, {nearest.customer}'s {nearest.device}?"
        )

    def _customer(self, heard: str) -> Customer:
        """The customer this surely is, or a new one if the name is whole."""
        known = [one for one in self._shop.customers() if likeness(heard, one.name) >= SURE]
        if len(known) == 1:
            return known[0]
        if " " in heard:
            return self._shop.add_customer(heard)
        if known:
            raise ToolError(f"Which {heard} is it: {sentences.either([one.name for one in known])}?")
        raise ToolError(f"There is no customer called {heard} yet. Ask for the first and the last name.")

    def _customers(self, heard: str) -> list[Customer]:
        known = {one.name: one for one in self._shop.customers()}
        if names := closest(heard, known):
            return [known[name] for name in names]
        nearest = closest(heard, known, least=0.4)[:2]
        hint = f" Is it {sentences.either(nearest)}?" if nearest else ""
        raise ToolError(f"There is no customer called {heard.strip()}.{hint}")

    def _parts(self, heard: str) -> list[Part]:
        known = {part.name: part for part in self._shop.parts()}
        if names := fitting(heard, list(known)):
            return [known[name] for name in names]
        nearest = closest(heard, known, least=0.3)[:1]
        hint = f" The nearest is the {nearest[0]}." if nearest else ""
        raise ToolError(f"There is no part called {heard.strip()} in the list.{hint}")

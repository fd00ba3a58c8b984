"""What the desk answers, through the MCP SDK's own client."""

from collections.abc import AsyncIterator

import pytest
from mcp import Client, types

from jackfield_tickets.server import tickets_server
from jackfield_tickets.shop import Shop


class Caller:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.progress: list[str | None] = []

    async def ask(self, tool: str, **arguments: object) -> str:
        result = await self._call(tool, arguments)
        assert not result.is_error, result.content
        return self._text(result)

    async def refused(self, tool: str, **arguments: object) -> str:
        result = await self._call(tool, arguments)
        assert result.is_error, result.content
        return self._text(result).removeprefix(f"Error executing tool {tool}: ")

    async def _call(self, tool: str, arguments: dict[str, object]) -> types.CallToolResult:
        async def tell(progress: float, total: float | None, message: str | None) -> None:
            self.progress.append(message)

        return await self.client.call_tool(tool, arguments, progress_callback=tell)

    @staticmethod
    def _text(result: types.CallToolResult) -> str:
        assert isinstance(result.content[0], types.TextContent)
        assert result.structured_content is None
        return result.content[0].text


@pytest.fixture
async def desk(shop: Shop) -> AsyncIterator[Caller]:
    async with Client(tickets_server(shop, supplier_seconds=0.02)) as client:
        yield Caller(client)


async def test_the_tools_are_named_typed_described_and_say_what_they_do(desk: Caller) -> None:
    tools = {tool.name: tool for tool in (await desk.client.list_tools()).tools}
    assert {name: list(tool.input_schema["properties"]) for name, tool in tools.items()} == {
        "find_ticket": ["number"],
        "search_tickets": ["customer"],
        "open_ticket": ["customer", "device", "problem"],
        "find_part": ["name"],
        "add_note": ["number", "note"],
        "close_ticket": ["number"],
        "ask_supplier": ["part"],
    }
    for tool in tools.values():
        assert tool.description
        assert all(field.get("description") for field in tool.input_schema["properties"].values())
    reads = {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint}
    assert reads == {"find_ticket", "search_tickets", "find_part", "ask_supplier"}


async def test_the_ticket_of_the_demo_is_always_the_same(desk: Caller) -> None:
    assert await desk.ask("find_ticket", number=1042) == (
        "Ticket 1042, Ada Lopez's ThinkPad X1 Carbon, is waiting for a new screen. "
        "It is promised for Thursday."
    )


async def test_a_ticket_that_is_ready_tells_its_bill_and_its_last_note(desk: Caller) -> None:
    assert await desk.ask("find_ticket", number=1033) == (
        "Ticket 1033, Hugo Silva's PlayStation 5, is ready to be collected. The bill is 95 pounds. "
        "The last note says: Dust in the fan; cleaned, and new thermal paste."
    )


async def test_every_ticket_customer_and_part_can_be_said(desk: Caller, shop: Shop) -> None:
    for number in shop.numbers():
        assert (await desk.ask("find_ticket", number=number)).startswith(f"Ticket {number}, ")
    for customer in shop.customers():
        answer = await desk.ask("search_tickets", customer=customer.name)
        assert answer.startswith(customer.name)
        assert answer.count(" open ticket") == 1
    for part in shop.parts():
        assert (await desk.ask("find_part", name=part.name)).startswith(f"The {part.name} is ")
        assert part.name in await desk.ask("ask_supplier", part=part.name)


async def test_a_wrong_number_is_answered_with_the_ticket_it_is_like(desk: Caller) -> None:
    assert await desk.refused("find_ticket", number=1142) == (
        "There is no ticket 1142. Is it 1042, Ada Lopez's ThinkPad X1 Carbon?"
    )
    for tool, more in [("add_note", {"note": "x"}), ("close_ticket", {})]:
        assert "There is no ticket 9" in await desk.refused(tool, number=9, **more)


@pytest.mark.parametrize("heard", ["Ada Lopez", "ADA", "lopes", "aida low pez", "Ada López"])
async def test_a_customer_is_found_in_the_way_the_name_is_heard(desk: Caller, heard: str) -> None:
    assert await desk.ask("search_tickets", customer=heard) == (
        "Ada Lopez has two open tickets: 1036, the Pixel 7, is ready to be collected; "
        "1042, the ThinkPad X1 Carbon, is waiting for a new screen, and is promised for Thursday."
    )


async def test_closed_tickets_are_only_counted(desk: Caller) -> None:
    assert await desk.ask("search_tickets", customer="Chloe") == (
        "Chloe Martin has one open ticket: 1045, the iPhone 12, is being looked at. One more is closed."
    )


async def test_a_name_that_nobody_has_is_said_back_with_the_nearest(desk: Caller) -> None:
    assert await desk.refused("search_tickets", customer="either Lopez") == (
        "There is no customer called either Lopez. Is it Ada Lopez?"
    )
    assert (await desk.refused("search_tickets", customer="Zbigniew")).startswith(
        "There is no customer called Zbigniew."
    )
    assert (await desk.refused("search_tickets", customer="...")).startswith("There is no customer called")


async def test_stock_and_price_of_a_part_are_said_in_words(desk: Caller) -> None:
    assert await desk.ask("find_part", name="iPhone thirteen batteries") == (
        "The iPhone 13 battery is in stock: nine pieces, at 54 pounds each."
    )
    assert await desk.ask("find_part", name="think pad x one carbon display") == (
        "The ThinkPad X1 Carbon screen is out of stock. It costs 148 pounds."
    )


async def test_a_part_that_may_be_several_is_asked_about(desk: Caller) -> None:
    answer = await desk.ask("find_part", name="thinkpad screen")
    assert "T14 screen" in answer
    assert "X1 Carbon screen" in answer
    assert (await desk.ask("find_part", name="screen")).endswith("and others. Which one?")
    assert await desk.refused("ask_supplier", part="thinkpad screen") == (
        "Which one: the ThinkPad T14 screen or ThinkPad X1 Carbon screen?"
    )


async def test_a_part_that_is_not_in_the_list_is_answered_with_the_nearest(desk: Caller) -> None:
    assert "no part called left-handed hammer" in await desk.refused("find_part", name="left-handed hammer")


async def test_the_supplier_tells_how_far_it_is_and_then_what_it_has(desk: Caller) -> None:
    assert await desk.ask("ask_supplier", part="X1 Carbon screen") == (
        "Northgate Components has two pieces of the ThinkPad X1 Carbon screen "
        "and can deliver them on Wednesday."
    )
    assert desk.progress == [
        "Northgate Components was asked.",
        "Northgate Components is looking in its warehouse.",
    ]


async def test_a_ticket_is_opened_noted_and_closed(desk: Caller) -> None:
    opened = await desk.ask("open_ticket", customer="ada lopes", device="Dell XPS 13", problem="it is wet.")
    assert opened == "I opened ticket 1056 for Ada Lopez: Dell XPS 13, it is wet."
    noted = await desk.ask("add_note", number=1056, note="Call after five.")
    assert noted == "It is noted on ticket 1056, Ada Lopez's Dell XPS 13."
    assert (await desk.ask("find_ticket", number=1056)).endswith("The last note says: Call after five.")
    assert (
        await desk.ask("close_ticket", number=1056) == "Ticket 1056, Ada Lopez's Dell XPS 13, is closed now."
    )
    assert (await desk.ask("close_ticket", number=1056)).endswith("was closed already.")


async def test_a_new_customer_needs_a_whole_name(desk: Caller) -> None:
    problem = {"device": "Dell XPS 13", "problem": "it is wet"}
    assert "Ask for the first and the last name" in await desk.refused(
        "open_ticket", customer="Nora", **problem
    )
    assert "for Nora Quist:" in await desk.ask("open_ticket", customer="Nora Quist", **problem)
    assert (await desk.ask("search_tickets", customer="Nora")).startswith("Nora Quist has one open ticket")


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("find_ticket", {"number": "ten"}),
        ("find_ticket", {"number": 10**30}),
        ("find_ticket", {}),
        ("search_tickets", {"customer": "  "}),
        ("find_part", {"name": "x" * 500}),
        ("open_ticket", {"customer": "Ada", "device": "", "problem": "wet"}),
    ],
)
async def test_arguments_that_make_no_sense_are_refused(
    desk: Caller, tool: str, arguments: dict[str, object]
) -> None:
    assert await desk.refused(tool, **arguments)

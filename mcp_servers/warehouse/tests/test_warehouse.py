"""The store, asked over MCP in both eras, and run as a process."""

import asyncio
import struct
import sys
import zlib
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from mcp import Client, StdioServerParameters, types
from mcp.client.context import ClientRequestContext

from jackfield_warehouse.label import ALPHABET, ELEMENTS, label
from jackfield_warehouse.server import DELIVERIES, warehouse_server
from jackfield_warehouse.store import Store

PATIENCE = 40
ERAS = ("legacy", "auto")


class Desk:
    """Somebody who answers what the store asks."""

    def __init__(self, **answer: object) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.progress: list[str | None] = []

    async def elicit(
        self, context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult:
        self.asked.append(params.message)
        if not self.answer:
            return types.ElicitResult(action="decline")
        return types.ElicitResult.model_validate({"action": "accept", "content": self.answer})

    async def tell(self, progress: float, total: float | None, message: str | None) -> None:
        self.progress.append(message)

    @asynccontextmanager
    async def at(self, store: Store, era: str = "auto") -> AsyncIterator[Client]:
        server = warehouse_server(store, 0.0)
        async with Client(server, mode=era, elicitation_callback=self.elicit) as client:
            yield client


def said(result: types.CallToolResult) -> str:
    return " ".join(block.text for block in result.content if isinstance(block, types.TextContent))


@pytest.mark.parametrize("era", ERAS)
async def test_stock_taking_asks_for_the_shelf_tells_how_far_it_is_and_finds_what_is_wrong(era: str) -> None:
    desk = Desk(shelf="C")
    async with desk.at(Store(), era) as client:
        result = await client.call_tool("take_stock", {}, progress_callback=desk.tell)
        assert "The books say 10 of the HP LaserJet roller, and there are 8." in said(result)
        assert desk.asked == ["Which shelf is to be counted, A, B or C?"]
        assert desk.progress[0] == "1 of 4: Epson EcoTank print head."
        again = await client.call_tool("take_stock", {"shelf": "A"})
        assert "Shelf A is counted, 5 parts." in said(again)
        assert len(desk.asked) == 1, "a shelf that was named is not asked for"


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("answer", "booked"), [({"agree": True}, 8), ({"agree": False}, 10), ({}, 10)])
async def test_the_books_are_changed_only_with_a_yes(
    era: str, answer: dict[str, object], booked: int
) -> None:
    store, desk = Store(), Desk(**answer)
    async with desk.at(store, era) as client:
        await client.call_tool("correct_stock", {"name": "laserjet roller", "count": 8})
    assert [item.booked for item in store.find("HP LaserJet roller")] == [booked]
    assert desk.asked == ["The books say 10 of the HP LaserJet roller. Shall I write 8?"]


async def test_a_label_is_a_picture_and_a_delivery_has_a_list_behind_it() -> None:
    async with Desk().at(Store()) as client:
        shown = await client.call_tool("show_label", {"name": "X1 fan"})
        (image,) = [block for block in shown.content if isinstance(block, types.ImageContent)]
        assert b64decode(image.data) == label("ThinkPad X1 Carbon fan")
        told = await client.call_tool("next_delivery", {})
        (link,) = [block for block in told.content if isinstance(block, types.ResourceLink)]
        assert str(link.uri) == DELIVERIES
        (listed,) = (await client.read_resource(DELIVERIES)).contents
        assert isinstance(listed, types.TextResourceContents)
        assert "Friday: twelve HP LaserJet rollers" in listed.text
        rules = await client.get_prompt("store_rules", {"shop": "Brightside"})
        assert isinstance(rules.messages[0].content, types.TextContent)
        assert "the store of Brightside" in rules.messages[0].content.text


async def test_what_is_not_there_or_is_not_clear_is_said() -> None:
    async with Desk().at(Store()) as client:
        assert "no toaster" in said(await client.call_tool("find_item", {"name": "toaster"}))
        assert "Which one" in said(await client.call_tool("show_label", {"name": "iphone screen"}))
        assert "on shelf B" in said(await client.call_tool("find_item", {"name": "xps charger"}))


def test_every_character_has_three_wide_elements_of_nine() -> None:
    assert len(ELEMENTS) == len(ALPHABET) == len(set(ELEMENTS.values()))
    assert {(len(code), code.count("1")) for code in ELEMENTS.values()} == {(9, 3)}


def test_a_label_is_a_png_as_it_should_be() -> None:
    picture = label("Pixel 7 (used)")
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    start = picture.index(b"IDAT") + 4
    (size,) = struct.unpack(">I", picture[start - 8 : start - 4])
    assert len(zlib.decompress(picture[start : start + size])) == height * (width + 1)


async def test_it_runs_over_stdio_and_over_http() -> None:
    run = ["-m", "jackfield_warehouse"]
    async with Client(StdioServerParameters(command=sys.executable, args=run)) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} >= {"take_stock", "show_label"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *run, "--http", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            url = (await process.stdout.readline()).decode().strip()
            async with Client(url) as client:
                assert "shelf A" in said(await client.call_tool("find_item", {"name": "pixel"}))
    finally:
        process.terminate()
        await process.wait()

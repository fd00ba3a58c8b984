"""An MCP server that asks back: the user, a model, for the roots; and that writes a log."""

from typing import Annotated, Literal

import anyio
from mcp import types
from mcp.server import MCPServer
from mcp.server.mcpserver import (
    AcceptedElicitation,
    Context,
    Elicit,
    ElicitationResult,
    ListRoots,
    Resolve,
    Sample,
)
from pydantic import BaseModel, Field

server = MCPServer("asker", log_level="ERROR")


class Shelf(BaseModel):
    shelf: Literal["A", "B"] = Field(description="The shelf.")
    count: int = Field(default=1, ge=0)


def which_shelf(part: str) -> Elicit[Shelf]:
    return Elicit(f"Which shelf holds the {part}?", Shelf)


@server.tool(structured_output=False)
async def count(part: str, found: Annotated[ElicitationResult[Shelf], Resolve(which_shelf)]) -> str:
    """Counts a part."""
    if isinstance(found, AcceptedElicitation):
        return f"{found.data.count} of {part} on {found.data.shelf}"
    return f"{found.action}: {part} was not counted"


@server.tool(structured_output=False)
async def slow_count(
    seconds: float, found: Annotated[ElicitationResult[Shelf], Resolve(lambda: which_shelf("fan"))]
) -> str:
    """Counts, and takes its time after that."""
    await anyio.sleep(seconds)
    return found.action


@server.tool(structured_output=False)
async def sign(context: Context, url: str) -> str:
    """Wants the user to open a page; of the handshake era."""
    return (await context.elicit_url("Please sign for the delivery.", url, "sign-1")).action


def question() -> Sample:
    asked = types.SamplingMessage(role="user", content=types.TextContent(type="text", text="Name a screw."))
    return Sample([asked], max_tokens=5_000, system_prompt="Be short.", temperature=0.5)


@server.tool(structured_output=False)
async def think(answer: Annotated[types.CreateMessageResult, Resolve(question)]) -> str:
    """Asks a model."""
    assert isinstance(answer.content, types.TextContent)
    return f"{answer.model} says: {answer.content.text}"


@server.tool(structured_output=False)
async def where(found: Annotated[types.ListRootsResult, Resolve(lambda: ListRoots())]) -> str:
    """Asks where it may work."""
    return " ".join(str(root.uri) for root in found.roots)


@server.tool(structured_output=False)
async def grumble(context: Context) -> str:
    """Writes into the log."""
    await context.request_context.session.send_log_message(
        level="warning", data={"screws": "rusty"}, related_request_id=context.request_id
    )
    return "grumbled"


house_rule = "Be kind."


@server.prompt()
def rule(who: str) -> str:
    """How to talk."""
    return f"{who}: {house_rule}"


@server.resource("asker://hours", mime_type="text/plain")
def hours() -> str:
    """When we are open."""
    return f"Nine to five. {house_rule}"


@server.tool(structured_output=False)
async def change_rule(context: Context, words: str) -> str:
    """Another rule holds from now on."""
    global house_rule
    house_rule = words
    await context.notify_prompts_changed()
    return "changed"


server.run("stdio")

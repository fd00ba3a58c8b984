"""A plugin that prints, waits, asks and fails: installed for the servers of these tests."""

import asyncio

from jackfield import hookimpl
from jackfield.calls import CallPolicy, Image, Inquiry
from jackfield.errors import ToolError
from jackfield.tools.tool import ToolContext

print("imported, and says so")

SIZE = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
stopped = asyncio.Event()


def loud() -> str:
    """Print, and answer."""
    print("this is no protocol")
    return "quiet"


async def wait(context: ToolContext) -> str:
    """Wait for ever."""
    context.progress("waiting")
    try:
        await asyncio.Event().wait()
    finally:
        stopped.set()
    return "never"


async def was_stopped() -> str:
    """Tell when a wait was stopped."""
    async with asyncio.timeout(20):
        await stopped.wait()
    return "stopped"


async def measure(context: ToolContext) -> str:
    """Ask for a size."""
    reply = await asyncio.wrap_future(context.ask(Inquiry("Which size?", SIZE)))
    return f"{reply.kind}: {dict(reply.values)}"


def delete(name: str) -> str:
    """Delete something."""
    return f"{name} is gone."


def paint() -> Image:
    """Paint."""
    return Image(b"\x89PNG...")


def stock() -> dict[str, int]:
    """Count."""
    return {"screws": 3}


def fail(safe: bool) -> str:
    """Fail."""
    raise ToolError("The stock is closed.") if safe else RuntimeError("password123")


def tell() -> str:
    """Tell at length."""
    return "word " * 10_000


@hookimpl
def register_tools(register) -> None:  # type: ignore[no-untyped-def]
    for each in (loud, was_stopped, measure, paint, fail, tell):
        register(each)
    register(stock, read_only=True)
    register(wait, policy=CallPolicy(timeout=30))
    register(wait, name="hurry", policy=CallPolicy(timeout=0.05))
    register(delete, policy=CallPolicy(confirm=True))

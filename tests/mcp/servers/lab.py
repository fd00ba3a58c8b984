"""An MCP server whose tools do what servers do on bad days. `--http` prints its address."""

import os
import socket
import sys
from pathlib import Path

import anyio
import uvicorn
from mcp import types
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

READS = types.ToolAnnotations(read_only_hint=True)
server = MCPServer("lab", version="7", log_level="ERROR")
interrupted = anyio.Event()
complete = anyio.Event()
arrivals: list[None] = []


@server.tool(annotations=READS, structured_output=False)
def pid() -> str:
    """The server's process id."""
    return str(os.getpid())


@server.tool(structured_output=False)
async def meet(people: int) -> str:
    """Returns once that many calls of it are there at the same time."""
    arrivals.append(None)
    if len(arrivals) == people:
        complete.set()
    await complete.wait()
    return "met"


@server.tool(annotations=READS, structured_output=False)
async def echo(text: str, seconds: float = 0.0) -> str:
    await anyio.sleep(seconds)
    return text


def _append(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(f"{line}\n")


def _mark(path: Path) -> int:
    """Leaves a mark, and returns how many there are."""
    _append(path, str(os.getpid()))
    return len(path.read_text().splitlines())


async def _first_time_for_ever(marks: str, context: Context) -> str:
    """Never returns if it is the first to leave a mark."""
    number = _mark(Path(marks))
    await context.report_progress(1, None, f"running in {os.getpid()}")
    if number == 1:
        await anyio.sleep_forever()
    return "done"


@server.tool(annotations=READS, structured_output=False)
async def look(marks: str, context: Context) -> str:
    return await _first_time_for_ever(marks, context)


@server.tool(annotations=types.ToolAnnotations(idempotent_hint=True), structured_output=False)
async def settle(marks: str, context: Context) -> str:
    return await _first_time_for_ever(marks, context)


@server.tool(structured_output=False)
async def change(marks: str, context: Context) -> str:
    return await _first_time_for_ever(marks, context)


@server.tool(structured_output=False)
async def note(marks: str, number: int, context: Context, seconds: float = 0.1) -> str:
    """Leaves its number, works on for a while and returns it."""
    _append(Path(marks), str(number))
    await context.report_progress(1, 2)
    await anyio.sleep(seconds)
    return str(number)


@server.tool(annotations=READS, structured_output=False)
def babble() -> str:
    """Writes what is no message to where messages go."""
    for line in (
        b"hello?",
        b"{",
        b"\xff\xfe\x00\x80",
        b'{"jsonrpc": "2.0", "id": 99999, "result": {}}',
        b"[]",
    ):
        os.write(1, line + b"\n")
    return "babbled"


@server.tool(annotations=READS, structured_output=False)
def big(mebibytes: int) -> str:
    return "x" * (mebibytes * 1024 * 1024)


@server.tool(structured_output=False)
async def fidget(times: int, context: Context) -> str:
    """Gets a tool and loses it again, many times, and tells each time."""
    for number in range(times):
        server.add_tool(lambda: "new", name=f"new_{number}", description="New.", structured_output=False)
        await context.notify_tools_changed()
        if number < times - 1:
            server.remove_tool(f"new_{number}")
        await anyio.sleep(0.01)
    return "done"


@server.tool(structured_output=False)
async def wait(context: Context) -> None:
    """Runs until it is cancelled."""
    await context.report_progress(1, 3)
    try:
        await anyio.sleep_forever()
    finally:
        interrupted.set()


@server.tool(structured_output=False)
async def interruption() -> str:
    """Returns once `wait` was cancelled."""
    await interrupted.wait()
    return "interrupted"


@server.tool(structured_output=False)
async def grow(context: Context) -> str:
    """Gets a further tool, and says so."""
    server.add_tool(lambda: "new", name="grown", description="New.", structured_output=False)
    await context.notify_tools_changed()
    return "grown"


@server.tool(annotations=READS, structured_output=False)
def look_and_crash(marks: str) -> None:
    _mark(Path(marks))
    os._exit(3)


@server.tool(structured_output=False)
def crash() -> None:
    print("lab: out of solder, password is hunter22", file=sys.stderr, flush=True)
    os._exit(3)


@server.tool(structured_output=False)
def fail() -> str:
    raise ToolError("The oven is too hot.")


@server.tool(structured_output=False)
def fact() -> types.CallToolResult:
    """An answer with only structured content."""
    return types.CallToolResult(content=[], structured_content={"stock": 3})


def main() -> None:
    if "--http" not in sys.argv:
        server.run("stdio")
        return
    port = int(sys.argv[sys.argv.index("--http") + 1])
    with socket.create_server(("127.0.0.1", port)) as listening:
        app = server.sse_app() if "--sse" in sys.argv else server.streamable_http_app()
        path = "sse" if "--sse" in sys.argv else "mcp"
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/{path}", flush=True)
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()

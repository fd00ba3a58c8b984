"""What a server asks of us in the middle of a call, in both eras of the protocol."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jackfield.calls import Inquiry, Json, Reply, ReplyKind
from jackfield.errors import ToolError
from jackfield.mcp.errand import Errand, errand
from jackfield.tools.tool import ToolContext
from tests.mcp.board import PATIENCE, Board, board, stdio
from tests.mcp.endpoint import Endpoint

ERAS = ("legacy", "modern")
YES = Reply(ReplyKind.ACCEPTED, {"shelf": "B", "count": 3})


@dataclass
class Caller:
    """Somebody who can be asked; `reply` None is one who says nothing."""

    name: str = "session_1"
    reply: Reply | None = YES
    asked: list[Inquiry] = field(default_factory=list)
    futures: list[Future[Reply]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.was_asked = asyncio.Event()

    def ask(self, inquiry: Inquiry) -> Future[Reply]:
        future: Future[Reply] = Future()
        self.asked.append(inquiry)
        self.futures.append(future)
        if self.reply is not None:
            future.set_result(self.reply)
        self._loop.call_soon_threadsafe(self.was_asked.set)
        return future

    def calls(self, line: Board, name: str, **arguments: Json) -> asyncio.Future[Json]:
        context = ToolContext("call_1", self.name, "storekeeper", PATIENCE, ask=self.ask)
        ending = asyncio.wrap_future(line.hub.executor.submit(line.tool(name), arguments, context))
        return asyncio.ensure_future(asyncio.wait_for(ending, PATIENCE))


@asynccontextmanager
async def asker(**settings: object) -> AsyncIterator[Board]:
    servers = {era: stdio("asker.py", mode=era, **settings) for era in ERAS}
    async with board(servers) as line:
        await line.ready(*ERAS)
        yield line


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def line() -> AsyncIterator[Board]:
    async with asker() as line:
        yield line


@pytest.mark.parametrize("era", ERAS)
async def test_the_caller_is_asked_and_the_answer_reaches_the_server(line: Board, era: str) -> None:
    caller = Caller()
    assert await caller.calls(line, f"{era}.count", part="fan") == "3 of fan on B"
    (inquiry,) = caller.asked
    assert inquiry.message == "Which shelf holds the fan?"
    assert inquiry.schema["required"] == ["shelf"]
    assert set(inquiry.schema) == {"type", "properties", "required"}


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("kind", "action"), [(ReplyKind.DECLINED, "decline"), (ReplyKind.CANCELLED, "cancel")]
)
async def test_a_caller_who_does_not_answer_is_told_to_the_server(
    line: Board, era: str, kind: ReplyKind, action: str
) -> None:
    caller = Caller(reply=Reply(kind))
    assert await caller.calls(line, f"{era}.count", part="fan") == f"{action}: fan was not counted"


async def test_the_time_of_a_call_stands_still_while_the_caller_is_asked_and_goes_on_after_it() -> None:
    caller, under_way, loop = Caller(reply=None), list[Errand](), asyncio.get_running_loop()
    context = ToolContext("call_1", "session_1", "storekeeper", 0.2, ask=caller.ask)
    with pytest.raises(TimeoutError):
        async with errand(context, 0.2, under_way) as this:
            both = asyncio.gather(this.ask(Inquiry("Which?")), this.ask(Inquiry("How many?")))
            await caller.was_asked.wait()
            loop.call_later(0.3, caller.futures[0].set_result, YES)
            loop.call_later(0.4, caller.futures[1].set_result, YES)
            assert await both == [YES, YES], "longer than the call's own time"
            assert under_way == [this]
            await asyncio.Event().wait()
    assert not under_way


@pytest.mark.parametrize("era", ERAS)
async def test_cancelling_the_call_takes_the_question_back(line: Board, era: str) -> None:
    caller = Caller(reply=None)
    call = caller.calls(line, f"{era}.count", part="fan")
    await caller.was_asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await Caller().calls(line, f"{era}.count", part="fan") == "3 of fan on B"
    assert caller.futures[0].cancelled()


async def test_a_server_that_does_not_say_whom_to_ask_asks_nobody_while_two_callers_are_served(
    line: Board,
) -> None:
    first = Caller("session_1", reply=None)
    waiting = first.calls(line, "legacy.count", part="fan")
    await first.was_asked.wait()
    second = Caller("session_2")
    assert await second.calls(line, "legacy.count", part="screw") == "cancel: screw was not counted"
    assert not second.asked
    first.futures[0].set_result(YES)
    assert await waiting == "3 of fan on B"


async def test_a_modern_server_asks_each_caller_about_their_own_call(line: Board) -> None:
    callers = [Caller(f"session_{number}") for number in range(4)]
    calls = [caller.calls(line, "modern.count", part=caller.name) for caller in callers]
    assert await asyncio.gather(*calls) == [f"3 of {caller.name} on B" for caller in callers]
    for caller in callers:
        assert [inquiry.message for inquiry in caller.asked] == [f"Which shelf holds the {caller.name}?"]


async def test_a_page_is_put_to_the_caller_and_only_one_of_the_web(line: Board) -> None:
    caller = Caller()
    assert await caller.calls(line, "legacy.sign", url="https://sign.example/7") == "accept"
    assert caller.asked == [Inquiry("Please sign for the delivery.", url="https://sign.example/7")]
    for url in ("file:///etc/passwd", "https://good.example@evil.example/", "javascript:alert(1)"):
        assert await caller.calls(line, "legacy.sign", url=url) == "cancel"
    assert len(caller.asked) == 1


class Entries(logging.Handler):
    """What is logged, from whatever thread."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[logging.LogRecord] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        self._loop.call_soon_threadsafe(self.queue.put_nowait, record)


@pytest.mark.parametrize("era", ERAS)
async def test_what_a_server_logs_goes_into_our_log(line: Board, era: str) -> None:
    log, entries = logging.getLogger(f"jackfield.mcp.{era}"), Entries()
    log.addHandler(entries)
    try:
        assert await Caller().calls(line, f"{era}.grumble") == "grumbled"
        async with asyncio.timeout(PATIENCE):
            entry = await entries.queue.get()
    finally:
        log.removeHandler(entries)
    assert (entry.levelno, entry.getMessage()) == (logging.WARNING, '{"screws": "rusty"}')


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("tool", ["think", "where"])
async def test_without_a_declaration_a_server_is_told_that_it_cannot_ask(
    line: Board, era: str, tool: str
) -> None:
    with pytest.raises(ToolError):
        await Caller().calls(line, f"{era}.{tool}")


async def test_a_declared_model_and_declared_folders_serve_a_server_within_limits(tmp_path: Path) -> None:
    endpoint = Endpoint()
    async with endpoint.serving() as url:
        sampling = {"url": url, "model": "tiny", "api_key": "sk-1", "max_tokens": 50, "per_minute": 1}
        async with asker(sampling=sampling, roots=[str(tmp_path)]) as line:
            for era in ERAS:
                assert await Caller().calls(line, f"{era}.think") == "tiny-1 says: M3."
                with pytest.raises(ToolError, match="No more than 1"):
                    await Caller().calls(line, f"{era}.think")
                assert await Caller().calls(line, f"{era}.where") == tmp_path.as_uri()
    assert endpoint.keys == ["Bearer sk-1"] * 2
    assert endpoint.bodies[0] == {
        "model": "tiny",
        "max_tokens": 50,
        "temperature": 0.5,
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": [{"type": "text", "text": "Name a screw."}]},
        ],
    }

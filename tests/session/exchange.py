"""The model of the service behind a real socket, and sessions that are put through to it.

What a client says is taken in at once and answered at once; a test says what the service does of its own
accord (`begin`, `call`, `end`, …) and then lets `flush` put it on the wire.
"""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from jackfield.calls import CallPolicy
from jackfield.config import load
from jackfield.dispatch import Dispatcher, HookedDispatcher
from jackfield.dispatch.blocked import Blocked
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.executors import own_executors
from jackfield.notices import Notice
from jackfield.plugins import Plugins
from jackfield.providers.base import Provider
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.session import Session, Switchboard
from jackfield.session.happenings import notices_of_blocked
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.source import FunctionSource
from tests.conversation.service import Service

PATIENCE = 10.0
GONE = (WebSocketDisconnect, WebSocketDisconnected)


class Exchange(Service):
    """One session of the service, its sockets, and everything that its clients said, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.sockets: list[WebSocket] = []
        self.attachments = 0
        self.said: list[dict[str, Any]] = []
        self.hung_up: list[str] = []
        self.referred: list[str] = []
        self.is_a_phone = True
        self.lasts: float | None = None  # seconds, from the first attachment
        self.expires_at = 0.0
        self.news = asyncio.Condition()
        self._writing = asyncio.Lock()

    async def flush(self) -> None:
        """Put everything on the wire, in order; what nobody is attached for is lost."""
        async with self._writing:
            while self.outbox:
                text = json.dumps(self.outbox.popleft())
                for each in list(self.sockets):
                    with suppress(*GONE):
                        await each.send_text(text)

    async def hears(self, what: Callable[["Exchange"], bool]) -> None:
        """Wait until a client has said so much that it is so."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: what(self))

    async def expire(self) -> None:
        """The session has reached its greatest length (§5.1)."""
        await self.fail("session_expired")
        await self.drop(1001)

    async def fail(self, code: str) -> None:
        """The service will not go on."""
        self._say("error", error={"code": code, "message": "that is all"})
        await self.flush()

    async def drop(self, code: int) -> None:
        """Close every socket with this code, as an accident would."""
        while self.sockets:
            with suppress(*GONE):
                await self.sockets.pop().close(code)

    async def sideband(self, client: WebSocket) -> None:
        await client.accept()
        session: dict[str, Any] = {"type": "realtime"}
        if self.lasts is not None:
            session["expires_at"] = self.expires_at = self.expires_at or time.time() + self.lasts
        await client.send_json({"type": "session.created", "session": session})
        self.sockets.append(client)
        self.attachments += 1
        with suppress(*GONE):
            while True:
                await self.take_in(json.loads(await client.receive_text()))
        self.sockets = [each for each in self.sockets if each is not client]
        await self.tell()

    async def take_in(self, event: dict[str, Any]) -> None:
        self.said.append(event)
        self.inbox.append(event)
        self.read_one()
        await self.flush()
        await self.tell()

    async def tell(self) -> None:
        async with self.news:
            self.news.notify_all()


class House:
    """Sessions of the service behind one address, each found by its call id."""

    def __init__(self, **exchanges: Exchange) -> None:
        self.exchanges = exchanges
        self.lasts: float | None = None  # of the sessions that are opened from now on
        self._server: uvicorn.Server | None = None

    async def sideband(self, client: WebSocket) -> None:
        await self.exchanges[client.query_params["call_id"]].sideband(client)

    async def open(self, request: Request) -> Response:
        call_id = f"rtc_{len(self.exchanges) + 1}"
        self.exchanges[call_id] = Exchange()
        self.exchanges[call_id].lasts = self.lasts
        return Response("v=0\r\n", 201, {"Location": f"/v1/realtime/calls/{call_id}"}, "application/sdp")

    async def hang_up(self, request: Request) -> Response:
        call_id = request.path_params["call"]
        self.exchanges[call_id].hung_up.append(call_id)
        return Response(status_code=200)

    async def refer(self, request: Request) -> Response:
        exchange = self.exchanges[request.path_params["call"]]
        if not exchange.is_a_phone:
            error = {"message": "This session is no phone call.", "type": "invalid_request_error"}
            return JSONResponse({"error": error}, 400)
        exchange.referred.append((await request.json())["target_uri"])
        return Response(status_code=200)

    def cut(self, exchange: Exchange) -> None:
        """Break its sockets, as a network does: no goodbye, and what was on its way is gone."""
        assert self._server is not None
        callers = [each.scope["client"] for each in exchange.sockets]
        exchange.sockets.clear()
        for connection in list(self._server.server_state.connections):
            transport = connection.transport
            if transport is not None and transport.get_extra_info("peername") in callers:
                transport.abort()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        routes = [
            Route("/v1/realtime/calls", self.open, methods=["POST"]),
            Route("/v1/realtime/calls/{call}/hangup", self.hang_up, methods=["POST"]),
            Route("/v1/realtime/calls/{call}/refer", self.refer, methods=["POST"]),
            WebSocketRoute("/v1/realtime", self.sideband),
        ]
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            Starlette(routes=routes), ws="websockets-sansio", lifespan="off", log_config=None
        )
        config.timeout_graceful_shutdown = 1
        self._server = server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            server.should_exit = True
            await asyncio.wait_for(serving, 10)
            listener.close()


class Line:
    """A live session: what it noticed, and the service it lives at."""

    def __init__(self, session: Session, exchange: Exchange, source: FunctionSource, house: House) -> None:
        self.session = session
        self.exchange = exchange
        self.house = house
        self.source = source
        self.notices: list[Notice] = []
        self.ended = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for notice in self.session.timeline():
            self.notices.append(notice)
            await self.exchange.tell()

    async def until(self, what: Callable[["Line"], bool]) -> None:
        await self.exchange.hears(lambda _: what(self))

    def kinds(self) -> list[str]:
        return [notice.type for notice in self.notices]

    async def calls(self, *names: str) -> None:
        """The model calls these tools in one response, under `call_0`, `call_1`, …"""
        self.exchange.begin()
        for number, name in enumerate(names):
            self.exchange.call(f"call_{number}", name)
        self.exchange.end()
        await self.exchange.flush()

    def outputs(self) -> dict[str, str]:
        items = (event["item"] for event in self.exchange.said if event["type"] == "conversation.item.create")
        return {item["call_id"]: item["output"] for item in items if item["type"] == "function_call_output"}


@asynccontextmanager
async def a_line(
    folder: Path,
    agents: str,
    *tools: Callable[..., object],
    repeatable: Sequence[Callable[..., object]] = (),
    policies: dict[str, CallPolicy] | None = None,
    plugins: Plugins | None = None,
    lasts: float | None = None,
    fallback: Sequence[Provider] = (),
) -> AsyncIterator[Line]:
    """The first agent of this agents.yaml, with `tools` as the tools of the plugin `test`; the `repeatable`
    ones say of themselves that they are idempotent. `plugins` are asked and told as the runtime would."""
    (folder / "agents.yaml").write_text(agents)
    config = load(folder / "agents.yaml")
    source = FunctionSource("test")
    for tool in tools:
        source.register(tool)
    for tool in repeatable:
        source.register(tool, idempotent=True)
    exchange = Exchange()
    lines: list[Line] = []
    loop = asyncio.get_running_loop()
    executors = own_executors(report=lambda blocked: crossing_to(loop).post(_tell_of, blocked, lines))
    dispatcher = HookedDispatcher(executors, plugins.call_hooks()) if plugins else Dispatcher(executors)
    notify = plugins.notify if plugins else lambda notice, session_id: None
    exchange.lasts = lasts
    house = House(rtc_1=exchange)
    async with house.serving() as url:
        endpoint = Endpoint(url, "gpt-realtime-2.1", offer_form="multipart")
        provider = RealtimeProvider("openai", endpoint, ApiKey("sk-test"))
        board = Switchboard(
            config,
            lambda: Catalogue([source, *(plugins.tool_sources() if plugins else [])]),
            policies or {},
            dispatcher,
            notify,
        )
        session = Session("session_1", config.first_agent, provider, board, fallback)
        running = asyncio.create_task(session.run("rtc_1"))
        line = Line(session, exchange, source, house)
        lines.append(line)
        try:
            await exchange.hears(lambda _: "sideband_connected" in line.kinds())
            yield line
        finally:
            await session.hang_up()
            await asyncio.wait_for(running, PATIENCE)
            await line.ended
            await dispatcher.aclose()
            await provider.aclose()


def _tell_of(blocked: Blocked, lines: list[Line]) -> None:
    """As the runtime does."""
    for line in lines:
        if line.session.id in blocked.sessions:
            for notice in notices_of_blocked(blocked):
                line.session.observe(notice)

"""The WebSocket of a session: of its own (`?model=`), or beside a call (`?call_id=`)."""

from __future__ import annotations

import asyncio
import logging
import time

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from jackfield_local.engine.errors import Fault
from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.keys import Keys, credential
from jackfield_local.live import LiveSession
from jackfield_local.refusals import Refusal, bad_body, unauthorised, unknown_call
from jackfield_local.switchboard import Switchboard

log = logging.getLogger(__name__)

SUBPROTOCOL = "realtime"
MOST_WAITING = 10_000  # events a client may be behind before it is given up,
MOST_WAITING_CHARACTERS = 64 * 1024 * 1024  # and their size: a quarter of an hour of sound
TRY_AGAIN_LATER = 1013
ABNORMAL = 1006  # no code of a closing frame: there is none
CLOSE_SECONDS = 5.0


class Socket:
    """A client at the other end of a WebSocket. One that does not read is dropped, not waited for."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._waiting: asyncio.Queue[str | tuple[int, str]] = asyncio.Queue(MOST_WAITING)
        self._characters = 0
        self._ending: tuple[int, str] | None = None

    def send(self, kind: str, text: str) -> None:
        if self._waiting.full() or self._characters > MOST_WAITING_CHARACTERS:
            self.close(TRY_AGAIN_LATER, "the client does not read")
        elif self._ending is None:
            self._waiting.put_nowait(text)
            self._characters += len(text)

    def close(self, code: int, reason: str) -> None:
        """After what is waiting. Idempotent; the first reason counts. 1006 breaks the connection."""
        if self._ending is not None:
            return
        self._ending = code, reason
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(self._ending)

    def cut(self, code: int) -> None:
        self.close(code, "")

    async def pump(self) -> None:
        """Send what is waiting until the end."""
        while isinstance(message := await self._waiting.get(), str):
            self._characters -= len(message)
            await self._websocket.send_text(message)
        if not self.broken:
            await self._websocket.close(*message)

    @property
    def broken(self) -> bool:
        """Whether the connection is to end without a goodbye."""
        return self._ending is not None and self._ending[0] == ABNORMAL


class Sockets:
    """Serves the WebSockets of one server."""

    def __init__(self, switchboard: Switchboard, keys: Keys) -> None:
        self._switchboard = switchboard
        self._keys = keys

    async def serve(self, websocket: WebSocket) -> None:
        try:
            live, own = self._admit(websocket)
        except Fault as fault:
            await websocket.send_denial_response(_refused(fault))
            return
        offered = websocket.scope["subprotocols"]
        await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        await _converse(websocket, live, own)

    def _admit(self, websocket: WebSocket) -> tuple[LiveSession, bool]:
        """The session, and whether it belongs to this socket. Raises `Fault`."""
        query = websocket.query_params
        if "api-version" in query:
            raise unauthorised("This path takes no api-version.")
        given = credential(websocket.headers, query, websocket.scope["subprotocols"])
        secret = self._keys.admit(given, time.time())
        model, call_id = query.get("model"), query.get("call_id")
        if model and call_id:
            raise bad_body("Give either model or call_id, not both.", "call_id")
        if call_id:
            if secret is not None:  # an ephemeral key opens sessions; it does not control others
                raise unknown_call()
            return self._switchboard.sideband(call_id), False
        if secret is not None:
            return self._switchboard.open(secret.settings), True
        if query.get("intent") == "transcription":
            return self._switchboard.open(SessionSettings("transcription")), True
        if not model:
            raise bad_body("Missing required parameter: 'model'.", "model")
        return self._switchboard.open(SessionSettings(model=model)), True


def _refused(fault: Fault) -> JSONResponse:
    if isinstance(fault, Refusal):
        return JSONResponse({"error": fault.body()}, fault.status, fault.headers)
    return JSONResponse({"error": fault.body()}, 400)


async def _converse(websocket: WebSocket, live: LiveSession, own: bool) -> None:
    socket = Socket(websocket)
    sending = asyncio.create_task(_send(socket))
    live.join(socket)
    if live.over:  # it ended while this socket was opening
        socket.close(1000, "the session is over")
    reading = asyncio.create_task(_read(websocket, live))
    sending.add_done_callback(lambda _: reading.cancel() if socket.broken else None)
    try:
        await asyncio.wait([reading])
        if not reading.cancelled():
            reading.result()
    finally:
        reading.cancel()
        live.leave(socket)
        if own:
            live.end(reason="the client is gone")
        socket.close(1000, "")
        await asyncio.wait([sending], timeout=CLOSE_SECONDS)
        sending.cancel()


async def _read(websocket: WebSocket, live: LiveSession) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            break
        await live.receive(message.get("text") or (message.get("bytes") or b"").decode("utf-8", "replace"))


async def _send(socket: Socket) -> None:
    try:
        await socket.pump()
    except (WebSocketDisconnect, RuntimeError):
        log.debug("a client left while events were on their way")

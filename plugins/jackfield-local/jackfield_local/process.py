"""The life of the server's process: bind, load, say that it is ready, serve, end cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from ipaddress import ip_address
from typing import cast

import uvicorn
from starlette.applications import Starlette

from jackfield import ConfigurationError
from jackfield_local.engine.session import DEFAULT_SECONDS
from jackfield_local.faculty import Faculties, MindSettings
from jackfield_local.http import create_app
from jackfield_local.keys import Keys
from jackfield_local.line import Lines
from jackfield_local.lines import MediaPool
from jackfield_local.switchboard import Switchboard
from jackfield_local.written import NoLines, load_written

log = logging.getLogger(__name__)

LARGEST_MESSAGE = 32 * 1024 * 1024  # an append event may hold 15 MiB of sound, in base64
FAREWELL_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Options:
    """`key` None lets everybody on this machine in. `written`: text alone, ready at once. `parent_pipe`:
    end when stdin ends."""

    host: str = "127.0.0.1"
    port: int = 0
    key: str | None = field(default=None, repr=False)
    mind: MindSettings = field(default_factory=MindSettings)
    media_processes: int = 1
    session_seconds: float = DEFAULT_SECONDS
    written: bool = False
    parent_pipe: bool = False


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `ConfigurationError` where there can be none."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(128)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({reason}); choose another --port"
        ) from None
    return listening


def require_key(options: Options) -> None:
    """Raises `ConfigurationError` for a server that strangers could reach without a key."""
    try:
        safe = ip_address(options.host).is_loopback
    except ValueError:
        safe = options.host == "localhost"
    if not safe and options.key is None:
        raise ConfigurationError(
            f"{options.host} can be reached from other machines: give --key (or JACKFIELD_LOCAL_KEY)"
        )


class Front(uvicorn.Server):
    """uvicorn, but whoever runs it owns the signals and is told when it is ready."""

    def __init__(self, app: Starlette) -> None:
        # It logs whole URLs, and a browser's key is in the query.
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                timeout_graceful_shutdown=FAREWELL_SECONDS,
            )
        )
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


async def serve(options: Options) -> None:
    """Until a signal, or the end of the parent's pipe. Raises `JackfieldError` if it cannot begin."""
    require_key(options)
    stop = asyncio.Event()
    if options.parent_pipe:
        # Ctrl-C reaches the whole terminal group; it is the parent who decides what it means.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop_with_parent(stop)
    _stop_on_signals(stop, [signal.SIGTERM] if options.parent_pipe else [signal.SIGINT, signal.SIGTERM])
    with bind(options.host, options.port) as listening:
        faculties, lines = await _make_ready(options)
        switchboard = Switchboard(faculties, lines, session_seconds=options.session_seconds)
        try:
            await _serve(create_app(switchboard, Keys(options.key)), switchboard, listening, stop)
        finally:
            await switchboard.aclose()


async def _make_ready(options: Options) -> tuple[Faculties, Lines]:
    """Models and media processes, at the same time."""
    if options.written:
        return load_written(options.mind), NoLines()
    lines = MediaPool(options.media_processes)
    loading = asyncio.to_thread(_load, options.mind)
    loaded, started = await asyncio.gather(loading, lines.start(), return_exceptions=True)
    if isinstance(loaded, Faculties) and started is None:
        return loaded, lines
    await lines.aclose()
    if isinstance(loaded, Faculties):
        await loaded.aclose()
    raise loaded if isinstance(loaded, BaseException) else _error(started)


def _load(mind: MindSettings) -> Faculties:
    # By name: importing all models takes most of a second, and not every server needs them.
    return cast(Faculties, import_module("jackfield_local.faculties").load(mind))


def _error(outcome: BaseException | None) -> BaseException:
    return outcome or RuntimeError("the server did not start")


async def _serve(
    app: Starlette, switchboard: Switchboard, listening: socket.socket, stop: asyncio.Event
) -> None:
    front = Front(app)
    serving = asyncio.create_task(front.serve([listening]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await front.ready.wait()
        _announce(listening)
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        await switchboard.hang_up_all()
        front.should_exit = True
        stopping.cancel()
        await serving


def _announce(listening: socket.socket) -> None:
    """One line of JSON on stdout, for whoever started the process."""
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(json.dumps({"url": f"http://{shown}:{port}/v1", "port": port, "pid": os.getpid()}), flush=True)


def _stop_on_signals(stop: asyncio.Event, numbers: Sequence[signal.Signals]) -> None:
    loop = asyncio.get_running_loop()
    for number in numbers:
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def _stop_with_parent(stop: asyncio.Event) -> None:
    """A thread, because a pipe on Windows cannot be read by the loop; os.read, because sys.stdin's lock
    held by a daemon thread aborts the interpreter's exit."""
    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(descriptor, 1024):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, name="parent-pipe", daemon=True).start()

"""`jackfield serve`: the page and the API."""

from __future__ import annotations

import asyncio
import socket
import webbrowser
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from jackfield.cli.door import access_of
from jackfield.cli.recording import recording
from jackfield.cli.reloading import Reloader, on_hangup
from jackfield.cli.signals import on_signals
from jackfield.config import Config, load
from jackfield.runtime import Runtime
from jackfield.web.access import Access
from jackfield.web.app import application
from jackfield.web.serving import listening, serving

GOODBYE = "The server was stopped."
GOODBYE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Service:
    """What is to be served, where, and for whom."""

    file: Path
    host: str
    port: int
    token: str | None
    origins: tuple[str, ...]
    sessions: int
    open_page: bool
    record: Path | None

    def run(self, occupation: Occupation) -> None:
        """Serve until Ctrl-C or SIGTERM."""
        access = access_of(self.host, self.token, self.origins, self.sessions)
        config = load(self.file)
        with listening(self.host, self.port) as sock:
            asyncio.run(attend(self, config, access, sock, occupation))


Occupation = Callable[[Reloader], Callable[[], Awaitable[object]]]
"""What is done while callers are served, made before the first of them is let in."""

OPTIONS = (
    click.argument("file", type=click.Path(path_type=Path), default=Path("agents.yaml")),
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option(
        "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
    ),
    click.option(
        "--token", envvar="JACKFIELD_TOKEN", help="What callers must bring; needed beyond loopback."
    ),
    click.option(
        "--origin", "origins", multiple=True, metavar="URL", help="A further page that may use the API."
    ),
    click.option("--sessions", default=16, show_default=True, type=click.IntRange(1), help="Most at once."),
    click.option("--open", "open_page", is_flag=True, help="Open the page in the browser."),
    click.option(
        "--record", type=click.Path(path_type=Path), help="A folder for recordings of all sessions."
    ),
)


def served(command: Callable[[Service], None]) -> Callable[..., None]:
    """Gives a command the arguments and options of `jackfield serve`, as one `Service`."""

    @wraps(command)
    def with_options(**given: Any) -> None:
        command(Service(**given))

    described: Callable[..., None] = with_options
    for option in reversed(OPTIONS):
        described = option(described)
    return described


@click.command()
@served
def serve(service: Service) -> None:
    """Serve the page and the API of the agents in FILE (agents.yaml).

    SIGHUP reads FILE again; calls go on with what it says then.
    """
    service.run(lambda reloader: asyncio.Event().wait)


async def attend(
    service: Service, config: Config, access: Access, sock: socket.socket, occupation: Occupation
) -> None:
    """Open the runtime and serve it until Ctrl-C or SIGTERM; a second Ctrl-C leaves at once."""
    task = asyncio.current_task()
    assert task is not None
    with on_signals(task), suppress(asyncio.CancelledError):
        line = Runtime(config, recording(config, service.record))
        async with line as runtime, serving(application(runtime, access=access), sock):
            reloader = Reloader(runtime, service.file)
            with on_hangup(reloader, task.cancel):
                occupied = occupation(reloader)
                await welcome(runtime, url_of(sock, access), service.open_page)
                await until_cancelled(runtime, occupied)


async def welcome(runtime: Runtime, url: str, open_page: bool) -> None:
    for plugin in runtime.plugins.report():
        if plugin.state.at_fault:
            click.echo(f"jackfield: plugin {plugin.name}: {plugin.reason}", err=True)
    click.echo(f"Open {url} and talk to {runtime.config.first_agent}. Ctrl-C ends it.")
    if open_page:
        await asyncio.to_thread(webbrowser.open, url)


async def until_cancelled(runtime: Runtime, occupied: Callable[[], Awaitable[object]]) -> None:
    try:
        await occupied()
    finally:
        # Before the server stops, so that the pages still read why their lines were closed.
        endings = [asyncio.ensure_future(line.hang_up(GOODBYE)) for line in runtime.sessions.values()]
        if endings:
            click.echo(f"Hanging up {len(endings)} line(s).")
            await asyncio.wait(endings, timeout=GOODBYE_SECONDS)


def url_of(sock: socket.socket, access: Access) -> str:
    """What to open. The token stands behind #, where no server and no log sees it."""
    host, port = sock.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}" + (f"/#token={quote(access.token)}" if access.token else "")

"""`jackfield-local serve`: the embedded Realtime server as a command."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path

import click

from jackfield import ConfigurationError, JackfieldError
from jackfield_local.engine.session import DEFAULT_SECONDS
from jackfield_local.faculty import CHAT, RULES, SCRIPT, MindSettings
from jackfield_local.process import Options
from jackfield_local.process import serve as serve_until_stopped

WRONG_USE = 2
FAILED = 1
CHAT_KEY = "JACKFIELD_LOCAL_CHAT_API_KEY"  # only here: a command line can be read by everybody
LEVELS = ["debug", "info", "warning", "error"]


@click.group()
def main() -> None:
    """A Realtime server of your own: WebRTC, speech and a mind, with no account and no network."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8790, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--key", envvar="JACKFIELD_LOCAL_KEY", help="Let in only who has this key.")
@click.option("--mind", default=RULES, show_default=True, help="rules, script:FILE or chat.")
@click.option("--chat-url", default="", envvar="JACKFIELD_LOCAL_CHAT_URL", help="The chat mind's service.")
@click.option("--chat-model", default="", envvar="JACKFIELD_LOCAL_CHAT_MODEL", help="The chat mind's model.")
@click.option("--media-processes", default=1, show_default=True, help="Each serves eight callers.")
@click.option("--session-seconds", default=DEFAULT_SECONDS, show_default=True, help="Life of a session.")
@click.option("--written", is_flag=True, help="Text alone: no ears, no voice, no WebRTC; ready at once.")
@click.option("--log-level", default="info", show_default=True, type=click.Choice(LEVELS))
@click.option("--parent-pipe", is_flag=True, help="End when standard input ends.")
@click.pass_context
def serve(context: click.Context, /, log_level: str, **given: object) -> None:
    """Serve until stopped. Prints one line of JSON with the address when ready."""
    logging.basicConfig(
        level=log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    try:
        asyncio.run(serve_until_stopped(_options(given)))
    except ConfigurationError as error:
        click.echo(f"jackfield-local: {error}", err=True)
        context.exit(WRONG_USE)
    except JackfieldError as error:
        click.echo(f"jackfield-local: {error}", err=True)
        context.exit(FAILED)


def _options(given: dict[str, object]) -> Options:
    key = given["key"]
    return Options(
        host=str(given["host"]),
        port=int(str(given["port"])),
        key=str(key) if key else None,
        mind=_mind(given),
        media_processes=int(str(given["media_processes"])),
        session_seconds=float(str(given["session_seconds"])),
        written=bool(given["written"]),
        parent_pipe=bool(given["parent_pipe"]),
    )


def _mind(given: dict[str, object]) -> MindSettings:
    """Raises `ConfigurationError` for a mind that does not exist."""
    mind = str(given["mind"])
    kind, _, file = mind.partition(":")
    if kind == SCRIPT and file:
        return MindSettings(SCRIPT, script=Path(file))
    if mind == CHAT:
        url, model = str(given["chat_url"]), str(given["chat_model"])
        return MindSettings(CHAT, base_url=url, model=model, api_key=os.environ.get(CHAT_KEY, ""))
    if mind == RULES:
        return MindSettings(RULES)
    raise ConfigurationError(f"--mind {mind}: there are {RULES}, {SCRIPT}:FILE and {CHAT}")

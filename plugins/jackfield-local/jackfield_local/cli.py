"""`jackfield-local serve`: the embedded Realtime server as a command."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from importlib import import_module
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


@main.command(name="call")
@click.option("--server", default="http://127.0.0.1:8790/v1", show_default=True, help="An embedded server.")
@click.option("--key", default="anybody", envvar="JACKFIELD_LOCAL_KEY", help="Its key, if it has one.")
@click.option(
    "--agent-url",
    default="http://127.0.0.1:8080/webhooks/realtime",
    show_default=True,
    help="Where jackfield serve takes webhooks.",
)
@click.option("--secret", default="", envvar="JACKFIELD_LOCAL_WEBHOOK_SECRET", help="Signs the webhook.")
@click.option("--to", default="+442079460000", show_default=True, help="The number that is dialled.")
@click.option("--from", "caller", default="+442071838750", show_default=True, help="Who calls.")
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="A SIP header more.")
@click.option("--keys", default="", help="Keys that the caller presses when greeted.")
@click.option("--wav", type=click.Path(path_type=Path), help="What the caller says then.")
@click.pass_context
def make_call(context: click.Context, /, headers: tuple[str, ...], **given: object) -> None:
    """Call an agent by phone: the phone rings at an embedded server that is running."""
    calling = import_module("jackfield_local.calling")  # a server needs none of it
    pairs = (each.partition(":") for each in headers)
    wanted = calling.Calling(headers={name.strip(): value.strip() for name, _, value in pairs}, **given)
    try:
        asyncio.run(calling.call(wanted, click.echo))
    except JackfieldError as error:
        click.echo(f"jackfield-local: {error}", err=True)
        context.exit(WRONG_USE if isinstance(error, ConfigurationError) else FAILED)


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

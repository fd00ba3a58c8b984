"""`jackfield mcp login`: what is printed while a person logs in to a server."""

from __future__ import annotations

import asyncio
import webbrowser

import click

from jackfield.config import Config
from jackfield.errors import ConfigurationError, McpError
from jackfield.mcp.auth.logging_in import log_in
from jackfield.mcp.redaction import redacted


def login(config: Config, server: str, browser: bool, seconds: int) -> None:
    """Returns when somebody has logged in. Raises `ConfigurationError` where that is not to be done here, and
    `McpError` where it comes to nothing."""
    declared = config.mcp_servers.get(server)
    if declared is None:
        names = ", ".join(config.mcp_servers) or "none"
        raise ConfigurationError(f"there is no MCP server {server!r}; declared: {names}")
    if declared.auth is None or declared.auth.oauth is None:
        raise ConfigurationError(
            f"nobody logs in to {server}: mcp_servers.{server}.auth has no `oauth` in agents.yaml"
        )

    def show(url: str) -> None:
        click.echo(f"To log in to {server}, open this address on this machine:\n\n  {url}\n")
        if browser:
            webbrowser.open(url)

    try:
        asyncio.run(log_in(declared, show, seconds))
    except McpError as error:
        raise McpError(f"mcp_servers.{server}: {redacted(str(error), declared)}") from None
    except OSError as error:
        raise McpError(f"mcp_servers.{server}: the login cannot be made or kept: {error}") from None
    click.echo(f"You are logged in to {server}.")

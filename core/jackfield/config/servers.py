"""`mcp_servers` and `providers`: the services that agents live at and work with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from jackfield.config.auth import AuthConfig
from jackfield.config.calls import CallLimits
from jackfield.config.lasting import Prices
from jackfield.config.model import Model
from jackfield.config.phone import WebhookSecret
from jackfield.config.values import Seconds, SecondsOrNone, Text, WebAddress, Words

Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,20}$")]


class ServerToolConfig(CallLimits):
    """What is known of some tools of a server better than the server says, and how they are called."""

    fixed: dict[str, object] = Field(default={}, repr=False)
    """Arguments that are always these. The model never sees them, and cannot change them."""

    read_only: bool | None = None
    """`true`: running it changes nothing. Default: what the server says."""

    idempotent: bool | None = None
    """`true`: running it twice does no more than once. Default: what the server says."""


class SamplingConfig(Model):
    """A chat endpoint that answers when an MCP server wants to ask a model."""

    url: WebAddress
    """Its address, up to and including /v1."""

    model: Text
    """The model's name there."""

    api_key: Text | None = Field(default=None, repr=False)
    """Its key, as `${NAME}`."""

    max_tokens: int = Field(default=1000, ge=1, le=100_000)
    """The longest answer; a server may ask for less."""

    per_minute: int = Field(default=10, ge=1, le=1000)
    """How many answers the server gets in a minute; it is refused more."""


class McpServerConfig(Model):
    """One MCP server: a command that is started (stdio), or an address (http, sse)."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    command: Words | None = Field(default=None, repr=False)
    """The program to start, as a list or as text. The word `python` in front means the interpreter that
    Jackfield itself runs on."""

    args: list[str] = Field(default=[], repr=False)
    """More words for the command."""

    env: dict[str, str] = Field(default={}, repr=False)
    """Environment variables for the command."""

    cwd: Text | None = None
    """The folder the command is started in, seen from the folder of this file, which is the default."""

    url: WebAddress | None = Field(default=None, repr=False)
    """The address of a server that is already running."""

    transport: Literal["stdio", "http", "sse"] = "stdio"
    """How to speak with it. Default: `stdio` for a command; for an address `sse` if it ends in /sse, else
    `http`."""

    headers: dict[str, str] = Field(default={}, repr=False)
    """HTTP headers for the address, such as `Authorization`."""

    auth: AuthConfig | None = None
    """How Jackfield gets the token that the address wants. None: there is none, or it is in `headers`."""

    start_timeout: Seconds = 15.0
    """How long it may take to start and list its tools; a session never waits for it."""

    include: list[str] = Field(default=["*"])
    """Which of its tools may be used: names or patterns, without the server's name."""

    exclude: list[str] = Field(default=[])
    """Which of them may not, even if included."""

    prefix: Prefix = ""
    """Put before the name of each of its tools: with `shop_`, `find` of the server `tickets` is
    `tickets.shop_find`."""

    fixed: dict[str, object] = Field(default={}, repr=False)
    """Arguments that are always these, for every tool that takes one of the name. The model never sees
    them, and cannot change them."""

    calls: CallLimits = CallLimits()
    """How its tools are called, all of them."""

    tools: dict[str, ServerToolConfig] = Field(default={})
    """Exceptions, by the server's own name of a tool (`ask_supplier`) or a pattern (`find_*`)."""

    tool_search: bool = False
    """`true`: tools that an agent names by a pattern are not carried by a session from the start; the
    model looks for those it needs with one tool more, `tool_search`. For servers with hundreds."""

    required: bool = False
    """`true`: nothing starts without this server, and while it is away the process says that it is not
    ready for new callers."""

    mode: Literal["auto", "legacy", "modern"] = "auto"
    """The era of its protocol: `legacy` shakes hands (up to 2025-11-25), `modern` does not (2026-07-28);
    `auto` finds out."""

    heartbeat: SecondsOrNone = 30.0
    """How often it is asked for a sign of life; `never` for not at all."""

    sampling: SamplingConfig | None = None
    """The chat endpoint that serves it when it wants to ask a model. None: it is told that it cannot."""

    roots: list[Text] = Field(default=[])
    """The folders that it is told it may work in, seen from the folder of this file. None: it is told that
    there is no such list."""


class ProviderConfig(Model):
    """One Realtime service. What is not said here is the kind's own."""

    model_config = ConfigDict(extra="allow")

    kind: str = ""
    """What it is: `local`, `azure`, `openai`, or a kind that a plugin brings. Default: its name."""

    renew_before: Seconds = 120.0
    """How long before the end of a session there a new one is opened; of a short session, two fifths of it at
    most."""

    context_window: int | None = Field(default=None, ge=1_000)
    """How many tokens its model can hold. Default: what is known of the model by its name."""

    prices: Prices = Prices()
    """What its model costs, to estimate what a session costs."""

    webhook_secret: WebhookSecret | None = Field(default=None, repr=False)
    """The secret, as `${NAME}`, with which it signs the webhooks that announce calls by phone."""

    @property
    def settings(self) -> dict[str, object]:
        """What its kind wants to know, environment filled in. May hold a key: never print it."""
        return dict(self.model_extra or {})

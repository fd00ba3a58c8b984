"""agents.yaml as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema

from jackfield.config.agents import AgentConfig, Defaults
from jackfield.config.document import Document
from jackfield.config.model import Model
from jackfield.config.phone import PhoneConfig
from jackfield.config.servers import McpServerConfig, ProviderConfig
from jackfield.config.values import Name

PluginSettings = dict[str, object]


def _section(value: object) -> object:
    if value is None:
        return {}
    if value in ("off", False):
        return False
    if not isinstance(value, dict):
        raise ValueError("must be a mapping of its settings, or off")
    return value


PluginSection = Annotated[
    PluginSettings | Literal[False],
    BeforeValidator(_section),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"enum": ["off", False]}]}),
]
"""The settings of a plugin, or False where it is switched off."""


class Config(Model):
    """A checked agents.yaml: references hold, defaults are filled in, the environment too."""

    version: Literal[1] = 1
    """The version of this format."""

    provider: Name = "local"
    """Where sessions live, unless an agent says otherwise. `local` needs no account and no network."""

    providers: dict[Name, ProviderConfig] = Field(default={})
    """The Realtime services, by name. One that no agent uses may lack its environment variables."""

    mcp_servers: dict[Name, McpServerConfig] = Field(default={})
    """MCP servers, by name; the tool `find` of the server `tickets` is `tickets.find`."""

    plugins: dict[Name, PluginSection] = Field(default={}, repr=False)
    """Settings of plugins, by the plugin's name; a plugin says what it takes. `off`: it is not loaded."""

    allow_plugins: list[Name] | None = None
    """The only installed plugins that are loaded. Default: all. The environment variable `JACKFIELD_PLUGINS`
    may narrow that further."""

    phone: PhoneConfig = PhoneConfig()
    """Who answers the calls that ring at providers with a `webhook_secret`."""

    concurrency: int = Field(default=256, ge=1, le=10_000)
    """How many function calls may run at once in this process, of all agents together; more wait in order."""

    defaults: Defaults = Defaults()
    """Said once for all agents; each of them may say otherwise."""

    agents: dict[Name, AgentConfig] = Field(min_length=1)
    """The agents, by name. The first one answers, unless another is asked for."""

    _folder: Path = PrivateAttr(default=Path("."))
    _document: Document | None = PrivateAttr(default=None)

    @property
    def plugin_settings(self) -> dict[str, PluginSettings]:
        """The sections of `plugins` that are settings, by plugin name."""
        return {name: section for name, section in self.plugins.items() if section is not False}

    @property
    def plugins_off(self) -> set[str]:
        """The plugins that are switched off."""
        return {name for name, section in self.plugins.items() if section is False}

    @property
    def document(self) -> Document | None:
        """Where everything stands, for checks that come later; None if it was read from no file."""
        return self._document

    @property
    def folder(self) -> Path:
        """Where the file stands: relative paths in it are meant from here."""
        return self._folder

    @property
    def first_agent(self) -> str:
        """The name of the first agent that is one, not a person to transfer to."""
        return next(name for name, agent in self.agents.items() if agent.transfer is None)

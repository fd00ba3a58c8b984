"""What all sessions of a runtime share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jackfield.calls import CallPolicy
from jackfield.config import Config
from jackfield.dispatch.dispatcher import Dispatcher
from jackfield.notices import Notice
from jackfield.session.persona import Persona
from jackfield.tools.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Switchboard:
    """`catalogue` is asked anew each time: an MCP server's tools come and go. `notify` tells the plugins
    of a notice, and keeps what they raise to itself."""

    config: Config
    catalogue: Callable[[], Catalogue]
    plugin_policies: Mapping[str, CallPolicy]
    dispatcher: Dispatcher
    notify: Callable[[Notice, str], None]

    def persona(self, agent: str) -> Persona:
        """The agent with the tools that are there now."""
        return Persona.of(agent, self.config, self.catalogue(), self.plugin_policies)

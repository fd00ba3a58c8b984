"""What all sessions of a runtime share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jackfield.calls import CallPolicy, Json
from jackfield.config import Config
from jackfield.dispatch.dispatcher import Dispatcher
from jackfield.dispatch.placement import place
from jackfield.dispatch.shelf import READ_MORE, READ_MORE_POLICY
from jackfield.notices import Notice
from jackfield.session.attendants import Attendants
from jackfield.session.clock import Clock
from jackfield.session.persona import Persona
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.tool import HUB, PROCESS


@dataclass(frozen=True, slots=True)
class Switchboard:
    """`catalogue` is asked anew each time: an MCP server's tools come and go. `notify` tells the plugins
    of a notice, and keeps what they raise to itself; `attendants` are those beside whole sessions. `clock` is
    where sessions get the time."""

    config: Config
    catalogue: Callable[[], Catalogue]
    plugin_policies: Mapping[str, CallPolicy]
    dispatcher: Dispatcher
    notify: Callable[[Notice, str], None]
    clock: Callable[[], Clock] = asyncio.get_running_loop
    attendants: Attendants = field(default_factory=Attendants)

    def persona(self, agent: str, session_id: str = "") -> Persona:
        """The agent with the tools that are there now, and what plugins have added to its instructions;
        `read_more` is among the tools once the session has had a result that was cut."""
        words = self.attendants.words(agent, session_id)
        persona = Persona.of(agent, self.config, self.catalogue(), self.plugin_policies).with_words(words)
        shelves = self.dispatcher.shelves
        if not shelves.has(session_id):
            return persona
        return persona.with_tool(READ_MORE, shelves.tool, READ_MORE_POLICY)

    def tell(self, notice: Notice, session_id: str) -> None:
        """A session has something to tell."""
        self.notify(notice, session_id)
        self.attendants.observe(notice, session_id)

    def settings(self, persona: Persona, wire_name: str) -> Mapping[str, Json]:
        """What agents.yaml says under `plugins` of the one that a tool comes from."""
        tool = persona.tools.get(wire_name)
        return {} if tool is None or tool.runs_on == HUB else self.config.plugin_settings.get(tool.source, {})

    def isolated_plugins(self) -> set[str]:
        """Those whose tools some agent calls in worker processes."""
        personas = [self.persona(name) for name, agent in self.config.agents.items() if not agent.transfer]
        return {
            tool.source
            for persona in personas
            for wire_name, tool in persona.tools.items()
            if place(tool.runs_on, persona.policy(wire_name).isolation) == PROCESS
        }

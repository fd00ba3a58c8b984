"""What all sessions of a runtime share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jackfield.calls import CallPolicy, Json, Outcome
from jackfield.config import Config
from jackfield.dispatch.dispatcher import Dispatcher
from jackfield.dispatch.placement import placed
from jackfield.dispatch.shelf import READ_MORE, READ_MORE_POLICY
from jackfield.notices import Notice
from jackfield.session.attendants import Attendants
from jackfield.session.clock import Clock
from jackfield.session.persona import Persona
from jackfield.session.resources import READ_RESOURCE, READ_RESOURCE_POLICY, Resources
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.tool import HUB, PROCESS


@dataclass(slots=True)
class Switchboard:
    """`config` and `plugin_policies` may be replaced while sessions live (`take_over`), who ask each time.

    `catalogue` is asked anew each time: an MCP server's tools come and go. `notify` tells the plugins of a
    notice, and keeps what they raise to itself; `attendants` are those beside whole sessions. `clock` is
    where sessions get the time; `resources` reads what MCP servers link to, and tells what of theirs
    belongs into instructions.
    """

    config: Config
    catalogue: Callable[[], Catalogue]
    plugin_policies: Mapping[str, CallPolicy]
    dispatcher: Dispatcher
    notify: Callable[[Notice, str], None]
    clock: Callable[[], Clock] = asyncio.get_running_loop
    attendants: Attendants = field(default_factory=Attendants)
    former: dict[str, Config] = field(default_factory=dict)
    resources: Resources | None = None

    def take_over(self, config: Config, plugin_policies: Mapping[str, CallPolicy]) -> None:
        """Another agents.yaml. An agent that it does not have any more is what it was to those who have it on
        their line."""
        for name, agent in self.config.agents.items():
            if agent.transfer is None and (name not in config.agents or config.agents[name].transfer):
                self.former[name] = self.config
        self.config, self.plugin_policies = config, plugin_policies

    def config_of(self, agent: str) -> Config:
        """The agents.yaml that has this agent, or had it last."""
        return self.config if agent in self.config.agents else self.former[agent]

    def persona(self, agent: str, session_id: str = "") -> Persona:
        """The agent with the tools that are there now, and what plugins have added to its instructions;
        `read_more` is among the tools once the session has had a result that was cut, and `read_resource`
        once it has had one with links."""
        words = self.attendants.words(agent, session_id)
        config = self.config_of(agent)
        if config.agents[agent].transfer:
            config = self.former[agent]
        persona = Persona.of(agent, config, self.catalogue(), self.plugin_policies)
        briefs = map(self.resources.brief, config.agents[agent].briefing) if self.resources else ()
        for told in (*briefs, words):
            persona = persona.with_words(told)
        shelves, resources = self.dispatcher.shelves, self.resources
        if shelves.has(session_id):
            persona = persona.with_tool(READ_MORE, shelves.tool, READ_MORE_POLICY)
        if resources is not None and resources.has(session_id):
            persona = persona.with_tool(READ_RESOURCE, resources.tool, READ_RESOURCE_POLICY)
        return persona

    def linked(self, session_id: str, source: str, outcome: Outcome) -> bool:
        """Whether an outcome of this source's links to what can be read from now on."""
        if self.resources is None or not outcome.links:
            return False
        self.resources.note(session_id, source, outcome.links)
        return True

    def forget(self, session_id: str) -> None:
        """The session has ended: what was kept of its results is let go."""
        self.dispatcher.shelves.forget(session_id)
        if self.resources is not None:
            self.resources.forget(session_id)

    def tell(self, notice: Notice, session_id: str) -> None:
        """A session has something to tell."""
        self.notify(notice, session_id)
        self.attendants.observe(notice, session_id)

    def settings(self, persona: Persona, wire_name: str) -> Mapping[str, Json]:
        """What agents.yaml says under `plugins` of the one that a tool comes from."""
        tool = persona.tools.get(wire_name)
        if tool is None or tool.runs_on == HUB:
            return {}
        return self.config.plugins.get(tool.home) or {}  # a plugin that is off has none

    def isolated_plugins(self) -> set[str]:
        """Those whose tools some agent calls in worker processes."""
        personas = [self.persona(name) for name, agent in self.config.agents.items() if not agent.transfer]
        return {
            tool.home
            for persona in personas
            for wire_name, tool in persona.tools.items()
            if placed(tool, persona.policy(wire_name).isolation).runs_on == PROCESS
        }

"""A persona: one agent at one moment, with the tools that are there and the names they have on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from jackfield.calls import CallPolicy, Json
from jackfield.config import AgentConfig, Config, handoff_tool, instructions_for, policy_for
from jackfield.config.policies import searched
from jackfield.session import work_tools
from jackfield.tools.catalogue import Catalogue, function_tools
from jackfield.tools.tool import Tool
from jackfield.tools.wire import function_tool

_DEFAULTS = CallPolicy()


@dataclass(frozen=True, slots=True)
class Persona:
    """Fits the conversation's `Repertoire`. `tools` and `handoffs` are keyed by wire name; a handoff's
    value is the agent it leads to. `hidden` are tools that the model has to search for."""

    agent: str
    config: AgentConfig
    instructions: str
    tools: Mapping[str, Tool]
    handoffs: Mapping[str, str]
    policies: Mapping[str, CallPolicy]
    function_tools: Sequence[Mapping[str, Json]]
    hidden: Mapping[str, Tool] = field(default_factory=dict)

    @classmethod
    def of(
        cls, agent: str, config: Config, catalogue: Catalogue, defaults: Mapping[str, CallPolicy]
    ) -> Persona:
        """The agent as agents.yaml declares it, with those of its tools that are there now. `defaults` are
        the policies that plugins give their own tools."""
        declared = config.agents[agent]
        selection = catalogue.choose(declared.tools, searched=searched(config))
        handoffs = {handoff_tool(handoff.to): handoff for handoff in declared.handoffs}
        offers = [_offer(name, handoff.to, handoff.when) for name, handoff in handoffs.items()]
        return cls(
            agent=agent,
            config=declared,
            instructions=instructions_for(config, agent),
            tools=selection.tools,
            handoffs={name: handoff.to for name, handoff in handoffs.items()},
            policies={
                wire_name: policy_for(config, agent, tool.name, defaults.get(tool.name))
                for wire_name, tool in {**selection.tools, **selection.hidden}.items()
            },
            function_tools=[*function_tools(selection), *offers, *_work_tools(declared)],
            hidden=selection.hidden,
        )

    def with_words(self, words: str) -> Persona:
        """The same with more in its instructions."""
        if not words:
            return self
        return replace(self, instructions=f"{self.instructions}\n\n{words}".strip())

    def with_tool(self, wire_name: str, tool: Tool, policy: CallPolicy) -> Persona:
        """The same with one tool more, that no file declares."""
        return replace(
            self,
            tools={**self.tools, wire_name: tool},
            policies={**self.policies, wire_name: policy},
            function_tools=[*self.function_tools, function_tool(wire_name, tool)],
        )

    def offers(self, wire_name: str) -> bool:
        """Whether this is one of the tools about work, and on offer."""
        return self.config.work_tools and wire_name in work_tools.NAMES

    def policy(self, wire_name: str) -> CallPolicy:
        return self.policies.get(wire_name, _DEFAULTS)

    def title(self, wire_name: str) -> str:
        tool = self.tools.get(wire_name)
        return tool.name if tool else wire_name

    def update(self) -> dict[str, Json]:
        """What a live session is told when this persona takes over. Never the voice: once the model has
        spoken, an update that names another voice is refused as a whole (§2, §5.2)."""
        return {"instructions": self.instructions, "tools": list(self.function_tools), "tool_choice": "auto"}

    def session_object(self) -> dict[str, Json]:
        """The session object to open a session with (§2)."""
        return {
            "type": "realtime",
            "output_modalities": ["audio"],
            **self.config.session(),
            **self.update(),
        }


def _work_tools(declared: AgentConfig) -> Sequence[Mapping[str, Json]]:
    return work_tools.OFFERS if declared.work_tools else ()


def _offer(name: str, to: str, when: str) -> dict[str, Json]:
    return {
        "type": "function",
        "name": name,
        "description": f"Transfer the caller to {to}. Use it when {when}.",
        "parameters": {"type": "object", "properties": {}, "required": []},
    }

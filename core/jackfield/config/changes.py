"""What is different between two agents.yaml, and what a running call hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from jackfield.config.agents import AgentConfig
from jackfield.config.models import Config

NEXT_CALL = (
    *("provider", "voice", "speed", "turn_detection", "transcription", "noise_reduction"),
    *("max_output_tokens", "truncation", "reasoning", "parallel_tool_calls", "tracing", "prompt", "include"),
)
"""What of an agent a session keeps as long as it lives: a service takes a voice only before it has spoken."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The names under each heading that were added, removed or changed. `next_call` are the keys, as
    `agent.key`, whose new values only sessions opened from now on get. False where nothing is different."""

    agents: frozenset[str] = frozenset()
    servers: frozenset[str] = frozenset()
    plugins: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    next_call: tuple[str, ...] = ()
    bounds: bool = False
    phone: bool = False

    @classmethod
    def between(cls, old: Config, new: Config) -> Self:
        return cls(
            agents=_different(old.agents, new.agents),
            servers=_different(old.mcp_servers, new.mcp_servers),
            plugins=_different(old.plugins, new.plugins),
            providers=_different(old.providers, new.providers),
            next_call=tuple(_kept(old.agents, new.agents)),
            bounds=old.concurrency != new.concurrency,
            phone=old.phone != new.phone,
        )

    def __bool__(self) -> bool:
        return self.bounds or self.phone or any((self.agents, self.servers, self.plugins, self.providers))

    def __str__(self) -> str:
        """A clause: `agents receptionist, workshop; MCP servers tickets`."""
        named = {
            "agents": self.agents,
            "MCP servers": self.servers,
            "plugins": self.plugins,
            "providers": self.providers,
        }
        parts = [f"{what} {', '.join(sorted(names))}" for what, names in named.items() if names]
        whole = {"concurrency": self.bounds, "phone": self.phone}
        return "; ".join([*parts, *(key for key, changed in whole.items() if changed)])


def _different(old: Mapping[str, object], new: Mapping[str, object]) -> frozenset[str]:
    return frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))


def _kept(old: Mapping[str, AgentConfig], new: Mapping[str, AgentConfig]) -> Iterator[str]:
    for name in sorted(old.keys() & new.keys()):
        for key in NEXT_CALL:
            if getattr(old[name], key) != getattr(new[name], key):
                yield f"{name}.{key}"

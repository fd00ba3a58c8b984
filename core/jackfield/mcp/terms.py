"""What agents.yaml says of one tool of a server: more than the server does, and it has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from mcp import types

from jackfield.calls import Json
from jackfield.config.servers import McpServerConfig
from jackfield.config.tool_names import entries_for
from jackfield.mcp.fixed import properties_of


@dataclass(frozen=True, slots=True)
class Terms:
    """`fixed` are the arguments that are always these."""

    fixed: Mapping[str, Json] = field(default_factory=dict, repr=False)
    read_only: bool = False
    idempotent: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether running the tool twice does no harm."""
        return self.read_only or self.idempotent


def terms_of(tool: types.Tool, config: McpServerConfig) -> Terms:
    """The server's annotations, and what the file says instead: of several entries the later one wins."""
    hints = tool.annotations or types.ToolAnnotations()
    read_only, idempotent = bool(hints.read_only_hint), bool(hints.idempotent_hint)
    takes = properties_of(tool.input_schema) if config.fixed else frozenset()
    fixed = {name: value for name, value in config.fixed.items() if name in takes}
    for _, entry in entries_for(tool.name, config.tools):
        fixed.update(entry.fixed)
        read_only = read_only if entry.read_only is None else entry.read_only
        idempotent = idempotent if entry.idempotent is None else entry.idempotent
    return Terms(cast(Mapping[str, Json], fixed), read_only, idempotent)

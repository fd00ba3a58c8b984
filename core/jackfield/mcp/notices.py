"""Notices about MCP servers."""

from __future__ import annotations

from dataclasses import dataclass

from jackfield.notices import Notice


@dataclass(frozen=True, slots=True)
class McpServerChanged(Notice):
    """A server whose tools this agent may use is in another state; `reason` is why it is not ready, or ""."""

    server: str
    state: str
    reason: str

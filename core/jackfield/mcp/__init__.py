"""MCP servers as tool sources: supervised, shared by all sessions, never in anybody's way."""

from jackfield.mcp.hub import Hub
from jackfield.mcp.state import ServerState, ServerStatus

__all__ = ["Hub", "ServerState", "ServerStatus"]

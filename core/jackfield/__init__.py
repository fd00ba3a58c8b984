"""Jackfield: voice agents declared in YAML, with tools from Python packages and MCP servers."""

from jackfield.calls import (
    CallPolicy,
    Deliver,
    Duplicates,
    Image,
    Inquiry,
    OnBargeIn,
    Outcome,
    OutcomeKind,
    Reply,
    ReplyKind,
)
from jackfield.errors import (
    ConfigurationError,
    JackfieldError,
    McpError,
    MediaError,
    PluginError,
    ProviderError,
    ProviderRefused,
    ProviderUnreachable,
    SidebandLost,
    ToolError,
)
from jackfield.hookspecs import Verdict, hookimpl
from jackfield.tools.tool import Tool, ToolContext, ToolSource

__all__ = [
    "CallPolicy",
    "ConfigurationError",
    "Deliver",
    "Duplicates",
    "Image",
    "Inquiry",
    "JackfieldError",
    "McpError",
    "MediaError",
    "OnBargeIn",
    "Outcome",
    "OutcomeKind",
    "PluginError",
    "ProviderError",
    "ProviderRefused",
    "ProviderUnreachable",
    "Reply",
    "ReplyKind",
    "SidebandLost",
    "Tool",
    "ToolContext",
    "ToolError",
    "ToolSource",
    "Verdict",
    "hookimpl",
]

"""A block of MCP servers as other programs write it, read as it stands.

They say `mcpServers` for `mcp_servers`, `type` for `transport` (and "streamable-http" for "http"), may
switch a server off with `disabled`, and keep settings there that mean something only to them.
"""

from __future__ import annotations

from dataclasses import replace

from jackfield.config.source import Node, Scalar, Table

_OURS = "mcp_servers"
_THEIRS = "mcpServers"
_TRANSPORTS = {"streamable-http": "http", "streamableHttp": "http", "streamable_http": "http"}
_FOREIGN = ("disabled", "autoApprove", "alwaysAllow", "description")


def use_our_keys(root: Node) -> None:
    """Rename what has another name here; every place stays what it is."""
    if not isinstance(root, Table):
        return
    if _OURS not in root.items:
        _rename(root, _THEIRS, _OURS)
    servers = root.items.get(_OURS)
    if isinstance(servers, Table):
        for name, server in list(servers.items.items()):
            if isinstance(server, Table):
                _server(servers, name, server)


def _server(servers: Table, name: str, server: Table) -> None:
    disabled = server.items.get("disabled")
    if isinstance(disabled, Scalar) and disabled.value is True:
        del servers.items[name], servers.keys[name]
        return
    for key in _FOREIGN:
        server.items.pop(key, None)
        server.keys.pop(key, None)
    if "transport" not in server.items:
        _rename(server, "type", "transport")
    transport = server.items.get("transport")
    if isinstance(transport, Scalar) and isinstance(transport.value, str):
        value = _TRANSPORTS.get(transport.value, transport.value)
        server.items["transport"] = replace(transport, value=value)


def _rename(table: Table, theirs: str, ours: str) -> None:
    if theirs in table.items:
        table.items[ours], table.keys[ours] = table.items.pop(theirs), table.keys.pop(theirs)

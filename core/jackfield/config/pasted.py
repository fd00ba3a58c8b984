"""A block of MCP servers as other programs write it, read as it stands.

Its top key is `mcpServers`, or `servers` beside `inputs`. What has another name there gets ours; what
means something only to its own program is passed over, with a note where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from jackfield.config.report import Problem
from jackfield.config.servers import McpServerConfig
from jackfield.config.source import Node, Scalar, Series, Table

OURS = "mcp_servers"
THEIRS = ("mcpServers", "servers")

_KEYS = {
    "type": "transport",
    "httpUrl": "url",
    "serverUrl": "url",
    "includeTools": "include",
    "excludeTools": "exclude",
}
_TRANSPORTS = {
    "streamable-http": "http",
    "streamableHttp": "http",
    "streamable_http": "http",
    "local": "stdio",
}
_SILENT = ("description", "disabled", "enabled", "$schema", "icon", "version", "gallery")
_FOREIGN = {
    "autoApprove": 'here "confirm" says which tools need a yes',
    "alwaysAllow": 'here "confirm" says which tools need a yes',
    "trust": 'here "confirm" says which tools need a yes',
    "timeout": 'here "start_timeout" bounds the start, and "calls.timeout" a call',
    "envFile": 'put its variables into the environment, or into "env"',
    "sandboxEnabled": "servers are not confined here",
    "sandbox": "servers are not confined here",
    "dev": "servers are not watched here",
    "oauth": "see the how-to on connecting MCP servers",
}
_ONLY_COMMAND = ("args", "env", "cwd")
_ONLY_URL = ("headers",)


@dataclass(frozen=True)
class Input:
    """Something another program asks its user for: `${input:ID}`."""

    description: str = ""
    default: str | None = None


@dataclass(frozen=True)
class Pasted:
    """What was found in blocks of other programs beside the servers: values that they ask for, what is
    wrong, and what is worth knowing."""

    inputs: dict[str, Input] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def use_our_keys(root: Node) -> Pasted:
    """Rename what has another name here; every place stays what it is."""
    found = Pasted()
    if not isinstance(root, Table):
        return found
    for server_name, server, servers in _servers(root, OURS):
        _server(servers, server_name, server, found, pasted=False)
    for key in THEIRS:
        if key in root.items:
            _take_in(root, key, found)
    return found


def _take_in(root: Table, key: str, found: Pasted) -> None:
    """Move a pasted block under our own key, beside what stands there already."""
    found.inputs.update(_inputs(root))
    for name, server, servers in _servers(root, key):
        _server(servers, name, server, found, pasted=True)
    block, place = root.items.pop(key), root.keys.pop(key)
    ours = root.items.setdefault(OURS, block)
    root.keys.setdefault(OURS, place)
    if ours is block:
        return
    if not isinstance(block, Table) or not isinstance(ours, Table):
        found.problems.append(Problem(place, f'"{key}" must be a mapping of servers, like "{OURS}"'))
        return
    for name, node in block.items.items():
        if name in ours.items:
            found.problems.append(Problem(block.keys[name], f'there is another server "{name}" already'))
        else:
            ours.items[name], ours.keys[name] = node, block.keys[name]


def _servers(root: Table, key: str) -> Iterator[tuple[str, Table, Table]]:
    servers = root.items.get(key)
    if isinstance(servers, Table):
        for name, server in list(servers.items.items()):
            if isinstance(server, Table):
                yield name, server, servers


def _inputs(root: Table) -> Mapping[str, Input]:
    block = root.items.pop("inputs", None)
    root.keys.pop("inputs", None)
    entries = block.items if isinstance(block, Series) else []
    tables = [entry.items for entry in entries if isinstance(entry, Table)]
    return {
        name: Input(_text(entry.get("description")) or "", _text(entry.get("default")))
        for entry in tables
        if (name := _text(entry.get("id"))) is not None
    }


def _server(servers: Table, name: str, server: Table, found: Pasted, *, pasted: bool) -> None:
    if _value(server, "disabled") is True or _value(server, "enabled") is False:
        _drop(servers, name)
        return
    for theirs, ours in _KEYS.items():
        if theirs in server.items and ours not in server.items:
            _rename(server, theirs, ours)
    transport = server.items.get("transport")
    if isinstance(transport, Scalar) and isinstance(transport.value, str):
        value = _TRANSPORTS.get(transport.value, transport.value)
        server.items["transport"] = replace(transport, value=value)
        if value == "remote":
            _drop(server, "transport")
    for key in _SILENT:
        _drop(server, key)
    _pass_over(server, found, lambda key: _FOREIGN.get(key))
    if pasted:
        _as_it_stands(servers, name, server, found)


def _as_it_stands(servers: Table, name: str, server: Table, found: Pasted) -> None:
    """Nothing in a block of another program is an error only because it is not ours."""
    tools = server.items.get("tools")
    if isinstance(tools, Series) and "include" not in server.items:
        _rename(server, "tools", "include")
    beside, idle = ("url", _ONLY_COMMAND) if "url" in server.items else ("command", _ONLY_URL)
    _pass_over(server, found, lambda key: f"it has no meaning beside a {beside}" if key in idle else None)
    known = McpServerConfig.model_fields
    _pass_over(server, found, lambda key: None if key in known else "it means nothing here")
    env = server.items.get("env")
    for key, item in list(env.items.items()) if isinstance(env, Table) else ():
        if isinstance(env, Table) and isinstance(item, Scalar) and isinstance(item.value, bool):
            env.items[key] = replace(item, value=str(item.value).lower())
    if (fitting := _fitting(name)) != name and fitting not in servers.items:
        note = f'the server "{name}" is called "{fitting}" here: its name becomes part of names of tools'
        found.notes.append(Problem(servers.keys[name], note))
        _rename(servers, name, fitting)


def _fitting(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-") if re.search(r"[^A-Za-z0-9_-]", name) else name
    return (plain if plain[:1].isalpha() else f"mcp-{plain}".rstrip("-"))[:40]


def _pass_over(server: Table, found: Pasted, objection: Callable[[str], str | None]) -> None:
    for key in list(server.items):
        if (reason := objection(key)) is not None:
            if not _is_empty(server.items[key]):
                found.notes.append(Problem(server.keys[key], f'"{key}" is passed over: {reason}'))
            _drop(server, key)


def _is_empty(node: Node) -> bool:
    return node.value is None if isinstance(node, Scalar) else not node.items


def _value(table: Table, key: str) -> object:
    node = table.items.get(key)
    return node.value if isinstance(node, Scalar) else None


def _text(node: Node | None) -> str | None:
    return str(node.value) if isinstance(node, Scalar) and node.value is not None else None


def _drop(table: Table, key: str) -> None:
    table.items.pop(key, None)
    table.keys.pop(key, None)


def _rename(table: Table, theirs: str, ours: str) -> None:
    table.items[ours], table.keys[ours] = table.items.pop(theirs), table.keys.pop(theirs)

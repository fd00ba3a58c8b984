"""What no single value can tell: names that must exist, keys that exclude each other.

These checks read the document, not the models, so that they speak up even while something else in the
file is wrong; what has the wrong shape is passed over here, and reported elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from jackfield.config.document import Document
from jackfield.config.kinds import CREDENTIAL_NEEDS
from jackfield.config.report import Problem, did_you_mean
from jackfield.config.source import Where
from jackfield.config.tool_names import tool_name_problem

LOCAL = "local"
"""The provider that needs no declaration."""

_NOT_FOR_TRANSFER = (
    "tools",
    "handoffs",
    "instructions",
    "briefing",
    "greeting",
    "voice",
    "calls",
    "concurrency",
    "provider",
    "turn_detection",
)
_ONLY_SERVER_VAD = ("threshold", "silence", "prefix_padding", "idle_timeout")
_ONLY_SEMANTIC_VAD = ("eagerness",)


def table(document: Document, *where: str | int) -> dict[str, object]:
    """The mapping at a path of the data, without keys that have nothing after them; empty if none."""
    return {key: value for key, value in _mapping(document.data, where).items() if value is not None}


def _mapping(data: object, where: Where) -> dict[str, object]:
    for part in where:
        data = _within(data, part)
    return data if isinstance(data, dict) else {}


def _within(data: object, part: str | int) -> object:
    """The value under a key or at an index; None where there is none."""
    if isinstance(data, dict) and isinstance(part, str):
        return data.get(part)
    return data[part] if isinstance(data, list) and isinstance(part, int) else None


def texts(value: object) -> Iterator[tuple[int, str]]:
    """The items of a list that are text, with their index."""
    if isinstance(value, list):
        yield from ((at, item) for at, item in enumerate(value) if isinstance(item, str))


def relations(document: Document) -> list[Problem]:
    """Every reference that leads nowhere and every pair that cannot stand together."""
    agents = _mapping(document.data, ("agents",))
    found = [*_provider(document, ("provider",)), *_turns(document, ("defaults", "turn_detection"))]
    found.extend(_overrides(document, ("defaults",)))
    found.extend(_fallback(document, ("defaults", "fallback")))
    for name in _mapping(document.data, ("providers",)):
        found.extend(_credentials(document, ("providers", name)))
    for server in _mapping(document.data, ("mcp_servers",)):
        found.extend(_server(document, ("mcp_servers", server)))
    for agent in agents:
        where: Where = ("agents", agent)
        found.extend(_provider(document, (*where, "provider")))
        found.extend(_fallback(document, (*where, "fallback")))
        found.extend(_turns(document, (*where, "turn_detection")))
        found.extend(_tools(document, where))
        found.extend(_overrides(document, where))
        found.extend(_handoffs(document, agent, list(agents)))
        found.extend(_briefing(document, where))
        found.extend(_transfer(document, where))
    if agents and all("transfer" in table(document, "agents", agent) for agent in agents):
        message = "every agent here is a transfer; at least one must talk to the callers"
        found.append(Problem(document.key(("agents",)), message))
    return found


def _fallback(document: Document, where: Where) -> Iterator[Problem]:
    for at, _ in texts(_mapping(document.data, where[:-1]).get("fallback")):
        yield from _provider(document, (*where, at))


def _provider(document: Document, where: Where) -> Iterator[Problem]:
    named: object = document.data
    for part in where:
        named = _within(named, part)
    known = [*_mapping(document.data, ("providers",)), LOCAL]
    if isinstance(named, str) and named not in known and where not in document.unset:
        written = document.written(where) or named
        near = did_you_mean(written, known) or '; declare it under "providers"'
        yield Problem(document.span(where), f'no provider is named "{written}"{near}')


def _credentials(document: Document, where: Where) -> Iterator[Problem]:
    section = table(document, *where)
    kind = section.get("kind", where[-1])
    if kind == "openai" and ("api_key" in section) == ("credential" in section):
        message = '"api_key" is missing' if "api_key" not in section else 'an "api_key" and a "credential"'
        yield Problem(document.span(where), f"{message} in {'.'.join(map(str, where))}")
    if kind != "azure":
        return
    if ("api_key" in section) == ("credential" in section):
        have = "both" if "api_key" in section else "neither"
        message = f'azure takes an "api_key" or, for Entra ID, a "credential"; here are {have}'
        yield Problem(document.key(where), message)
    credential = section.get("credential")
    for key in CREDENTIAL_NEEDS.get(str(credential), ()):
        if key not in section:
            yield Problem(document.key(where), f'"credential: {credential}" needs "{key}" too')


def _turns(document: Document, where: Where) -> Iterator[Problem]:
    section = _mapping(document.data, where)
    kind = section.get("type", "server_vad")
    excluded = {
        "server_vad": _ONLY_SEMANTIC_VAD,
        "semantic_vad": _ONLY_SERVER_VAD,
        "none": (*_ONLY_SERVER_VAD, *_ONLY_SEMANTIC_VAD, "interrupt_response"),
    }
    for key in excluded.get(str(kind), ()):
        if key in section:
            yield Problem(document.key((*where, key)), f'"{key}" has no meaning with type: {kind}')


def _server(document: Document, where: Where) -> Iterator[Problem]:
    section = table(document, *where)
    name = where[-1]
    if "command" in section and "url" in section:
        yield Problem(document.key((*where, "url")), f'the server "{name}" has a command and a url; keep one')
    elif "command" not in section and "url" not in section:
        message = f'the server "{name}" needs a command (to start it) or a url (if it runs already)'
        yield Problem(document.key(where), message)
    else:
        by_command = "command" in section
        kind, other = ("command", ("headers", "auth")) if by_command else ("url", ("args", "env", "cwd"))
        for key in other:
            if key in section:
                yield Problem(document.key((*where, key)), f'"{key}" has no meaning beside a {kind}')
        if "transport" in section and (section["transport"] == "stdio") != (kind == "command"):
            fitting = "stdio" if kind == "command" else "http or sse"
            yield Problem(document.span((*where, "transport")), f"beside a {kind} the transport is {fitting}")
    yield from _isolated(document, where)


def _isolated(document: Document, server: Where) -> Iterator[Problem]:
    """Isolation of what runs elsewhere anyway."""
    tools = ((*server, "tools", tool) for tool in _mapping(document.data, (*server, "tools")))
    for where in ((*server, "calls"), *tools):
        if document.node((*where, "isolation")) is not None:
            message = 'the tools of an MCP server run over there; "isolation" has no meaning here'
            yield Problem(document.key((*where, "isolation")), message)


def _tools(document: Document, where: Where) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for at, tool in texts(_mapping(document.data, where).get("tools")):
        place = (*where, "tools", at)
        if (message := tool_name_problem(tool, _mapping(document.data, ("mcp_servers",)))) is not None:
            yield Problem(document.span(place), message)
        elif tool in seen:
            yield Problem(document.span(place), f'"{tool}" stands twice in this list')
        seen[tool] = at


def _overrides(document: Document, where: Where) -> Iterator[Problem]:
    for tool in _mapping(document.data, (*where, "calls", "tools")):
        if (message := tool_name_problem(tool, _mapping(document.data, ("mcp_servers",)))) is not None:
            yield Problem(document.key((*where, "calls", "tools", tool)), message)
        server = tool.partition(".")[0]
        place = (*where, "calls", "tools", tool, "isolation")
        if server in _mapping(document.data, ("mcp_servers",)) and document.node(place) is not None:
            message = (
                f'the tools of the MCP server "{server}" run over there; "isolation" has no meaning here'
            )
            yield Problem(document.key(place), message)


def _handoffs(document: Document, agent: str, agents: list[str]) -> Iterator[Problem]:
    handoffs = _mapping(document.data, ("agents", agent)).get("handoffs")
    seen: set[str] = set()
    for at, handoff in enumerate(handoffs if isinstance(handoffs, list) else ()):
        where: Where = ("agents", agent, "handoffs", at, "to")
        to = handoff.get("to") if isinstance(handoff, dict) else None
        if not isinstance(to, str) or where in document.unset:
            continue
        if to == agent:
            yield Problem(document.span(where), f'"{agent}" cannot hand over to itself')
        elif to not in agents:
            near = did_you_mean(to, agents) or f"; there are: {', '.join(agents)}"
            yield Problem(document.span(where), f'no agent is named "{document.written(where)}"{near}')
        elif to in seen:
            message = f'a second handoff to "{to}"; join the two conditions with "or"'
            yield Problem(document.span(where), message)
        seen.add(to)


def _briefing(document: Document, agent: Where) -> Iterator[Problem]:
    entries = _mapping(document.data, agent).get("briefing")
    servers = list(_mapping(document.data, ("mcp_servers",)))
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        where: Where = (*agent, "briefing", at)
        if not isinstance(entry, dict):
            continue
        if ("prompt" in entry) == ("resource" in entry):
            yield Problem(document.span(where), 'a briefing is either a "prompt" or a "resource"')
        elif "arguments" in entry and "resource" in entry:
            yield Problem(document.key((*where, "arguments")), '"arguments" are for a prompt')
        server = entry.get("server")
        if isinstance(server, str) and server not in servers and (*where, "server") not in document.unset:
            near = did_you_mean(server, servers) or '; declare it under "mcp_servers"'
            yield Problem(document.span((*where, "server")), f'no MCP server is named "{server}"{near}')


def _transfer(document: Document, where: Where) -> Iterator[Problem]:
    section = table(document, *where)
    if "transfer" in section:
        for key in _NOT_FOR_TRANSFER:
            if key in section:
                message = f'"{key}" has no meaning beside a transfer: a person answers there'
                yield Problem(document.key((*where, key)), message)

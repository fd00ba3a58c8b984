"""What plugins and MCP servers really offer, held against what agents.yaml counts on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jackfield.calls import CallPolicy, Isolation
from jackfield.cli.lacking import lacking
from jackfield.cli.offers import Offers
from jackfield.config.calls import CallsConfig
from jackfield.config.kinds import AZURE_CREDENTIALS, KINDS
from jackfield.config.loader import Reading
from jackfield.config.policies import levels, searched
from jackfield.config.report import Problem, Span, did_you_mean
from jackfield.config.source import Where
from jackfield.config.tool_names import matches
from jackfield.tools.burden import Burden
from jackfield.tools.catalogue import Catalogue, Selection, function_tools
from jackfield.tools.tool import THREAD


@dataclass(frozen=True)
class Survey:
    """`tools` are the names each agent gets; `plugins` and `servers` are what there is, in words."""

    problems: list[Problem]
    notes: list[Problem]
    tools: Mapping[str, list[str]]
    policies: Mapping[str, CallPolicy]
    plugins: list[str]
    servers: list[str]


def survey(reading: Reading, offers: Offers) -> Survey:
    """Compare a file with what there is."""
    catalogue = Catalogue(offers.sources)
    hidden = searched(reading.config)
    chosen = {
        name: catalogue.choose(agent.tools, searched=hidden) for name, agent in reading.config.agents.items()
    }
    tools = {name: sorted(tool.name for tool in chosen[name].tools.values()) for name in chosen}
    problems = [
        *_providers(reading, offers),
        *_credentials(reading, offers),
        *_unfit(reading, offers),
        *_plugins(reading, offers),
        *(problem for misfit in offers.misfits for problem in misfit.problems(reading.document)),
        *_broken(reading, offers),
        *_servers(reading, offers),
    ]
    notes = [*_overrides(reading, offers, tools), *_retries(reading, catalogue), *lacking(reading)]
    for name, selection in chosen.items():
        problems.extend(_missing(reading, offers, name, selection))
        problems.extend(_blocking(reading, name, selection))
        notes.extend(_aside(reading, name, selection))
        notes.extend(_heavy(reading, name, selection))
    servers = [_server(name, offers, catalogue) for name in reading.config.mcp_servers]
    return Survey(problems, notes, tools, offers.policies, sorted(offers.plugins), servers)


def _providers(reading: Reading, offers: Offers) -> Iterator[Problem]:
    document, config = reading.document, reading.config
    for name in sorted({agent.provider for agent in config.agents.values() if agent.transfer is None}):
        kind = config.providers[name].kind
        if kind not in offers.kinds:
            declared = document.node(("providers", name)) is not None
            where: Where = ("providers", name, "kind") if declared else ("provider",)
            near = did_you_mean(kind, offers.kinds) or f"; there are: {', '.join(sorted(offers.kinds))}"
            if kind in offers.broken:
                near = f": {_one_line(offers.broken[kind])}"
            message = f'no plugin here offers the kind of provider "{kind}"{near}'
            yield Problem(document.span(where), message)


def _credentials(reading: Reading, offers: Offers) -> Iterator[Problem]:
    for name, provider in reading.config.providers.items():
        credential = provider.settings.get("credential")
        known = [*(AZURE_CREDENTIALS if provider.kind == "azure" else ()), *offers.credentials]
        if isinstance(credential, str) and provider.kind in KINDS and credential not in known:
            near = did_you_mean(credential, known) or f"; there are: {', '.join(known) or 'none'}"
            message = f'no plugin here offers the kind of credential "{credential}"{near}'
            yield Problem(reading.document.span(("providers", name, "credential")), message)


def _unfit(reading: Reading, offers: Offers) -> Iterator[Problem]:
    for name, reason in offers.unfit.items():
        message = f'the provider "{name}" cannot be used: {_one_line(reason)}'
        yield Problem(reading.document.key(("providers", name)), message)


def _plugins(reading: Reading, offers: Offers) -> Iterator[Problem]:
    for name in reading.config.plugins:
        if name not in offers.plugins and name not in offers.broken:
            known = [*offers.plugins, *offers.broken]
            near = did_you_mean(name, known) or "; install it, or remove its settings"
            message = f'no plugin named "{name}" is installed{near}'
            yield Problem(reading.document.key(("plugins", name)), message)


def _servers(reading: Reading, offers: Offers) -> Iterator[Problem]:
    for name, reason in offers.down.items():
        message = f'the MCP server "{name}" does not start: {_one_line(reason)}'
        yield Problem(reading.document.key(("mcp_servers", name)), message)


def _broken(reading: Reading, offers: Offers) -> Iterator[Problem]:
    """Plugins at fault, where the file speaks of them; others are the business of `jackfield plugins`."""
    told = {misfit.where[-1] for misfit in offers.misfits}
    for name, reason in offers.broken.items():
        if name in told:
            continue
        span = _mention(reading, name)
        if span is not None:
            yield Problem(span, f'the plugin "{name}" cannot be used: {_one_line(reason)}')


def _mention(reading: Reading, plugin: str) -> Span | None:
    """Where the file first counts on a plugin."""
    if plugin in reading.config.plugin_settings:
        return reading.document.key(("plugins", plugin))
    for name, agent in reading.config.agents.items():
        for at, pattern in enumerate(agent.tools):
            if matches(plugin, pattern.partition(".")[0]):
                return reading.document.span(("agents", name, "tools", at))
    return None


def _missing(reading: Reading, offers: Offers, agent: str, selection: Selection) -> Iterator[Problem]:
    patterns = reading.config.agents[agent].tools
    for pattern, near in selection.missing.items():
        if not _unheard(pattern, offers):
            where = ("agents", agent, "tools", patterns.index(pattern))
            yield Problem(reading.document.span(where), _unknown(pattern, near, offers))


def _unheard(pattern: str, offers: Offers) -> bool:
    """Whether a source that said nothing might have what the pattern asks for."""
    source = pattern.partition(".")[0]
    return any(matches(name, source) for name in (*offers.unasked, *offers.down, *offers.broken))


def _unknown(pattern: str, near: Iterable[str], offers: Offers) -> str:
    source, _, tool = pattern.partition(".")
    known = [each.name for each in offers.sources]
    if source not in known:
        clause = did_you_mean(source, known) or "; install a plugin or declare an MCP server of that name"
        return f'nothing named "{source}" offers tools{clause}'
    hint = next((f'; did you mean "{name}"?' for name in near), "; `jackfield tools` lists what there is")
    return f'"{source}" has no tool "{tool}"{hint}'


def _aside(reading: Reading, agent: str, selection: Selection) -> Iterator[Problem]:
    for tool, reason in selection.aside.items():
        patterns = reading.config.agents[agent].tools
        at = next(index for index, pattern in enumerate(patterns) if matches(tool, pattern))
        span = reading.document.span(("agents", agent, "tools", at))
        yield Problem(span, f'the tool "{tool}" is set aside: {_one_line(reason)}')


def _heavy(reading: Reading, agent: str, selection: Selection) -> Iterator[Problem]:
    if (warning := Burden.of(function_tools(selection)).warning(agent)) is not None:
        yield Problem(reading.document.key(("agents", agent, "tools")), warning)


def _overrides(reading: Reading, offers: Offers, tools: Mapping[str, list[str]]) -> Iterator[Problem]:
    """Exceptions for tools that nobody has: nothing breaks, but something was meant by them."""
    config = reading.config
    everything = [tool for names in tools.values() for tool in names]
    places: list[tuple[Where, CallsConfig, list[str]]] = [(("defaults",), config.defaults.calls, everything)]
    places += [(("agents", name), agent.calls, tools[name]) for name, agent in config.agents.items()]
    for where, calls, names in places:
        for pattern in calls.tools:
            if not any(matches(name, pattern) for name in names) and not _unheard(pattern, offers):
                span = reading.document.key((*where, "calls", "tools", pattern))
                yield Problem(span, f'no tool here is named "{pattern}"{did_you_mean(pattern, names)}')


def _retries(reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    """Attempts that are asked for in vain: only what may be repeated is tried again."""
    config = reading.config
    places: list[tuple[Where, CallsConfig]] = [(("defaults",), config.defaults.calls)]
    places += [(("agents", name), agent.calls) for name, agent in config.agents.items()]
    for where, calls in places:
        for pattern, limits in calls.tools.items():
            meant = [tool for tool in catalogue.tools.values() if matches(tool.name, pattern)]
            if limits.retry and meant and not any(tool.repeatable for tool in meant):
                span = reading.document.span((*where, "calls", "tools", pattern, "retry"))
                message = f"nothing is tried again: {meant[0].name} does not say that it may be repeated"
                yield Problem(span, message)


def _blocking(reading: Reading, agent: str, selection: Selection) -> Iterator[Problem]:
    """Plain functions that are to run on the loop, where each of them would hold up all others."""
    for tool in selection.tools.values():
        said = [
            (where, limits.isolation)
            for where, limits in levels(reading.config, agent, tool.name)
            if limits.isolation is not None
        ]
        if tool.runs_on == THREAD and said and said[-1][1] is Isolation.LOOP:
            span = reading.document.span((*said[-1][0], "isolation"))
            message = f'"{tool.name}" is a plain function, which would block the loop; use thread or process'
            yield Problem(span, message)


def _server(name: str, offers: Offers, catalogue: Catalogue) -> str:
    if name in offers.unasked:
        return f"{name} (not asked)"
    count = sum(tool.source == name for tool in catalogue.tools.values())
    return f"{name} ({count} {'tool' if count == 1 else 'tools'})"


def _one_line(text: str) -> str:
    return " ".join(text.split())

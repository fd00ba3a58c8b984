"""The whole examination: every family of probes, all of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jackfield.config.models import Config
from jackfield.doctor import file, microphone, network, page, plugins, providers, servers, versions
from jackfield.doctor.finding import Finding, fail, one_line, warn
from jackfield.doctor.terms import Terms
from jackfield.plugins import Plugins
from jackfield.plugins.bounded import TookTooLong
from jackfield.plugins.bounded import within as bounded
from jackfield.providers import BUILT_IN

T = TypeVar("T")

Probe = Callable[[], Awaitable[list[Finding]]]

SETTLING = 12.0
"""Seconds beyond the usual bound in which a thread ends what it has started."""


async def examine(terms: Terms) -> list[Finding]:
    """All findings, in the order in which a person reads them; no secret is in them."""
    looked = file.looked_at(terms)
    loaded = await asyncio.to_thread(_loaded, looked.config)
    probes: list[tuple[str, Probe]] = [
        ("plugins", lambda: _at_once(list(plugins.judged(loaded.report())))),
        ("providers", lambda: _providers(looked, loaded, terms)),
        ("MCP servers", lambda: _servers(looked, terms)),
        ("microphone", lambda: _microphone(terms.within)),
        ("network", lambda: network.looked_at(terms.within)),
        ("page", lambda: _at_once(list(page.judged(terms)))),
    ]
    found = await asyncio.gather(*(_kept(what, probe) for what, probe in probes))
    findings = [*versions.looked_at(), *looked.findings, *(each for part in found for each in part)]
    return [each.without(looked.secrets) for each in findings]


async def _kept(what: str, probe: Probe) -> list[Finding]:
    """A probe that breaks is a line, and disturbs no other."""
    try:
        return await probe()
    except Exception as error:
        told = one_line(str(error))
        return [fail(what, f"could not be looked at: {type(error).__name__}: {told}", "report this")]


async def _at_once(findings: list[Finding]) -> list[Finding]:
    return findings


def _loaded(config: Config | None) -> Plugins:
    return Plugins.of(config, extra=BUILT_IN) if config else Plugins.load({}, extra=BUILT_IN)


async def _providers(looked: file.File, loaded: Plugins, terms: Terms) -> list[Finding]:
    if looked.config is None:
        return [warn("providers", "not tried: agents.yaml cannot be used", "see above")]
    return await providers.examined(looked, looked.config, loaded, terms)


async def _servers(looked: file.File, terms: Terms) -> list[Finding]:
    """A server whose variables are missing would be started with wrong ones; `--offline` starts none."""
    if looked.config is None:
        return [warn("MCP servers", "not tried: agents.yaml cannot be used", "see above")]
    declared = looked.config.mcp_servers
    able = {
        name: each
        for name, each in declared.items()
        if ("mcp_servers", name) not in looked.blind and not (terms.offline and each.url)
    }
    left_out = list(servers.left_out(name for name in declared if name not in able))
    if not able:
        return left_out
    try:
        asked = await _in_thread(terms.within + SETTLING, lambda: servers.asked(able, terms.within))
    except TookTooLong:
        return [fail("MCP servers", "did not end in time", "jackfield mcp status"), *left_out]
    return [*asked, *left_out]


async def _microphone(within: float) -> list[Finding]:
    try:
        return [await _in_thread(within, microphone.looked_at)]
    except TookTooLong:
        return [warn(microphone.WHAT, f"the sound system did not answer within {within:g} s")]


async def _in_thread(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns. A thread that hangs is left behind, and keeps nobody from leaving. Raises
    `TookTooLong`."""
    return await asyncio.to_thread(bounded, seconds, work, "doctor")

"""The Realtime services that agents use, each of them open once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from types import MappingProxyType

from jackfield.config import Config
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import Settings
from jackfield.providers.base import Provider
from jackfield.providers.credential import Credential

MakeProvider = Callable[[Settings], Provider]
MakeCredential = Callable[[str, str], Credential]

PUT_THROUGH_WITHIN = 30.0
"""Seconds after which nobody is being put through to a provider any more that was replaced."""

log = logging.getLogger(__name__)


class Roster:
    """Providers by their names in agents.yaml. One that was replaced stays open as long as sessions may live
    there."""

    def __init__(self) -> None:
        self._open: dict[str, Provider] = {}
        self._leaving: dict[Provider, asyncio.Task[None]] = {}

    def __getitem__(self, name: str) -> Provider:
        return self._open[name]

    def missing(self, config: Config, changed: Collection[str] = ()) -> set[str]:
        """Those that the agents of `config` use and that are not open; those `changed` are not, as they are
        to be."""
        agents = [agent for agent in config.agents.values() if not agent.transfer]
        names = {agent.provider or config.provider for agent in agents}
        names.update(name for agent in agents for name in agent.fallback)
        return {name for name in names if name not in self._open or name in changed}

    def adopt(
        self, fresh: Mapping[str, Provider], used: Callable[[], Collection[asyncio.Task[None]]]
    ) -> None:
        """Have these from now on. Whatever they take the place of is closed when the sessions that are
        `used` then have ended."""
        for name, provider in fresh.items():
            former = self._open.get(name)
            self._open[name] = provider
            if former is not None:
                self._leaving[former] = asyncio.create_task(self._leave(former, used), name=f"leave {name}")

    async def aclose(self) -> None:
        """Close all of them, one after the other; one that fails keeps no other open."""
        for task in self._leaving.values():
            task.cancel()
        await asyncio.gather(*self._leaving.values(), return_exceptions=True)
        await closed([*self._open.values(), *self._leaving])
        self._open.clear()

    async def _leave(self, provider: Provider, used: Callable[[], Collection[asyncio.Task[None]]]) -> None:
        await asyncio.sleep(PUT_THROUGH_WITHIN)
        if living := used():
            await asyncio.wait(living)
        del self._leaving[provider]
        await closed([provider])


async def opened(
    config: Config,
    names: Collection[str],
    kinds: Mapping[str, MakeProvider],
    credentials: Mapping[str, MakeCredential] = MappingProxyType({}),
) -> dict[str, Provider]:
    """Make and start these, side by side. If one cannot be started, none is left open. A provider whose
    `credential` is one of `credentials` is given how to make that.

    Raises `ConfigurationError` for a kind that no plugin offers, `ProviderError` for one that does not start.
    """
    made = {name: _made(config, name, kinds, credentials) for name in sorted(names)}
    try:
        await asyncio.gather(*(each.start() for each in made.values()))
    except BaseException:
        await closed(made.values())
        raise
    return made


async def closed(providers: Iterable[Provider]) -> None:
    """Close them; what goes wrong is logged."""
    for provider in providers:
        try:
            await provider.aclose()
        except Exception:
            log.exception("the provider %s could not be closed", provider.kind)


def _made(
    config: Config, name: str, kinds: Mapping[str, MakeProvider], credentials: Mapping[str, MakeCredential]
) -> Provider:
    declared = config.providers.get(name)
    kind = declared.kind if declared else name
    if kind not in kinds:
        known = ", ".join(sorted(kinds))
        raise ConfigurationError(
            f"no plugin offers the provider kind {kind!r} (there are: {known}); "
            f"install the package that does, or change `provider` in agents.yaml"
        )
    settings = dict(declared.settings) if declared else {}
    if make := credentials.get(str(settings.get("credential", ""))):
        settings["credential"] = partial(make, name)
    return kinds[kind](settings)

"""Keeps out of a recording what nobody may read in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from jackfield.calls import Json
from jackfield.config import Config
from jackfield.errors import ConfigurationError
from jackfield.mcp.redaction import SECRET

HIDDEN = "***"
SHORTEST = 6
"""Characters of a secret: to hide shorter ones would tear up ordinary words."""

PATTERNS = (
    r"\b(?:sk|ek|rk|pk)[-_][A-Za-z0-9_-]{12,}",  # keys, as OpenAI and others write them
    r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",  # JSON Web Tokens
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",  # addresses of e-mail
    r"\b(?:\d[ -]?){12,18}\d\b",  # numbers of cards and accounts
)


class Redaction:
    """`clean` gives the same value without the secrets, and without what fits a pattern."""

    def __init__(self, secrets: Iterable[str] = (), patterns: Iterable[str] = ()) -> None:
        words = sorted({each for each in secrets if len(each) >= SHORTEST}, key=len, reverse=True)
        try:
            self._rules = [re.compile(each) for each in [*map(re.escape, words), *PATTERNS, *patterns]]
        except re.error as error:
            raise ConfigurationError(f"{error.pattern!r} is no regular expression: {error}") from None

    @classmethod
    def of(cls, config: Config, patterns: Sequence[str] = ()) -> Redaction:
        """Without the secrets of agents.yaml and of the environment. Raises `ConfigurationError` for a
        pattern that is none."""
        declared: list[object] = [each.settings for each in config.providers.values()]
        declared += config.plugin_settings.values()
        declared += [{"webhook_secret": each.webhook_secret} for each in config.providers.values()]
        for server in config.mcp_servers.values():
            declared += [server.env, server.fixed, *(entry.fixed for entry in server.tools.values())]
            declared.append({"api_key": server.sampling.api_key if server.sampling else None})
        headers = [value for each in config.mcp_servers.values() for value in each.headers.values()]
        found = [secret for each in [*declared, dict(os.environ)] for secret in _secrets(each)]
        return cls([*found, *headers, *(value.rpartition(" ")[2] for value in headers)], patterns)

    def clean(self, value: Json) -> Json:
        """A JSON value with every text in it cleaned; keys of objects stay."""
        if isinstance(value, str):
            for rule in self._rules:
                value = rule.sub(HIDDEN, value)
            return value
        if isinstance(value, Mapping):
            return {name: self.clean(each) for name, each in value.items()}
        if isinstance(value, Sequence):
            return [self.clean(each) for each in value]
        return value


def _secrets(value: object, named: bool = False) -> Iterator[str]:
    """Every text under a name that speaks of a secret."""
    if isinstance(value, str) and named:
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _secrets(each, named or bool(SECRET.search(str(name))))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _secrets(each, named)

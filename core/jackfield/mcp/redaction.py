"""Keeps what was declared in confidence out of messages and logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jackfield.config.servers import McpServerConfig

# An address or a mode in `env` is no secret, and hiding it would make an error unreadable.
SECRET = re.compile(r"key|token|secret|passw|pwd|auth|cred|connection.?string", re.IGNORECASE)

SHORTEST = 4
"""Characters: what is shorter hides nothing, and replacing it would tear up ordinary words."""


def redacted(text: str, config: McpServerConfig) -> str:
    """The text, perhaps a server's own last words, without the values of headers, secret variables and
    secret arguments."""
    for secret in sorted(_secrets(config), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(config: McpServerConfig) -> Iterator[str]:
    declared = [value for name, value in config.env.items() if SECRET.search(name)]
    declared += config.headers.values()
    if config.auth is not None:
        grants = config.auth.oauth, config.auth.client_credentials
        declared += [each.client_secret for each in grants if each is not None and each.client_secret]
    for fixed in (config.fixed, *(entry.fixed for entry in config.tools.values())):
        declared += [str(value) for name, value in fixed.items() if SECRET.search(name)]
    for value in declared:
        yield from (part for part in {value, value.rpartition(" ")[2]} if len(part) >= SHORTEST)

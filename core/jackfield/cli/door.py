"""Who is let in: the options of commands that listen, checked."""

from __future__ import annotations

from jackfield.errors import ConfigurationError
from jackfield.web.access import Access, is_loopback


def access_of(
    host: str, token: str | None, origins: tuple[str, ...], sessions: int = 0, *, what: str = "the agents"
) -> Access:
    """The rules for this bind. Raises `ConfigurationError` for one that would let strangers in."""
    if not token and not is_loopback(host):
        raise ConfigurationError(
            f"listening on {host} shows {what} to the network: choose a token that callers must bring, "
            f"with --token or JACKFIELD_TOKEN, or listen on 127.0.0.1"
        )
    for origin in origins:
        if not origin.startswith(("http://", "https://")) or origin.count("/") != 2:
            raise ConfigurationError(f"--origin {origin}: write it as https://NAME or https://NAME:PORT")
    return Access(token or None, frozenset(origins), sessions)

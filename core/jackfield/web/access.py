"""Who may talk: decided from a request's headers alone, before anything else looks at it.

Two dangers, two answers. A stranger on the network: every bind that is not loopback demands a token.
A page in the same browser, on another site: a request is refused when its Host is a name nobody
declared (DNS rebinding gives an attacker's *name* our address; an address in digits cannot be rebound),
or when its Origin is neither that host nor declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

WEBHOOKS = "/webhooks/realtime"
"""Open to any name and without a token: each request there is signed, and is worth nothing if not."""

OPEN_PATHS = ("/", "/healthz", "/readyz")
OPEN_PREFIX = "/assets/"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further: an HTTP status and a sentence for a person."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one server.

    `token` is what callers must bring as `Authorization: Bearer …` (None: nobody needs one; for
    loopback only). `origins` are further pages that may use this server, as `https://host[:port]`;
    their host names are good Hosts too. `most_sessions` is how many lines there are at once.
    """

    token: str | None = None
    origins: frozenset[str] = frozenset()
    most_sessions: int = 16

    @property
    def trusts_pages(self) -> bool:
        """Whether every page that may use this server is its own, on this very machine: they may see what a
        model is told. Anything else, and be it a proxy on this machine, had to be declared."""
        return self.token is None and not self.origins

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> Refusal | None:
        """None if the request may pass. `headers` has lower-case names."""
        if path == WEBHOOKS:
            return None
        host = headers.get("host", "")
        if not self._knows_host(host):
            return Refusal(
                403,
                f"This server does not answer to the name {host!r}. Declare it with --origin https://NAME.",
            )
        origin = headers.get("origin")
        if origin is not None and not self._knows_origin(origin, host):
            return Refusal(403, f"Pages of {origin} may not use this server. Declare it with --origin.")
        if method == "OPTIONS" or path in OPEN_PATHS or path.startswith(OPEN_PREFIX):
            return None
        if self.token is not None and not self._knows_token(headers.get("authorization", "")):
            return Refusal(401, "This server needs its token.")
        return None

    def _knows_host(self, host: str) -> bool:
        name = name_of(host)
        return is_address(name) or name == "localhost" or name in {name_of_origin(o) for o in self.origins}

    def _knows_origin(self, origin: str, host: str) -> bool:
        return origin in self.origins or (
            origin.partition("://")[0] in ("http", "https") and origin.partition("://")[2] == host
        )

    def _knows_token(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        expected = (self.token or "").encode()
        return scheme.lower() == "bearer" and compare_digest(given.strip().encode(), expected)


def name_of(host: str) -> str:
    """The host of a Host header: no port, no brackets, lower case; "" for one that makes no sense."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def name_of_origin(origin: str) -> str:
    return name_of(origin.partition("://")[2])


def is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether binding to this host shows the server to this machine only."""
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)

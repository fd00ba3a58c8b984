"""Where a Realtime service is, and which of the documented forms it wants (realtime protocol §1.1, §1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

from jackfield.errors import ConfigurationError

OfferForm = Literal["secret", "multipart"]
"""How an SDP offer is handed in: `secret` mints an ephemeral key that carries the session and posts the
bare SDP with it; `multipart` posts SDP and session together."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One Realtime service. `base_url` reaches up to and including `/v1`, without a slash at its end.

    `model` is what the service calls it: on Azure the deployment's name. `websocket_url` is derived from
    `base_url` unless given. `headers` go with every request. `advice` says, by HTTP status, what a person
    should check when the service refuses.
    """

    base_url: str
    model: str
    offer_form: OfferForm = "multipart"
    websocket_url: str = ""
    webrtcfilter: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    advice: Mapping[int, str] = field(default_factory=dict)

    @property
    def secrets_url(self) -> str:
        return f"{self.base_url}/realtime/client_secrets"

    @property
    def calls_url(self) -> str:
        return f"{self.base_url}/realtime/calls" + ("?webrtcfilter=on" if self.webrtcfilter else "")

    def hang_up_url(self, call_id: str) -> str:
        return f"{self.base_url}/realtime/calls/{quote(call_id, safe='')}/hangup"

    def call_url(self, call_id: str, verb: str) -> str:
        """Of a phone call: `accept` or `reject` (§8.2)."""
        return f"{self.base_url}/realtime/calls/{quote(call_id, safe='')}/{verb}"

    def refer_url(self, call_id: str) -> str:
        return f"{self.base_url}/realtime/calls/{quote(call_id, safe='')}/refer"

    def sideband_url(self, call_id: str) -> str:
        # Never `model` beside `call_id`: a session that exists has its model already (§1.1).
        return f"{self.websocket_url or derived(self.base_url)}/realtime?{urlencode({'call_id': call_id})}"

    @property
    def session_url(self) -> str:
        """The WebSocket that is a session of its own (§1.1)."""
        return f"{self.websocket_url or derived(self.base_url)}/realtime?{urlencode({'model': self.model})}"

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.base_url).netloc

    @property
    def is_loopback(self) -> bool:
        return is_loopback(urlsplit(self.base_url).hostname or "")


def derived(base_url: str) -> str:
    """The address of the WebSockets: `http` becomes `ws`, `https` becomes `wss`."""
    return "ws" + base_url.removeprefix("http")


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def service_url(text: str, setting: str) -> str:
    """`text` as an address a key may be sent to, without the slash at its end.

    Raises `ConfigurationError`, naming `setting`, for anything but https (or http on this machine), and
    for a query, a fragment or a user name in it.
    """
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigurationError(f"{setting} is not an address: {text!r}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigurationError(f"{setting} must be an address such as https://HOST/v1, not {text!r}")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(f"{setting} must not hold a user name or a password; write {host} alone")
    if parts.query or parts.fragment:
        raise ConfigurationError(f"{setting} must end before the {'?' if parts.query else '#'}")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(f"{setting} must begin with https:// (a key would travel in the clear)")
    return url

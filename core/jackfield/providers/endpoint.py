"""Where a Realtime service is, and which of the documented forms it wants (realtime protocol §1.1, §1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

from jackfield.calls import Json
from jackfield.config.addresses import is_loopback, service_address
from jackfield.errors import ConfigurationError
from jackfield.providers.capabilities import Capabilities
from jackfield.providers.guest import Guest, safety_hash

OfferForm = Literal["secret", "multipart"]
"""How an SDP offer is handed in: `secret` mints an ephemeral key that carries the session and posts the
bare SDP with it; `multipart` posts SDP and session together."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One Realtime service. `base_url` reaches up to and including `/v1`, without a slash at its end.

    `model` is what the service calls it: on Azure the deployment's name. `websocket_url` is derived from
    `base_url` unless given. `headers` go with every request. `advice` says, by HTTP status, what a person
    should check when the service refuses.

    `webrtcfilter` keeps what the model is told off the data channel of the caller; None: of callers who are
    not trusted. `safety_identifier` is sent as a hash, with the guest's name; None: neither is. Of a session
    object only what is among the `capabilities` is sent; None: everything.
    """

    base_url: str
    model: str
    offer_form: OfferForm = "multipart"
    websocket_url: str = ""
    webrtcfilter: bool | None = False
    safety_identifier: str | None = None
    capabilities: Capabilities | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    advice: Mapping[int, str] = field(default_factory=dict)

    @property
    def secrets_url(self) -> str:
        return f"{self.base_url}/realtime/client_secrets"

    def calls_url(self, guest: Guest) -> str:
        filtered = not guest.trusted if self.webrtcfilter is None else self.webrtcfilter
        return f"{self.base_url}/realtime/calls" + ("?webrtcfilter=on" if filtered else "")

    def headers_for(self, guest: Guest) -> dict[str, str]:
        """What goes with requests for this guest."""
        if self.safety_identifier is None:
            return {}
        told = safety_hash(self.safety_identifier, guest.name)
        return {"OpenAI-Safety-Identifier": told} if told else {}

    def fitted(self, session: Mapping[str, Json]) -> dict[str, Json]:
        """What is sent of a session object."""
        return self.capabilities.fitted(session) if self.capabilities else dict(session)

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


def service_url(text: str, setting: str) -> str:
    """`text` as an address a key may be sent to, without the slash at its end.

    Raises `ConfigurationError`, naming `setting`, for what `service_address` does not take.
    """
    try:
        return service_address(text)
    except ValueError as fault:
        raise ConfigurationError(f"{setting} {fault}") from None

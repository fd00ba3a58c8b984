"""Addresses that a key is sent to: checked before one is."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

AZURE_SURFACE = "/openai/v1"
"""Where the GA API of an Azure OpenAI resource is (realtime protocol §1.1)."""


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def service_address(text: str) -> str:
    """`text` as an address a key may be sent to, without the slash at its end.

    Raises `ValueError` for anything but https (or http on this machine), and for a query, a fragment or a
    user name in it; its words continue a sentence that begins with the setting's name.
    """
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"is not an address: {text!r}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"must be an address such as https://HOST/v1, not {text!r}")
    if fault := _fault(parts, host):
        raise ValueError(fault)
    return url


def _fault(parts: SplitResult, host: str) -> str:
    if parts.username is not None or parts.password is not None:
        return f"must not hold a user name or a password; write {host} alone"
    if parts.query or parts.fragment:
        return f"must end before the {'?' if parts.query else '#'}"
    if parts.scheme == "http" and not is_loopback(host):
        return "must begin with https:// (a key would travel in the clear)"
    return ""


def azure_address(text: str) -> str:
    """The GA surface of an Azure resource, of its address with or without /openai/v1.

    Raises `ValueError` as `service_address` does, and for preview addresses and those of something else.
    """
    if "api-version" in text:
        raise ValueError(
            f"holds an api-version, which the GA service refuses; write the address up to {AZURE_SURFACE}"
        )
    url = service_address(text)
    path = urlsplit(url).path
    if path not in ("", "/openai", AZURE_SURFACE):
        raise ValueError(
            f"must be the resource's own address, such as https://RESOURCE.openai.azure.com, without {path}"
        )
    return url.removesuffix(path) + AZURE_SURFACE

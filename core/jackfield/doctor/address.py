"""The way to a service: its name, its port, its certificate."""

from __future__ import annotations

import asyncio
import socket
import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from jackfield.config.addresses import is_loopback
from jackfield.doctor.finding import Finding, fail, ok
from jackfield.plugins.bounded import TookTooLong
from jackfield.plugins.bounded import within as bounded

_PORTS = {"https": 443, "http": 80}


async def looked_at(what: str, url: str, within: float) -> Finding:
    """Connect, shake hands where it is https, and close again. Nothing is sent, no key either."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not is_loopback(host) and parts.scheme in getproxies() and not proxy_bypass(host):
        return ok(what, f"{host} by the proxy of the environment; see the answer below")
    trust = httpx.create_ssl_context() if secure else None
    port = parts.port or _PORTS[parts.scheme]
    try:
        # In a thread that nobody waits for: a resolver that hangs cannot be interrupted.
        await asyncio.to_thread(bounded, within, lambda: socket.getaddrinfo(host, port), "doctor")
        async with asyncio.timeout(within):
            _, writer = await asyncio.open_connection(host, port, ssl=trust)
    except (OSError, TimeoutError, TookTooLong) as error:
        return judged(what, f"{host}:{port}", error, within)
    writer.close()
    return ok(what, f"{host}:{port} is reachable" + (", its certificate is good" if secure else ""))


def judged(what: str, place: str, trouble: Exception, within: float) -> Finding:
    """Why there is no connection, and whose business that is."""
    if isinstance(trouble, ssl.SSLCertVerificationError):
        fix = (
            "a proxy that looks inside? SSL_CERT_FILE names the file with its authority; or the name is wrong"
        )
        return fail(what, f"{place}: its certificate is not trusted ({trouble.verify_message})", fix)
    if isinstance(trouble, ssl.SSLError):
        why = trouble.reason or type(trouble).__name__
        return fail(what, f"{place} does not speak TLS ({why})", "check the address: https, and the port")
    if isinstance(trouble, socket.gaierror):
        fix = "check the spelling of the address, and the network"
        return fail(what, f"{place} is not reachable: its name is not known", fix)
    if isinstance(trouble, TimeoutError | TookTooLong):
        fix = "check the network, the firewall and the service's network rules"
        return fail(what, f"{place} is not reachable: no answer within {within:g} s", fix)
    why = getattr(trouble, "strerror", None) or type(trouble).__name__
    return fail(what, f"{place} is not reachable: {why}", "check the address and the network")

"""Whether the page may be served as is planned, and whether browsers will give it a microphone."""

from __future__ import annotations

from collections.abc import Iterator

from jackfield.doctor.finding import Finding, fail, ok, warn
from jackfield.doctor.terms import Terms
from jackfield.web.access import is_loopback

_HTTPS = "put a proxy with a certificate in front, and name its address: --origin https://NAME"


def judged(terms: Terms) -> Iterator[Finding]:
    """The bind against the token, the origins, and the secure context that a microphone needs."""
    local = is_loopback(terms.host)
    if local or terms.has_token:
        told = "this machine only" if local else "the network"
        yield ok(
            "page", f"{terms.host} is seen by {told}; {'a' if terms.has_token else 'no'} token is asked for"
        )
    else:
        fix = "set JACKFIELD_TOKEN, or listen on 127.0.0.1"
        yield fail("page", f"{terms.host} is seen by the network, and no token is asked for", fix)
    for origin in terms.origins:
        if not origin.startswith(("http://", "https://")) or origin.count("/") != 2:
            yield fail(
                "page origin", f"{origin} is no origin", "write it as https://NAME or https://NAME:PORT"
            )
        elif origin.startswith("http://") and not is_loopback(origin[7:].partition(":")[0]):
            yield warn("page origin", f"{origin} is no secure context: no microphone there", "use https://")
    if local:
        yield ok("page microphone", "http on this machine is a secure context: browsers give a microphone")
    elif not any(origin.startswith("https://") for origin in terms.origins):
        yield warn("page microphone", "browsers give no microphone to http from another machine", _HTTPS)

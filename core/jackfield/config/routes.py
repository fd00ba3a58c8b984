"""What no single value of `phone` can tell: whether there is such an agent, and whether a call can come."""

from __future__ import annotations

from collections.abc import Iterator

from jackfield.config.document import Document
from jackfield.config.phone import REJECT
from jackfield.config.relations import table
from jackfield.config.report import Problem, did_you_mean
from jackfield.config.source import Where


def ringing(document: Document) -> list[str]:
    """The names of the providers that announce calls."""
    names = table(document, "providers")
    return [name for name in names if "webhook_secret" in table(document, "providers", name)]


def routes(document: Document) -> Iterator[Problem]:
    """Every route that leads nowhere."""
    phone = table(document, "phone")
    listed = phone.get("routes")
    for at, route in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(route, dict):
            yield from _agent(document, ("phone", "routes", at, "agent"), route.get("agent"))
    otherwise = phone.get("otherwise")
    if isinstance(otherwise, str) and otherwise.partition(" ")[0] != REJECT:
        yield from _agent(document, ("phone", "otherwise"), otherwise)
    if phone and not ringing(document):
        message = 'no call will come: no provider has a "webhook_secret"'
        yield Problem(document.key(("phone",)), message)


def _agent(document: Document, where: Where, named: object) -> Iterator[Problem]:
    agents = table(document, "agents")
    if not isinstance(named, str) or " " in named or where in document.unset:
        return
    if named not in agents:
        near = did_you_mean(named, list(agents)) or f"; there are: {', '.join(agents)}"
        yield Problem(document.span(where), f'no agent is named "{document.written(where)}"{near}')
    elif "transfer" in table(document, "agents", named):
        message = f'"{named}" is a transfer, and cannot answer; an agent who answers can pass calls on to it'
        yield Problem(document.span(where), message)

"""Who answers a call: the first route of agents.yaml that fits it."""

from __future__ import annotations

from dataclasses import dataclass

from jackfield.config import Config
from jackfield.config.phone import REJECT, PhoneRoute
from jackfield.phone.incoming import IncomingCall
from jackfield.phone.sip import bare

DECLINED = 603
"""The SIP status of a call that is not taken, unless agents.yaml names another (§8.2)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """By this agent."""

    agent: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """With this SIP status."""

    status: int = DECLINED


def routed(call: IncomingCall, config: Config) -> Answered | Rejected:
    """Where agents.yaml wants this call."""
    phone = config.phone
    for route in phone.routes:
        if _fits(route, call):
            return Answered(route.agent) if route.agent else Rejected(route.reject or DECLINED)
    if phone.otherwise is None:
        return Answered(config.first_agent)
    word, _, status = phone.otherwise.partition(" ")
    if word == REJECT:
        return Rejected(int(status) if status else DECLINED)
    return Answered(phone.otherwise)


def _fits(route: PhoneRoute, call: IncomingCall) -> bool:
    """Everything that the route names must be so."""
    if route.to is not None and not any(matches(route.to, number) for number in call.dialled):
        return False
    if route.caller is not None and not matches(route.caller, call.caller.number):
        return False
    return route.header is None or _has(call, route.header)


def _has(call: IncomingCall, header: str) -> bool:
    name, _, wanted = header.partition(":")
    wanted = wanted.strip().lower()
    values = [value.lower() for each, value in call.headers if each == name.strip().lower()]
    if wanted.endswith("*"):
        return any(value.startswith(wanted[:-1]) for value in values)
    return wanted in values


def matches(pattern: str, number: str) -> bool:
    """Whether a number is this one, or, of a pattern that ends in `*`, begins so. What stands between digits
    is for people; names are compared without regard to case."""
    wanted = bare(pattern.removesuffix("*")).lower()
    given = number.lower()
    return given.startswith(wanted) if pattern.endswith("*") else given == wanted

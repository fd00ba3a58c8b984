"""`phone`: who answers the calls that ring at the providers."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from jackfield.config.model import Model
from jackfield.config.values import Name, Text

REJECT = "reject"

_IN_BASE64 = "whsec_"
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\s*:\s*\S.*")
_OTHERWISE = re.compile(rf"{REJECT}( [4-6][0-9][0-9])?|[A-Za-z][A-Za-z0-9_-]{{0,39}}")


def _header(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise ValueError('a header is written as "X-Queue: repairs"; a "*" at the end stands for any rest')
    return value


def _otherwise(value: str) -> str:
    if not _OTHERWISE.fullmatch(value):
        raise ValueError(
            'must be the name of an agent, "reject", or "reject" and a SIP status from 400 to 699'
        )
    return value


def _secret(value: str) -> str:
    if value.startswith(_IN_BASE64):
        try:
            b64decode(value.removeprefix(_IN_BASE64), validate=True)
        except ValueError:
            raise ValueError(f"what follows {_IN_BASE64} is not base64; copy the secret anew") from None
    return value


Header = Annotated[str, AfterValidator(_header)]
WebhookSecret = Annotated[Text, AfterValidator(_secret)]
Otherwise = Annotated[
    str,
    AfterValidator(_otherwise),
    WithJsonSchema({"type": "string", "pattern": f"^({_OTHERWISE.pattern})$", "examples": ["reject 603"]}),
]


class PhoneRoute(Model):
    """Calls that fit everything named here are answered by `agent`, or rejected."""

    to: Text | None = None
    """The number that was dialled, as `+442079460000`; with `*` at its end all that begin so. A number that
    the call was diverted from counts, too."""

    caller: Text | None = None
    """The number that calls, in the same form. Anybody can write any number there."""

    header: Header | None = None
    """A header of the SIP invitation, as `X-Queue: repairs`; `*` at the end stands for any rest."""

    agent: Name | None = None
    """The agent who answers."""

    reject: int | None = Field(default=None, ge=400, le=699)
    """Instead of an agent: the SIP status with which the call is rejected, such as 486 for busy."""

    @model_validator(mode="after")
    def _whole(self) -> PhoneRoute:
        if self.to is None and self.caller is None and self.header is None:
            raise ValueError(
                'a route needs a "to", a "caller" or a "header"; for all other calls, "otherwise"'
            )
        if (self.agent is None) == (self.reject is None):
            raise ValueError('a route needs either an "agent" or "reject" with a SIP status')
        return self


class PhoneConfig(Model):
    """Calls by phone (SIP). They ring at every provider that has a `webhook_secret`."""

    routes: list[PhoneRoute] = Field(default=[])
    """Which calls are for whom; the first route that fits counts."""

    otherwise: Otherwise | None = None
    """Who answers all other calls: an agent, or `reject`, or `reject 486`. Default: the first agent."""

"""What a tool wants to know, as an elicitation, and a client's answer to that. Decisions only.

MCP, client features, elicitation; a client that declares it without a mode takes forms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from mcp import types

from jackfield.calls import Arguments, Inquiry, Json, Reply, ReplyKind
from jackfield.tools.tool import Tool

MOST_SHOWN = 500
"""Characters of a call's arguments in a question about it."""

KINDS: Mapping[str, ReplyKind] = {
    "accept": ReplyKind.ACCEPTED,
    "decline": ReplyKind.DECLINED,
    "cancel": ReplyKind.CANCELLED,
}


def can_ask(client: types.ClientCapabilities | None, inquiry: Inquiry) -> bool:
    """Whether the client has said that it puts such questions to its user."""
    able = client.elicitation if client is not None else None
    if able is None:
        return False
    return able.url is not None if inquiry.url else able.form is not None or able.url is None


def elicitation(inquiry: Inquiry, name: str) -> types.ElicitRequestFormParams | types.ElicitRequestURLParams:
    """The request's parameters; `name` is the question's own."""
    if inquiry.url:
        return types.ElicitRequestURLParams(message=inquiry.message, url=inquiry.url, elicitation_id=name)
    schema: dict[str, Json] = {"properties": {}, **inquiry.schema, "type": "object"}
    return types.ElicitRequestFormParams(message=inquiry.message, requested_schema=schema)


def kind_of(result: types.ElicitResult) -> ReplyKind:
    return KINDS[result.action]


def values_of(result: types.ElicitResult) -> str:
    """What was filled in, as JSON."""
    return json.dumps(result.content or {})


def form(inquiry: Inquiry) -> Tool:
    """Something whose arguments are what the inquiry asks for: to check values by."""
    return Tool("mcp.answer", inquiry.message, inquiry.schema, _nothing, "", "mcp")


def agreement(tool: str, arguments: str) -> Inquiry:
    """May this call be run?"""
    shown = arguments if len(arguments) <= MOST_SHOWN else f"{arguments[:MOST_SHOWN]} …"
    return Inquiry(f"May {tool} be run with {shown}?")


def not_agreed(tool: str, reply: Reply | None) -> str:
    """Why a call is not run; None is a client that cannot ask."""
    if reply is None:
        return (
            f"{tool} needs the user's yes, and this client cannot ask for it: it does not declare the "
            "elicitation capability. Nothing was done."
        )
    if reply.kind is ReplyKind.DECLINED:
        return f"The user did not agree to {tool}. Nothing was done."
    return f"The user was asked about {tool} and gave no answer. Nothing was done."


def _nothing(arguments: Arguments, context: object) -> Json:
    return None

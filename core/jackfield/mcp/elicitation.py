"""A server's question to the user (MCP, client features, elicitation), and what a caller's reply is to it.
Decisions only."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from mcp import types

from jackfield.calls import Inquiry, Json, Reply, ReplyKind

MOST_MESSAGE = 1_000
"""Characters of a question that is to be spoken."""

ACTIONS: Mapping[ReplyKind, str] = {
    ReplyKind.ACCEPTED: "accept",
    ReplyKind.DECLINED: "decline",
    ReplyKind.CANCELLED: "cancel",
}

_KEPT = ("type", "properties", "required")


def inquiry_of(params: types.ElicitRequestParams) -> Inquiry | None:
    """What the caller is to be asked; None where that cannot be done: a page that is not on the web."""
    message = params.message.strip()[:MOST_MESSAGE]
    if isinstance(params, types.ElicitRequestURLParams):
        return Inquiry(message, url=params.url) if is_page(params.url) else None
    return Inquiry(message, parameters_of(params.requested_schema))


def is_page(url: str) -> bool:
    """Whether this may be shown as a link: nothing but the web, and nothing hidden before the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def parameters_of(schema: Mapping[str, Json]) -> dict[str, Json]:
    """The requested schema as the parameters of a function: one plain object."""
    kept: dict[str, Json] = {key: schema[key] for key in _KEPT if key in schema}
    properties = kept.get("properties")
    fields = properties if isinstance(properties, Mapping) else {}
    return {**kept, "type": "object", "properties": {name: _named(each) for name, each in fields.items()}}


def _named(field: Json) -> Json:
    """Choices with names of their own (`enumNames`, `oneOf` with titles) as a plain `enum`; the names go into
    the description, where models read them."""
    if not isinstance(field, Mapping):
        return field
    names = _choices(field)
    if not names:
        return field
    plain = {key: value for key, value in field.items() if key not in ("enumNames", "oneOf", "anyOf")}
    about = str(field.get("description") or field.get("title") or "")
    listed = ", ".join(f"{value} ({name})" for value, name in names)
    return {
        **plain,
        "enum": [value for value, _ in names],
        "description": f"{about} One of: {listed}.".strip(),
    }


def _choices(field: Mapping[str, Json]) -> list[tuple[Json, str]]:
    named = field.get("oneOf") or field.get("anyOf")
    if (
        isinstance(named, list)
        and named
        and all(isinstance(each, Mapping) and "const" in each for each in named)
    ):
        return [(each["const"], str(each.get("title") or each["const"])) for each in named]
    values, names = field.get("enum"), field.get("enumNames")
    if isinstance(values, list) and isinstance(names, list) and len(values) == len(names):
        return list(zip(values, map(str, names), strict=True))
    return []


def result_of(inquiry: Inquiry, reply: Reply) -> types.ElicitResult:
    """The reply as the server is told it; what was not answered is what the server has as its default
    (SEP-1034)."""
    answered = reply.kind is ReplyKind.ACCEPTED and not inquiry.url
    content = {**_defaults(inquiry.schema), **reply.values} if answered else None
    return types.ElicitResult.model_validate({"action": ACTIONS[reply.kind], "content": content})


def _defaults(schema: Mapping[str, Json]) -> dict[str, Json]:
    properties = schema.get("properties")
    fields = properties if isinstance(properties, Mapping) else {}
    return {
        name: field["default"]
        for name, field in fields.items()
        if isinstance(field, Mapping) and "default" in field
    }


CANCELLED = types.ElicitResult(action="cancel")
"""There is nobody to ask."""

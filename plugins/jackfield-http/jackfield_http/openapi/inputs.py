"""What an operation takes: its parameters and its request body, as one flat list for the model. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jackfield.calls import Json
from jackfield_http.openapi.names import fit, free
from jackfield_http.openapi.references import References
from jackfield_http.openapi.schemas import plain

_PLACE = re.compile(r"\{([^{}]+)\}")
_FORM = "application/x-www-form-urlencoded"
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
"""OpenAPI 3.1, section 4.8.12.1: a parameter of this name is to be ignored."""


class Unfit(ValueError):  # noqa: N818
    """An operation that cannot be a tool."""


@dataclass(slots=True)
class Inputs:
    """`properties` are what the model says, by names that it may use; the rest are templates with places for
    them. `in_path` maps the document's names to these."""

    properties: dict[str, Json] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    in_path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Json] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Json = None
    form: bool = False
    joined: set[str] = field(default_factory=set)

    def add(self, name: str, schema: Mapping[str, Json], required: bool) -> str:
        """The name under which the model says it."""
        free_name = free(fit(name) or "value", self.properties)
        self.properties[free_name] = schema
        if required:
            self.required.append(free_name)
        return free_name

    def path(self, template: str) -> str:
        """Raises `Unfit` for a place that no parameter fills."""
        for name in _PLACE.findall(template):
            if name not in self.in_path:
                raise Unfit(f"its path has {{{name}}}, which is none of its parameters")
        return _PLACE.sub(lambda match: f"{{{self.in_path[match[1]]}}}", template)

    def schema(self) -> dict[str, Json]:
        return {
            "type": "object",
            "properties": self.properties,
            **({"required": self.required} if self.required else {}),
            "additionalProperties": False,
        }


def inputs_of(shared: Mapping[str, Json], own: Mapping[str, Json], references: References) -> Inputs:
    """Raises `Unfit` or `Unresolved` for what no model can say, or no request of ours can hold."""
    inputs = Inputs()
    for parameter in _parameters(shared, own, references):
        _add_parameter(inputs, parameter)
    body = references.resolved(own.get("requestBody"))
    if isinstance(body, Mapping):
        _add_body(inputs, body)
    return inputs


def _parameters(
    shared: Mapping[str, Json], own: Mapping[str, Json], references: References
) -> Iterator[Mapping[str, Json]]:
    """Those of the operation, and those of its path that it does not replace."""
    found: dict[tuple[str, str], Mapping[str, Json]] = {}
    for declared in (shared.get("parameters"), own.get("parameters")):
        listed = references.resolved(declared)
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, Mapping):
                found[str(each.get("name")), str(each.get("in"))] = each
    yield from found.values()


def _add_parameter(inputs: Inputs, parameter: Mapping[str, Json]) -> None:
    name, where = str(parameter.get("name")), str(parameter.get("in"))
    required = parameter.get("required") is True or where == "path"
    if where == "header" and name.lower() in _IGNORED_HEADERS:
        return
    if where not in ("path", "query", "header"):
        if required:
            raise Unfit(f"it needs `{name}` in a {where}")
        return
    schema = _schema_of(parameter)
    if schema.get("type") == "object":
        if required:
            raise Unfit(f"`{name}` is an object in the {where}")
        return
    told = inputs.add(name, schema, required)
    if where == "path":
        inputs.in_path[name] = told
    elif where == "query":
        inputs.query[name] = f"{{{told}}}"
        if parameter.get("explode") is False:
            inputs.joined.add(name)
    else:
        inputs.headers[name] = f"{{{told}}}"


def _schema_of(parameter: Mapping[str, Json]) -> dict[str, Json]:
    schema = plain(parameter.get("schema", {"type": "string"}))
    told = dict(schema) if isinstance(schema, Mapping) else {}
    description = parameter.get("description")
    if isinstance(description, str) and "description" not in told:
        told["description"] = " ".join(description.split())[:300]
    return told


def _add_body(inputs: Inputs, body: Mapping[str, Json]) -> None:
    required = body.get("required") is True
    kind, schema = _content(body, required)
    if not kind:
        return
    inputs.form = kind == _FORM
    told = plain(schema)
    properties = told.get("properties") if isinstance(told, Mapping) else None
    if isinstance(told, Mapping) and isinstance(properties, Mapping) and _is_flat(told):
        wanted = told.get("required")
        needed = wanted if required and isinstance(wanted, list) else []
        inputs.body = {
            str(name): f"{{{inputs.add(str(name), each, name in needed)}}}"
            for name, each in properties.items()
        }
        return
    if inputs.form:
        raise Unfit("its form is not a list of fields")
    inputs.body = f"{{{inputs.add('body', told if isinstance(told, Mapping) else {}, required)}}}"


def _is_flat(schema: Mapping[str, Json]) -> bool:
    return not {"oneOf", "anyOf", "allOf", "patternProperties", "not", "if"} & schema.keys()


def _content(body: Mapping[str, Json], required: bool) -> tuple[str, Json]:
    """JSON if it is taken, else a form."""
    content = body.get("content")
    offered = content if isinstance(content, Mapping) else {}
    by_kind = {str(kind).partition(";")[0].strip().lower(): each for kind, each in offered.items()}
    for kind, each in by_kind.items():
        if (kind == "application/json" or kind.endswith("+json") or kind == "*/*") and isinstance(
            each, Mapping
        ):
            return "application/json", each.get("schema", {})
    form = by_kind.get(_FORM)
    if isinstance(form, Mapping):
        return _FORM, form.get("schema", {})
    if required:
        raise Unfit(f"it takes {', '.join(by_kind) or 'a body that is not described'}, not JSON")
    return "", None

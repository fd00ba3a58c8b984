"""The operations of an OpenAPI document, as tools. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import urljoin, urlsplit

from jackfield.calls import Json
from jackfield.errors import PluginError
from jackfield_http.address import path_fault
from jackfield_http.openapi.inputs import Inputs, Unfit, inputs_of
from jackfield_http.openapi.names import free, tool_name
from jackfield_http.openapi.references import References, Unresolved
from jackfield_http.operation import READING, REPEATABLE, Operation

_METHODS = ("get", "head", "post", "put", "patch", "delete")
_MOST_DESCRIPTION = 1000

Document = Mapping[str, Json]


@dataclass(slots=True)
class Taken:
    """What a document gave: operations, and those that cannot be tools, with the reason."""

    operations: list[Operation] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.operations} | self.aside.keys()


@dataclass(frozen=True, slots=True)
class Described:
    """One operation, as the document has it; `shared` is what its path says for all of them."""

    method: str
    path: str
    shared: Mapping[str, Json]
    own: Mapping[str, Json]

    @property
    def name(self) -> str:
        return tool_name(str(self.own.get("operationId", "")), self.method, self.path)

    @property
    def title(self) -> str:
        """What include and exclude speak of."""
        return str(self.own.get("operationId", "")) or self.name

    @property
    def description(self) -> str:
        said = [str(self.own.get(key) or "").strip() for key in ("summary", "description")]
        words = ". ".join(dict.fromkeys(each.rstrip(".") for each in said if each))
        return (f"{words}." if words else f"{self.method} {self.path}")[:_MOST_DESCRIPTION]


def take(document: Document, include: Sequence[str], exclude: Sequence[str], taken_names: set[str]) -> Taken:
    """The operations that fit `include` and not `exclude`. Raises `PluginError` where none does."""
    taken = Taken()
    references = References(document)
    seen = []
    for described in _described(document, references):
        seen.append(described.title)
        if not _wanted(described.title, include) or _wanted(described.title, exclude):
            continue
        name = free(described.name, taken.names | taken_names)
        try:
            taken.operations.append(_operation(name, described, references))
        except (Unresolved, Unfit) as error:
            taken.aside[name] = str(error)
    if not taken.operations and not taken.aside:
        known = ", ".join(seen[:10]) or "none"
        raise PluginError(f"the document has no operation that fits `include`; it has {known}")
    return taken


def server(document: Document, place: str) -> str:
    """The address of the first server. Raises `PluginError` where it cannot be told."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url = str(first.get("url", "/")) if isinstance(first, Mapping) else ""
    absolute = urljoin(place, url) if place.startswith(("http://", "https://")) else url
    if "{" in absolute or urlsplit(absolute).scheme not in ("http", "https"):
        raise PluginError("the document does not say where the API is; write base_url")
    return absolute.rstrip("/")


def _described(document: Document, references: References) -> Iterator[Described]:
    paths = document.get("paths")
    if not isinstance(paths, Mapping):
        return
    for path, item in paths.items():
        if isinstance(item, Mapping) and isinstance(reference := item.get("$ref"), str):
            item = references.target(reference)
        if not isinstance(item, Mapping):
            continue
        for method in _METHODS:
            own = item.get(method)
            if isinstance(own, Mapping):
                yield Described(method.upper(), str(path), item, own)


def _wanted(title: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(title, pattern) for pattern in patterns)


def _operation(name: str, described: Described, references: References) -> Operation:
    inputs: Inputs = inputs_of(described.shared, described.own, references)
    path = inputs.path(described.path)
    if fault := path_fault(path):
        raise Unfit(fault)
    return Operation(
        name=name,
        description=described.description,
        method=described.method,
        path=path,
        parameters=inputs.schema(),
        query=inputs.query,
        headers=inputs.headers,
        body=inputs.body,
        form=inputs.form,
        joined=frozenset(inputs.joined),
        read_only=described.method in READING,
        idempotent=described.method in REPEATABLE,
    )

"""The plugin's section of agents.yaml."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from jackfield.calls import Json
from jackfield.config.values import Bytes, Name, Seconds, Text, WebAddress
from jackfield.tools.declared import parameters_schema
from jackfield_http.address import path_fault
from jackfield_http.credentials import Credentials, basic, bearer
from jackfield_http.declared import operation
from jackfield_http.selection import Selection

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNFIT = re.compile(r"[\x00-\x1f\x7f]")


def _path(value: str) -> str:
    if fault := path_fault(value):
        raise ValueError(fault)
    return value


def _expression(value: str) -> str:
    Selection(value)
    return value


def _header_name(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("this cannot be the name of a header")
    return value


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text or not text.isascii() or _UNFIT.search(text):
        raise ValueError("a credential is one line of ASCII, and not empty")
    return value


def _document(value: object) -> object:
    return {"document": value} if isinstance(value, str) else value


HeaderName = Annotated[str, AfterValidator(_header_name)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Path = Annotated[str, AfterValidator(_path)]
Expression = Annotated[str, AfterValidator(_expression)]
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BasicAuth(_Section):
    """A user name and a password (RFC 7617)."""

    username: Text
    password: Secret


class Auth(_Section):
    """One of four ways to say who asks."""

    bearer: Secret | None = None
    """A token, sent as `Authorization: Bearer …`."""

    basic: BasicAuth | None = None
    """A user name and a password."""

    header: dict[HeaderName, Secret] = {}
    """Keys in headers, by the header's name."""

    query: dict[Text, Secret] = {}
    """Keys in the query of the address, by name."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(map(bool, (self.bearer, self.basic, self.header, self.query))) != 1:
            raise ValueError("take one of bearer, basic, header and query")
        return self

    def credentials(self) -> Credentials:
        if self.bearer:
            return bearer(self.bearer.get_secret_value())
        if self.basic:
            return basic(self.basic.username, self.basic.password.get_secret_value())
        return Credentials(
            {name: value.get_secret_value() for name, value in self.header.items()},
            {name: value.get_secret_value() for name, value in self.query.items()},
        )


class ToolConfig(_Section):
    """One call of the API. `{name}` in path, query, headers and body is the place of a parameter."""

    description: Text
    """What it does and when to use it: the model reads nothing else."""

    path: Path
    """Added to base_url."""

    method: Annotated[
        Method, BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
    ] = "GET"

    parameters: dict[str, Json] = {}
    """What the model has to say, by name: `string`, `integer?`, a list of values, or a JSON Schema."""

    query: dict[str, Json] | None = None
    """The query of the address. Left out, parameters without a place go there if the method has no body."""

    headers: dict[HeaderName, str] = {}
    """Headers of this call alone."""

    body: Json = None
    """What is sent. Left out, parameters without a place are sent if the method has a body."""

    form: bool = False
    """Whether the body is sent as a form, not as JSON."""

    result: Expression | None = None
    """The part of a JSON answer that the model is given, in JMESPath; left out, all of it."""

    read_only: bool | None = None
    """Whether it changes nothing, so that it may be tried again; left out, GET does not."""

    idempotent: bool | None = None
    """Whether doing it twice is the same as once; left out, as HTTP says of the method."""

    @field_validator("parameters")
    @classmethod
    def _fit(cls, value: dict[str, Json]) -> dict[str, Json]:
        parameters_schema(value)
        return value

    @model_validator(mode="after")
    def _in_place(self) -> Self:
        operation("tool", self)
        return self


class OpenApiConfig(_Section):
    """Tools taken from an OpenAPI document (3.0 or 3.1), one for each operation."""

    document: Text
    """A file, YAML or JSON, or an address to read it from."""

    include: list[Text] = ["*"]
    """Operations to take, by operationId; `*` is any text."""

    exclude: list[Text] = []
    """Operations not to take."""


class ApiConfig(_Section):
    """One API, and its tools."""

    base_url: WebAddress | None = None
    """Where its paths begin. Left out, what the OpenAPI document says."""

    auth: Auth | None = None
    headers: dict[HeaderName, Secret] = {}
    """Sent with every call."""

    timeout: Seconds = 10.0
    """How long one exchange may take."""

    limit: Bytes = 1024 * 1024
    """How much of an answer is read."""

    tools: dict[Name, ToolConfig] = {}
    openapi: Annotated[OpenApiConfig, BeforeValidator(_document)] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.tools and self.openapi is None:
            raise ValueError("it has no tools; write `tools:`, or `openapi:` with a document")
        if self.base_url is None and self.openapi is None:
            raise ValueError("base_url is missing")
        if self.base_url and ("?" in self.base_url or "#" in self.base_url or "@" in self.base_url):
            raise ValueError("base_url has no ?, # and @ in it; credentials belong under `auth`")
        return self

    def credentials(self) -> Credentials:
        """Its `auth` and its `headers`."""
        said = self.auth.credentials() if self.auth else Credentials()
        headers = {name: value.get_secret_value() for name, value in self.headers.items()}
        return Credentials({**headers, **said.headers}, said.query)


class HttpSettings(_Section):
    apis: dict[Name, ApiConfig] = Field(default_factory=dict)
    """APIs by name; their tools are `name.tool`."""

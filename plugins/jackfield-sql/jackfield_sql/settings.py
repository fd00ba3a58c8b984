"""The plugin's section of agents.yaml."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from jackfield.calls import Json
from jackfield.config.values import Name, Seconds, Text
from jackfield_sql.dialects import DIALECTS
from jackfield_sql.query import Query


def _url(value: SecretStr) -> SecretStr:
    try:
        dialect = make_url(value.get_secret_value()).get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError("write it as postgresql://user:password@host/name or sqlite:///path") from None
    if dialect not in DIALECTS:
        known = " and ".join(sorted({each.title for each in DIALECTS.values()}))
        raise ValueError(f"{dialect} is none of the databases that can be held to reading only: {known}")
    return value


Url = Annotated[SecretStr, AfterValidator(_url)]
Rows = Annotated[int, Field(ge=1, le=1000, strict=True)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class QueryConfig(_Section):
    """One statement. `:name` in it is the place of a parameter, and the only one."""

    description: Text
    """What it finds or does and when to use it: the model reads nothing else."""

    sql: Text

    parameters: dict[str, Json] = {}
    """What the model has to say, by name: `string`, `date?`, a list of values, or a JSON Schema. One that is
    left out is NULL."""

    write: bool = False
    """Whether it changes something. The caller is asked before it is run."""

    idempotent: bool = False
    """Whether running it twice is the same as once."""

    row_limit: Rows | None = None
    """How many rows the model is given; left out, as many as the database says."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        Query.of("query", self.sql, self.parameters)
        return self


class DatabaseConfig(_Section):
    """One database, and its queries."""

    url: Url
    """Where it is, as SQLAlchemy writes it."""

    read_only: bool = True
    """Whether the database is to refuse every change."""

    timeout: Seconds = 3.0
    """How long one statement may take."""

    row_limit: Rows = 50
    """How many rows of a result the model is given."""

    connections: Annotated[int, Field(ge=1, le=100, strict=True)] = 4
    """How many are open at once."""

    queries: Annotated[dict[Name, QueryConfig], Field(min_length=1)]

    @field_validator("queries")
    @classmethod
    def _may_write(cls, queries: dict[str, QueryConfig], info: ValidationInfo) -> dict[str, QueryConfig]:
        writing = [name for name, query in queries.items() if query.write]
        if writing and info.data.get("read_only", True):
            raise ValueError(f"{writing[0]} writes; say `read_only: false` of this database too")
        return queries


class SqlSettings(_Section):
    databases: dict[Name, DatabaseConfig] = Field(default_factory=dict)
    """Databases by name; their queries are the tools `name.query`."""

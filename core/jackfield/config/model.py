"""What all sections of agents.yaml have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Model(BaseModel):
    """A section: frozen, strict about its keys, and silent about secrets.

    A key with nothing after it counts as left out, so a section whose lines are all commented out does
    no harm. The docstrings under the fields are their descriptions in the JSON Schema.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, data: object) -> object:
        if data is None:
            return {}
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Fields that were given; those marked `repr=False`, and keys of a provider's own, stay out."""
        for name, field in type(self).model_fields.items():
            if field.repr and name in self.model_fields_set:
                yield name, getattr(self, name)

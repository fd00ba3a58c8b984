"""What all providers' settings have in common: models that tell their faults without telling secrets."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from jackfield.errors import ConfigurationError
from jackfield.hookspecs import Settings

M = TypeVar("M", bound="ProviderSettings")


class ProviderSettings(BaseModel):
    """One provider's section of agents.yaml, environment filled in."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )

    @classmethod
    def read(cls: type[M], kind: str, settings: Settings) -> M:
        """Raises `ConfigurationError` that names every setting at fault, and no value."""
        try:
            return cls.model_validate(dict(settings))
        except ValidationError as exc:
            faults = [
                f"providers.{kind}.{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}"
                for fault in exc.errors(include_url=False, include_input=False, include_context=False)
            ]
            raise ConfigurationError("; ".join(faults)) from None

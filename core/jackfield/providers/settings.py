"""A provider's section of agents.yaml as its typed model.

`jackfield.config` has checked the same models with positions before; this is for whoever makes a provider
without a file, and so says the same without a place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from jackfield.errors import ConfigurationError
from jackfield.hookspecs import Settings
from jackfield.providers.credential import Credential

M = TypeVar("M", bound=BaseModel)

KEYS = {"azure": "AZURE_OPENAI_API_KEY", "openai": "OPENAI_API_KEY"}
"""The environment variables that keys are in by custom."""


MakeCredential = Callable[[str], Credential]
"""Given the header that a key goes into."""


def brought(settings: Settings) -> tuple[Settings, MakeCredential | None]:
    """The settings, and what makes a credential where a plugin's kind of one is asked for: the runtime puts
    that in the place of its name."""
    make = settings.get("credential")
    if not callable(make):
        return settings, None
    return {**settings, "credential": "plugin"}, make


def read(model: type[M], kind: str, settings: Settings) -> M:
    """Raises `ConfigurationError` that names every setting at fault, and no value."""
    try:
        return model.model_validate(dict(settings))
    except ValidationError as exc:
        faults = exc.errors(include_url=False, include_input=False, include_context=False)
        raise ConfigurationError("; ".join(described(kind, fault) for fault in faults)) from None


def described(kind: str, fault: ErrorDetails) -> str:
    name = ".".join(["providers", kind, *map(str, fault["loc"])])
    if name.endswith(".api_key") and kind in KEYS:
        return missing_key(kind)
    message = fault["msg"].removeprefix("Value error, ")
    return f"{name}: {message[0].lower()}{message[1:]}"


def missing_key(kind: str) -> str:
    variable, place = KEYS[kind], f"providers.{kind}.api_key"
    return f"{place} is missing: write `api_key: ${{{variable}}}` and set the variable {variable}"


def no_such_credential(kind: str, credential: str) -> str:
    return (
        f"providers.{kind}.credential: no plugin offers the kind of credential {credential!r}; install the "
        "package that does, or write an api_key"
    )

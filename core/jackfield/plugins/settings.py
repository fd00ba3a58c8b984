"""A plugin's section of agents.yaml, held against the model that the plugin has for it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from jackfield.config.explain import told
from jackfield.errors import PluginError
from jackfield.hookspecs import Checked, Settings


@dataclass(frozen=True, slots=True)
class Refusal:
    """A section that does not fit. `given` is whether agents.yaml has it at all."""

    plugin: str
    model: type[BaseModel]
    error: ValidationError
    given: bool

    def __str__(self) -> str:
        return "; ".join(told(self.model, self.error, ("plugins", self.plugin)))


def model_of(plugin: object) -> type[BaseModel] | None:
    """Raises `PluginError` for a `settings_model` that is no model."""
    model = getattr(plugin, "settings_model", None)
    if model is None:
        return None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PluginError(f"its settings_model is {model!r}; name a pydantic model, the class itself")
    return model


def check(name: str, model: type[BaseModel] | None, section: Settings | None) -> Checked | Refusal:
    """What the plugin's hooks are handed, or why they are not called."""
    if model is None:
        return section or {}
    try:
        return model.model_validate(dict(section or {}))
    except ValidationError as error:
        return Refusal(name, model, error, given=section is not None)

"""A plugin's section of agents.yaml, held against the model that the plugin has for it."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from jackfield.config.later import Misfit
from jackfield.errors import PluginError
from jackfield.hookspecs import Checked, Settings


def model_of(plugin: object) -> type[BaseModel] | None:
    """Raises `PluginError` for a `settings_model` that is no model."""
    model = getattr(plugin, "settings_model", None)
    if model is None:
        return None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PluginError(f"its settings_model is {model!r}; name a pydantic model, the class itself")
    return model


def check(name: str, model: type[BaseModel] | None, section: Settings | None) -> Checked | Misfit:
    """What the plugin's hooks are handed, or why they are not called."""
    if model is None:
        return section or {}
    try:
        return model.model_validate(dict(section or {}))
    except ValidationError as error:
        return Misfit(("plugins", name), model, error, given=section is not None)

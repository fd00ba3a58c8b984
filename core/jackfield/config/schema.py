"""agents.schema.json: what an editor needs to complete and check agents.yaml as it is typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from jackfield.config.kinds import KINDS
from jackfield.config.models import Config
from jackfield.config.pasted import THEIRS

Schema = dict[str, Any]


_OFF = ({"enum": ["off", False]}, {"type": "null"})
"""What may stand in the place of a plugin's settings."""

Models = Mapping[str, type[BaseModel]]


def schema_text(plugins: Models | None = None) -> str:
    """The file, as it stands beside agents.yaml."""
    return json.dumps(schema(plugins), indent=2, ensure_ascii=False) + "\n"


def schema(plugins: Models | None = None) -> Schema:
    """JSON Schema of agents.yaml, made from the models; their docstrings are its descriptions. `plugins`
    are the models of plugins' settings; one that has no JSON Schema is left out."""
    sections = {name: model for name, model in (plugins or {}).items() if _has_schema(model)}
    models: list[type[BaseModel]] = list(dict.fromkeys([Config, *KINDS.values(), *sections.values()]))
    references, found = models_json_schema([(model, "validation") for model in models])
    definitions: Schema = found["$defs"]
    root = definitions.pop(references[Config, "validation"]["$ref"].rpartition("/")[2])
    keys = root["properties"]
    if sections:
        keys["plugins"]["properties"] = {
            name: {"anyOf": [references[model, "validation"], *_OFF]} for name, model in sections.items()
        }
    keys["providers"]["properties"] = {
        kind: _with_kind(definitions, model.__name__) for kind, model in KINDS.items()
    }
    for key in THEIRS:  # in blocks of other programs there may be anything
        keys[key] = {"type": "object", "description": "MCP servers as other programs declare them."}
    keys["inputs"] = {"type": "array", "description": "What ${input:ID} in such a block asks for."}
    for section in (each for each in (root, *definitions.values()) if "properties" in each):
        needed = section.get("required", ())
        section["properties"] = {
            key: _tidy(value, optional=key not in needed) for key, value in section["properties"].items()
        }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **root,
        "title": "agents.yaml of Jackfield",
        "patternProperties": {"^x-": {"description": "Yours, for anchors; not read."}},
        "$defs": definitions,
    }


def _has_schema(model: type[BaseModel]) -> bool:
    try:
        model.model_json_schema()
    except Exception:
        return False
    return True


def _with_kind(definitions: Schema, name: str) -> Schema:
    definitions[name]["properties"]["kind"] = definitions["ProviderConfig"]["properties"]["kind"]
    return {"$ref": f"#/$defs/{name}"}


def _tidy(value: Schema, *, optional: bool) -> Schema:
    """One key's schema, without what says nothing; a key that is optional may have nothing after it."""
    rest = {key: item for key, item in value.items() if key not in ("title", "description", "default")}
    if "patternProperties" in rest:
        rest["additionalProperties"] = False
    choices = [choice for choice in rest.get("anyOf", [rest]) if choice != {"type": "null"}]
    tidy: Schema = {}
    if "description" in value:
        tidy["description"] = value["description"].replace("\n", " ")
    if value.get("default") and _fits(value["default"], choices[0]):
        tidy["default"] = value["default"]
    if optional:
        return {**tidy, "anyOf": [*choices, {"type": "null"}]}
    return {**tidy, **choices[0]}


def _fits(default: object, choice: Schema) -> bool:
    """Whether the default can be written so in the file; that of a duration, in seconds, cannot."""
    if isinstance(default, bool):
        return True
    kinds = {str: "string", int: "integer", float: "number", list: "array"}
    return type(default) in kinds and choice.get("type") == kinds[type(default)]

"""Arguments that agents.yaml fixes: what the model sees of them, and what the server gets."""

import json
from typing import Any

import pytest
from jsonschema.validators import validator_for
from mcp import types

from jackfield.config.servers import McpServerConfig
from jackfield.mcp.fixed import properties_of, without
from jackfield.mcp.terms import terms_of

PLAIN = {
    "type": "object",
    "properties": {"tenant": {"type": "string"}, "name": {"type": "string"}},
    "required": ["tenant", "name"],
    "dependentRequired": {"name": ["tenant"], "tenant": ["name"]},
    "examples": [{"tenant": "acme", "name": "Ada"}],
    "default": {"tenant": "acme"},
}
REFERENCE = {
    "type": "object",
    "$ref": "#/$defs/Both",
    "$defs": {
        "Both": {"allOf": [{"$ref": "#/$defs/Tenant"}, {"$ref": "#/$defs/Name"}]},
        "Tenant": {"properties": {"tenant": {"$ref": "#/$defs/Id"}}, "required": ["tenant"]},
        "Name": {"properties": {"name": {"$ref": "#/$defs/Word"}}},
        "Id": {"type": "string", "description": "of the tenant"},
        "Word": {"type": "string"},
    },
}
CHOICE = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "anyOf": [
        {"required": ["name"]},
        {"properties": {"tenant": {"type": "string"}}, "required": ["tenant"]},
    ],
    "not": {"required": ["tenant"]},
    "if": {"properties": {"tenant": {"const": "acme"}}},
    "then": {"required": ["name"]},
}


@pytest.mark.parametrize("schema", [PLAIN, REFERENCE, CHOICE], ids=["plain", "reference", "choice"])
def test_a_fixed_argument_is_nowhere_in_what_the_model_sees(schema: dict[str, Any]) -> None:
    before = json.dumps(schema)
    assert properties_of(schema) == {"tenant", "name"}
    shown = without(schema, ["tenant"])
    assert "tenant" not in json.dumps(shown)
    assert properties_of(shown) == {"name"}
    validator_for(shown)(shown).validate({"name": "Ada"})
    assert json.dumps(schema) == before


def test_a_property_of_the_same_name_inside_another_one_stays() -> None:
    inner = {"type": "object", "properties": {"tenant": {"type": "string"}}, "required": ["tenant"]}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"tenant": {"$ref": "#/$defs/Owner"}, "owner": {"$ref": "#/$defs/Owner"}},
        "$defs": {"Owner": inner},
    }
    shown: Any = without(schema, ["tenant"])
    assert shown["properties"] == {"owner": {"$ref": "#/$defs/Owner"}}
    assert shown["$defs"] == {"Owner": inner}


def test_a_schema_that_names_none_of_them_is_passed_on_as_it_is() -> None:
    assert without(REFERENCE, ["other"]) is REFERENCE
    assert without(REFERENCE, []) is REFERENCE


def test_a_schema_that_refers_to_itself_comes_to_an_end() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "allOf": [{"$ref": "#"}, {"$ref": "#/allOf/1"}],
        "properties": {"tenant": {}, "name": {}},
    }
    assert "tenant" not in json.dumps(without(schema, ["tenant"]))


def test_what_is_said_of_a_server_holds_for_tools_that_take_it_and_of_a_tool_always() -> None:
    config = McpServerConfig.model_validate(
        {
            "fixed": {"tenant": "acme", "region": "north"},
            "tools": {
                "find_*": {"fixed": {"limit": 3}, "read_only": True},
                "find_all": {"fixed": {"limit": 9}, "read_only": False},
            },
        }
    )

    def fixed_of(name: str) -> tuple[dict[str, object], bool]:
        terms = terms_of(types.Tool.model_validate({"name": name, "inputSchema": PLAIN}), config)
        return dict(terms.fixed), terms.repeatable

    assert fixed_of("find_one") == ({"tenant": "acme", "limit": 3}, True)
    assert fixed_of("find_all") == ({"tenant": "acme", "limit": 9}, False)
    assert fixed_of("drop") == ({"tenant": "acme"}, False)

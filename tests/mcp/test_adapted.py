"""Input schemas that the Realtime API would refuse, in a shape that it takes."""

from typing import Any

import pytest

from jackfield.mcp.adapted import UnfitError, adapted

TEXT = {"type": "string"}


def test_what_has_the_right_shape_is_passed_on_as_it_is() -> None:
    schema = {"type": "object", "properties": {"a": {"anyOf": [TEXT, {"type": "null"}]}}, "x-own": True}
    assert adapted(schema) is schema


@pytest.mark.parametrize(
    ("schema", "properties", "required"),
    [
        ({}, {}, None),
        ({"properties": {"a": TEXT}}, {"a": TEXT}, None),
        ({"type": ["object", "null"], "properties": {"a": TEXT}}, {"a": TEXT}, None),
        (
            {
                "$ref": "#/$defs/A",
                "$defs": {"A": {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}},
            },
            {"a": TEXT},
            ["a"],
        ),
        (
            {"type": "object", "allOf": [{"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}]},
            {"a": TEXT, "b": TEXT},
            [],
        ),
        (
            {
                "type": "object",
                "properties": {"a": TEXT, "b": TEXT, "c": TEXT},
                "required": ["c"],
                "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
            },
            {"a": TEXT, "b": TEXT, "c": TEXT},
            ["c"],
        ),
        (
            {
                "oneOf": [
                    {
                        "type": "object",
                        "properties": {"kind": {"const": "a"}, "a": TEXT},
                        "required": ["kind"],
                    },
                    {"type": "object", "properties": {"kind": {"const": "b"}}, "required": ["kind"]},
                ]
            },
            {"kind": {"anyOf": [{"const": "a"}, {"const": "b"}]}, "a": TEXT},
            ["kind"],
        ),
        ({"type": "object", "properties": {"a": TEXT}, "not": {"required": ["a"]}}, {"a": TEXT}, None),
    ],
)
def test_other_ways_of_saying_an_object_are_written_out(
    schema: dict[str, Any], properties: dict[str, Any], required: list[str] | None
) -> None:
    shown = adapted(schema)
    assert (shown["type"], shown["properties"], shown.get("required")) == ("object", properties, required)
    assert not {"anyOf", "oneOf", "allOf", "not", "enum", "$ref"} & shown.keys()


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "array"}, "not of type object but array"),
        ({"enum": [{}]}, "list of values"),
        ({"$ref": "#/$defs/Nothing"}, "#/$defs/Nothing, which is not in it"),
        ({"$ref": "#"}, "refers to itself"),
    ],
)
def test_what_is_no_object_is_refused_with_the_reason(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnfitError, match=reason.replace("$", r"\$")):
        adapted(schema)

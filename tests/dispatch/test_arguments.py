"""What the model sends as arguments, and what it is told about them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jackfield.calls import Json
from jackfield.dispatch.arguments import ArgumentReader
from jackfield.dispatch.evident import evidently
from jackfield.errors import ToolError
from jackfield.tools.tool import HUB, Tool

TICKET: Mapping[str, Json] = {
    "type": "object",
    "properties": {
        "number": {"type": "integer", "minimum": 1000, "maximum": 9999},
        "urgent": {"type": "boolean"},
        "price": {"type": ["number", "null"]},
        "device": {"enum": ["phone", "laptop"]},
        "customer": {
            "type": "object",
            "properties": {"name": {"type": "string", "minLength": 2}},
            "required": ["name"],
        },
        "parts": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": True},
        "when": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "how": {"oneOf": [{"type": "object", "properties": {"by": {"const": "post"}}, "required": ["by"]}]},
    },
    "required": ["number"],
    "additionalProperties": False,
}


def tool(schema: Mapping[str, Json]) -> Tool:
    return Tool("a.b", "Do.", schema, lambda arguments, context: None, HUB, "a")


def read(arguments: object, schema: Mapping[str, Json] = TICKET) -> Mapping[str, Json]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return ArgumentReader().read(tool(schema), text)


def correction(arguments: object, schema: Mapping[str, Json] = TICKET) -> str:
    with pytest.raises(ToolError) as refused:
        read(arguments, schema)
    return str(refused.value)


def test_arguments_that_fit_arrive_as_they_are() -> None:
    arguments = {"number": 1042, "customer": {"name": "Ada"}, "parts": ["hinge"], "price": None}
    assert read(arguments) == arguments


@pytest.mark.parametrize("nothing", ["", "  \n", "{}"])
def test_no_arguments_at_all_are_an_empty_object(nothing: str) -> None:
    assert read(nothing, {"type": "object"}) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"number": 1042', "The arguments are not JSON: Expecting ',' delimiter at character 16."),
        ("number=3", "The arguments are not JSON: Expecting value at character 1."),
        ("[1042]", "The arguments must be one JSON object, not [1042]."),
        ("null", "The arguments must be one JSON object, not null."),
        ('{"number": NaN}', "The arguments cannot be read: NaN is no JSON number."),
        ('{"number": ' + "1" * 5000 + "}", "The arguments cannot be read: Exceeds the limit"),
        ("[" * 100_000, "The arguments cannot be read: maximum recursion depth exceeded"),
    ],
)
def test_what_is_no_json_object_is_said_with_its_place(text: str, words: str) -> None:
    assert correction(text).startswith(words)


@pytest.mark.parametrize(
    ("arguments", "clause"),
    [
        ({"number": "ten"}, '`number` must be an integer, not "ten"'),
        ({}, "`number` is missing (an integer)"),
        ({"number": 9}, "`number` must be at least 1000, not 9"),
        ({"number": 1042, "price": []}, "`price` must be a number or null, not []"),
        ({"number": 1042, "device": "fax"}, '`device` must be one of "phone", "laptop", not "fax"'),
        (
            {"number": 1042, "customer": {"name": "A"}},
            '`customer.name` must have at least 2 characters, not "A"',
        ),
        ({"number": 1042, "customer": {}}, "`customer.name` is missing (a string)"),
        ({"number": 1042, "parts": ["a", 2]}, "`parts[1]` must be a string, not 2"),
        ({"number": 1042, "parts": list("abcd")}, "`parts` must have at most 3 elements"),
        ({"number": 1042, "parts": ["a", "a"]}, "`parts` must not have the same element twice"),
        ({"number": 1042, "when": []}, "`when` must be a string or an integer, not []"),
        ({"number": 1042, "how": {"by": "van"}}, '`how.by` must be "post", not "van"'),
        ({"number": 1042, "urgnt": True}, '`urgnt` is not known (did you mean "urgent"?)'),
        ({"number": 1042, "urgent": "x" * 500}, '`urgent` must be true or false, not "' + "x" * 39 + "…"),
    ],
)
def test_a_correction_names_the_argument_what_it_must_be_and_what_it_was(
    arguments: Json, clause: str
) -> None:
    assert correction(arguments) == f"The arguments do not fit: {clause}." or clause in correction(arguments)


def test_several_faults_are_corrected_at_once_and_many_are_counted() -> None:
    said = correction({"device": "fax", "urgent": 3})
    assert said == (
        "The arguments do not fit: `number` is missing (an integer); "
        '`device` must be one of "phone", "laptop", not "fax"; `urgent` must be true or false, not 3.'
    )
    schema = {"type": "object", "properties": {f"p{n}": {"type": "integer"} for n in range(9)}}
    assert correction({f"p{n}": "x" for n in range(9)}, schema).endswith("; and 4 more.")


def test_a_number_sent_as_text_is_taken_as_the_number_it_is() -> None:
    assert read({"number": "1042", "urgent": "true"}) == {"number": 1042, "urgent": True}
    assert read({"number": 1042, "device": "phone", "when": "12"})["when"] == "12"


@pytest.mark.parametrize("text", ["1042.5", "ten", "", "1042 or so", "[1042]", "NaN", "1" * 50])
def test_text_that_is_not_exactly_such_a_number_is_refused(text: str) -> None:
    assert "`number` must be" in correction({"number": text})


DOUBLING: dict[str, Json] = {
    letter: {"allOf": [{"$ref": f"#/$defs/{chr(ord(letter) + 1)}"}] * 2}
    for letter in "abcdefghijklmnopqrstuvwxy"
}
DOUBLING["z"] = {}
"""Thirty-three million steps, if each were taken."""


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"x": {"type": "strng"}}},
        {"type": "object", "properties": {"x": {"$ref": "https://example.invalid/schema.json"}}},
        {"type": "object", "properties": {"x": {"$ref": "#/$defs/nowhere"}}},
        {"type": "object", "properties": {"x": {"$ref": "#/properties/x"}}},
        {"type": "object", "properties": 3},
        {"type": "object", "patternProperties": {"(": {}}},
        {"type": "object", "$ref": "#"},
        {"type": "object", "$ref": "#/$defs/a", "$defs": DOUBLING},
    ],
)
def test_a_schema_that_cannot_be_evaluated_leaves_the_judgement_to_the_tool(schema: dict[str, Json]) -> None:
    assert read({"x": 1}, schema) == {"x": 1}


def test_a_pattern_that_runs_for_ever_is_not_run() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string", "pattern": "^(a+)+$"}}}
    assert read({"x": "a" * 60 + "!"}, schema) == {"x": "a" * 60 + "!"}


def test_local_references_are_followed() -> None:
    schema = {
        "type": "object",
        "properties": {"who": {"$ref": "#/$defs/Person"}},
        "$defs": {
            "Person": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
        },
    }
    assert correction({"who": {}}, schema) == "The arguments do not fit: `who.name` is missing (a string)."


def test_the_validators_of_many_tools_are_kept_within_a_bound() -> None:
    reader = ArgumentReader()
    for _ in range(1100):
        reader.read(tool({"type": "object"}), "{}")
    assert len(reader._judges) == 1024


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KEYWORDS = (
    "type", "properties", "required", "enum", "const", "anyOf", "oneOf", "allOf", "not", "items", "minimum",
    "maxLength", "uniqueItems", "pattern", "additionalProperties", "patternProperties", "$ref", "$defs",
    "format", "multipleOf", "if", "then",
)  # fmt: skip
keywords = st.sampled_from(KEYWORDS)
texts = st.text() | json_values.map(json.dumps) | st.binary().map(lambda raw: raw.decode("latin-1"))


@given(texts)
def test_any_text_is_read_or_corrected_in_one_line(text: str) -> None:
    try:
        arguments = read(text)
    except ToolError as error:
        assert "\n" not in str(error) and len(str(error)) < 1000
    else:
        assert isinstance(arguments["number"], int | float)


@given(
    st.dictionaries(keywords, json_values), st.dictionaries(st.text(max_size=6), json_values).map(json.dumps)
)
def test_no_schema_whatever_it_says_makes_reading_fail_otherwise(schema: dict[str, Json], text: str) -> None:
    try:
        read(text, {"type": "object", **schema})
    except ToolError as error:
        assert str(error).startswith("The arguments ")


flat = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean", "array", "null", "strng"])},
        optional={
            "default": json_values,
            "minimum": st.integers(),
            "enum": st.lists(json_values, min_size=1),
        },
    ),
)
wholes = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": flat},
    optional={
        "required": st.lists(st.sampled_from(["a", "b", "d"]), unique=True),
        "additionalProperties": st.booleans(),
        "minProperties": st.integers(0, 3),
    },
)
flat_values = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.sampled_from(["", "x"])


@given(wholes, st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), flat_values | st.lists(flat_values)))
def test_what_is_evident_is_what_the_validator_says(
    schema: dict[str, Json], arguments: dict[str, Json]
) -> None:
    if evidently(schema)(arguments):
        assert Draft202012Validator(schema).is_valid(arguments)


def test_ordinary_arguments_are_evident() -> None:
    fits = evidently({"type": "object", "properties": {"number": {"type": "integer", "default": 3}}})
    assert fits({"number": 1042}) and fits({})
    assert not fits({"number": True}) and not fits({"number": "1042"}) and not fits({"other": 1})

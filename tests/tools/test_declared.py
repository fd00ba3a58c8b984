"""Parameters that are declared in a file."""

from __future__ import annotations

import pytest

from jackfield.tools.declared import parameters_schema


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        ("string", {"type": "string"}),
        ("date", {"type": "string", "format": "date"}),
        ("string, the city, as it is said", {"type": "string", "description": "the city, as it is said"}),
        (["small", "large"], {"type": "string", "enum": ["small", "large"]}),
        ([1, 2], {"type": "integer", "enum": [1, 2]}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "string"}}),
    ],
)
def test_a_form_is_a_schema(form: object, schema: object) -> None:
    assert parameters_schema({"x": form}) == {
        "type": "object",
        "properties": {"x": schema},
        "required": ["x"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    "form",
    [
        "integer?",
        "integer ?, how many",
        {"type": "integer", "optional": True},
        {"type": "integer", "default": 1},
    ],
)
def test_what_may_be_left_out_is_not_required(form: object) -> None:
    assert "required" not in parameters_schema({"x": form})


@pytest.mark.parametrize(
    ("name", "form", "words"),
    [
        ("x", "strng", 'x: "strng" is no type (did you mean "string"?)'),
        ("x", "", "is no type"),
        ("x", 5, "x: write a type such as `string`"),
        ("x", [], "x: a list names the values that are possible"),
        ("x", [1, "a"], "all of one kind"),
        ("x", [True], "all of one kind"),
        ("x", {}, "x: say its `type`"),
        ("x", {"type": "strin"}, "x: this is no JSON Schema"),
        ("x", {"type": "string", "optional": "yes"}, "`optional` is true or false"),
        ("the name", "string", "the name: the name of a parameter"),
    ],
)
def test_what_is_no_form_is_told_with_the_name(name: str, form: object, words: str) -> None:
    with pytest.raises(ValueError) as told:
        parameters_schema({name: form})
    assert words in str(told.value)

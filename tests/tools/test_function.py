"""Python functions as tools: what the model is told, what the function is given, what comes back."""

from __future__ import annotations

import datetime
import enum
import functools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from jackfield.calls import Json
from jackfield.errors import PluginError, ToolError
from jackfield.tools.function import tool_from
from jackfield.tools.tool import LOOP, THREAD, ToolContext

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = ToolContext("call_1", "session_1", "receptionist", 5.0)


class Device(enum.StrEnum):
    PHONE = "phone"
    LAPTOP = "laptop"


class Part(BaseModel):
    """A spare part."""

    title: str
    price: Decimal = Field(description="In pounds.", ge=0)


class Assembly(BaseModel):
    name: str
    parts: list[Assembly] = []


@dataclass
class Promise:
    day: datetime.date
    devices: set[Device]


def ticket(
    number: int,
    device: Device,
    day: datetime.date = datetime.date(2026, 11, 22),
    note: Annotated[str | None, Field(description="A remark.", max_length=20)] = None,
    *,
    context: ToolContext,
) -> str:
    """Look a ticket up
    in the book.

    Only the last year is kept.

    Args:
        number: The number on the slip,
            four digits.
        device (Device): What it is: a phone or a laptop.
        context: Not for the model.

    Returns:
        A sentence.
    """
    return f"{number} {device!r} {day!r} {note} {context.agent}"


def test_name_docstring_and_type_hints_become_name_description_and_schema() -> None:
    tool = tool_from(ticket, source="shop", read_only=True)
    assert (tool.name, tool.source, tool.runs_on, tool.repeatable) == ("shop.ticket", "shop", THREAD, True)
    assert tool.description == "Look a ticket up in the book.\n\nOnly the last year is kept."
    assert tool.parameters == {
        "type": "object",
        "additionalProperties": False,
        "required": ["number", "device"],
        "properties": {
            "number": {"type": "integer", "description": "The number on the slip, four digits."},
            "device": {
                "type": "string",
                "enum": ["phone", "laptop"],
                "description": "What it is: a phone or a laptop.",
            },
            "day": {"type": "string", "format": "date", "default": "2026-11-22"},
            "note": {
                "anyOf": [{"type": "string", "maxLength": 20}, {"type": "null"}],
                "default": None,
                "description": "A remark.",
            },
        },
    }


def test_arguments_arrive_as_the_types_that_the_function_names() -> None:
    tool = tool_from(ticket, source="shop")
    answer = tool.invoke({"number": 1042, "device": "laptop", "day": "2026-12-24"}, CONTEXT)
    assert answer == "1042 <Device.LAPTOP: 'laptop'> datetime.date(2026, 12, 24) None receptionist"


def test_a_parameter_that_is_not_given_is_left_to_the_default_of_the_function() -> None:
    marker = ["the very same list"]

    def same(values: list[str] = marker) -> bool:
        """Is it?"""
        return values is marker

    assert tool_from(same, source="t").invoke({}, CONTEXT) is True


def test_arguments_that_the_types_refuse_are_corrections_for_the_model() -> None:
    tool = tool_from(ticket, source="shop")
    with pytest.raises(ToolError) as refused:
        tool.invoke({"number": 1, "device": "phone", "day": "soon"}, CONTEXT)
    assert str(refused.value).startswith("The arguments do not fit: `day`: input should be a valid date")
    assert "\n" not in str(refused.value)


async def test_an_async_function_runs_on_the_loop_and_is_given_the_context() -> None:
    async def whose(context: ToolContext | None = None) -> str:
        """Whose call it is."""
        assert context is not None
        return context.agent

    tool = tool_from(whose, source="t")
    assert tool.runs_on == LOOP
    assert tool.parameters["properties"] == {}
    answer = tool.invoke({}, CONTEXT)
    assert not isinstance(answer, str)
    assert await answer == "receptionist"  # type: ignore[misc]


def test_a_method_is_a_tool_without_its_self() -> None:
    class Shop:
        def greet(self, name: str) -> str:
            """Greet."""
            return f"Hello {name}"

    tool = tool_from(Shop().greet, source="t", name="hello")
    assert tool.name == "t.hello"
    assert tool.invoke({"name": "Ada"}, CONTEXT) == "Hello Ada"


def test_parameters_may_be_called_whatever_python_allows() -> None:
    def odd(schema: str, model_config: str, _hidden: str, json: str, self_: int = 3) -> list[str]:
        """Odd."""
        return [schema, model_config, _hidden, json]

    tool = tool_from(odd, source="t")
    arguments = {"schema": "a", "model_config": "b", "_hidden": "c", "json": "d"}
    assert list(tool.parameters["properties"]) == [*arguments, "self_"]  # type: ignore[call-overload]
    assert tool.invoke(arguments, CONTEXT) == ["a", "b", "c", "d"]


def test_a_model_as_parameter_is_written_out_and_its_titles_are_dropped() -> None:
    def order(part: Part, kind: Literal["new", "used"] = "new") -> str:
        """Order a part."""
        return f"{part.title} {part.price + 1} {kind}"

    tool = tool_from(order, source="t")
    text = json.dumps(tool.parameters)
    assert "$ref" not in text and "$defs" not in text
    properties = tool.parameters["properties"]
    assert isinstance(properties, dict)
    assert properties["part"]["properties"]["title"] == {"type": "string"}
    assert tool.invoke({"part": {"title": "hinge", "price": "9.50"}}, CONTEXT) == "hinge 10.50 new"


def test_a_model_that_holds_itself_keeps_its_definition() -> None:
    def build(assembly: Assembly) -> str:
        """Build."""
        return assembly.parts[0].name

    tool = tool_from(build, source="t")
    assert json.dumps(tool.parameters["$defs"]).count('"$ref": "#/$defs/Assembly"') == 1
    assert tool.invoke({"assembly": {"name": "a", "parts": [{"name": "b"}]}}, CONTEXT) == "b"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (Device.PHONE, "phone"),
        (None, None),
        (float("nan"), None),
        ([1, float("inf")], [1, None]),
        ({1: (2, 3)}, {"1": [2, 3]}),
        (Decimal("1.50"), "1.50"),
        (datetime.datetime(2026, 11, 22, 18, 0), "2026-11-22T18:00:00"),
        (Part(title="hinge", price=Decimal(3)), {"title": "hinge", "price": "3"}),
        (Promise(datetime.date(2026, 1, 2), {Device.PHONE}), {"day": "2026-01-02", "devices": ["phone"]}),
    ],
)
def test_what_a_function_returns_becomes_json(value: object, expected: Json) -> None:
    def give() -> object:
        """Give."""
        return value

    answer = tool_from(give, source="t").invoke({}, CONTEXT)
    assert answer == expected
    json.dumps(answer, allow_nan=False)


def circle() -> list[object]:
    """Round and round."""
    values: list[object] = []
    values.append(values)
    return values


def thing() -> object:
    """A thing."""
    return object()


def binary() -> bytes:
    """Bytes."""
    return b"\xff"


def awaitable() -> object:
    """Should have been async."""

    async def later() -> str:
        return "late"

    return later()


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (thing, "t.thing returned a object that JSON cannot hold"),
        (circle, "t.circle returned a list that JSON cannot hold"),
        (binary, "t.binary returned a bytes that JSON cannot hold"),
        (awaitable, "t.awaitable is a plain function that returned an awaitable; declare it `async def`"),
    ],
)
def test_what_json_cannot_hold_is_an_error_that_names_the_tool(
    function: Callable[..., object], words: str
) -> None:
    with pytest.raises(PluginError, match=words):
        tool_from(function, source="t").invoke({}, CONTEXT)


def no_docstring(number: int) -> str:
    return str(number)


def no_hint(number) -> str:  # type: ignore[no-untyped-def]
    """Do."""
    return str(number)


def starred(*numbers: int) -> str:
    """Do."""
    return str(numbers)


def double_starred(**numbers: int) -> str:
    """Do."""
    return str(numbers)


def positional(number: int, /) -> str:
    """Do."""
    return str(number)


def typing_only(path: Path) -> str:
    """Do."""
    return str(path)


def of_no_json(where: Callable[[int], int]) -> str:
    """Do."""
    return str(where)


def of_a_class_of_its_own(lock: pytest.Module) -> str:
    """Do."""
    return str(lock)


def described_wrongly(number: int) -> str:
    """Do.

    Args:
        nubmer: The number.
    """
    return str(number)


async def generator() -> AsyncIterator[str]:
    """Do."""
    yield "x"


@pytest.mark.parametrize(
    ("function", "advice"),
    [
        (no_docstring, "t.no_docstring has no docstring; add one that says what it does"),
        (no_hint, "t.no_hint: `number` has no type hint; write `number: str`"),
        (starred, r"t.starred takes `\*numbers: .*`; give every parameter a name of its own"),
        (double_starred, r"t.double_starred takes `\*\*numbers: .*`; give every parameter a name"),
        (positional, "t.positional takes `number: .*`; give every parameter a name of its own, no `/`"),
        (typing_only, "t.typing_only: its type hints cannot be resolved .* not under TYPE_CHECKING"),
        (of_no_json, "t.of_no_json: a parameter has a type that JSON cannot hold"),
        (of_a_class_of_its_own, "t.of_a_class_of_its_own: a parameter has a type that JSON cannot hold"),
        (
            described_wrongly,
            r'describes `nubmer`, which is none of its parameters \(did you mean "number"\?\)',
        ),
        (generator, "t.generator is an async generator; return a list"),
        (lambda: "x", "a lambda has neither type hints nor a docstring; use def"),
        (functools.partial(ticket, 3), "is not a function; register a function or a method"),
    ],
)
def test_a_function_that_cannot_be_a_tool_is_told_what_to_add(
    function: Callable[..., object], advice: str
) -> None:
    with pytest.raises(PluginError, match=advice):
        tool_from(function, source="t")


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(PluginError, match="a tool's name is at most 64 letters"):
        tool_from(ticket, source="shop", name="look it up")


@given(
    st.dictionaries(
        st.text(max_size=8) | st.sampled_from(["number", "device", "day", "note"]), st.from_type(object)
    )
)
def test_arguments_of_any_kind_are_taken_or_refused_in_words(arguments: dict[str, object]) -> None:
    tool = tool_from(ticket, source="shop")
    try:
        assert isinstance(tool.invoke(arguments, CONTEXT), str)
    except ToolError as error:
        assert str(error).startswith("The arguments do not fit: ")

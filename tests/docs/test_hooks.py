"""The reference of hooks tells what the code tells, and no more."""

import inspect
import re
from dataclasses import fields
from pathlib import Path

from jackfield import hookspecs
from jackfield.hookspecs import GROUP, HOOKS, PATIENCE, FunctionCall, SessionFacts, Verdict

from .listings import FENCE

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "hooks.md").read_text()


def declared() -> dict[str, list[str]]:
    """The hooks and their arguments, in the order of the code."""
    return {hook.__name__: [*inspect.signature(hook).parameters] for hook in HOOKS}


def described() -> dict[str, list[str]]:
    headings = re.findall(r"^### (\w+)\((.*)\)$", FENCE.sub("", PAGE), flags=re.MULTILINE)
    return {name: arguments.split(", ") for name, arguments in headings}


def row(first: str) -> str:
    (line,) = re.findall(rf"^\| `{first}` \|.*$", PAGE, flags=re.MULTILINE)
    return str(line)


def test_the_list_of_hooks_is_complete() -> None:
    specs = [value for value in vars(hookspecs).values() if hasattr(value, f"{GROUP}_spec")]
    assert {*specs} == {*HOOKS}


def test_every_hook_is_a_heading_with_its_exact_arguments_in_order() -> None:
    assert [*described().items()] == [*declared().items()]


def test_what_hooks_are_handed_is_named_field_by_field() -> None:
    for argument, kind in (("call", FunctionCall), ("session", SessionFacts)):
        told = re.findall(r"`(\w+)`", row(argument))
        assert {field.name for field in fields(kind)} <= {*told}, argument


def test_every_way_to_make_a_verdict_is_named() -> None:
    ways = {name for name, value in vars(Verdict).items() if isinstance(value, classmethod)}
    assert {*re.findall(r"^\| `Verdict\.(\w+)\(", PAGE, flags=re.MULTILINE)} == ways


def test_the_patience_that_is_told_is_the_one_that_is_had() -> None:
    assert row("patience").endswith(f"`{PATIENCE}` |")

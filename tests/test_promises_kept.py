"""Every promise and every policy has its tests, at three levels, and they are there."""

import ast
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from jackfield.calls import CallPolicy
from tests.promises import NINE, OF_POLICIES, Kept

ROOT = Path(__file__).parent.parent
ALL = [*NINE.items(), *OF_POLICIES.items()]


@cache
def collected(path: str) -> set[str]:
    """The names that pytest collects from a file: functions, and Hypothesis machines given a name."""
    tree = ast.parse((ROOT / path).read_text())
    functions = {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    targets = [target for each in tree.body if isinstance(each, ast.Assign) for target in each.targets]
    return functions | {target.id for target in targets if isinstance(target, ast.Name)}


def test_nine_promises_are_made_and_every_policy_is_one() -> None:
    assert list(NINE) == list(range(1, 10))
    assert set(OF_POLICIES) == {field.name for field in fields(CallPolicy)}


@pytest.mark.parametrize(("what", "kept"), ALL, ids=[str(what) for what, _ in ALL])
def test_each_is_tested_purely_over_a_socket_and_over_the_whole_line(what: int | str, kept: Kept) -> None:
    for level, found in {"pure": kept.pure, "socket": kept.socket, "line": kept.line}.items():
        assert found, f"{what}: no test at the level {level}"
        for test in found:
            path, _, name = test.partition("::")
            assert name.lower().startswith("test"), test
            assert name in collected(path), f"{what}: {test} is not there (any more)"

"""Where a tool runs is decided in one place, by its kind and its policy."""

import pytest

from jackfield.calls import Isolation
from jackfield.dispatch.executors import own_executors
from jackfield.dispatch.placement import place, placed
from jackfield.tools.tool import HUB, LOOP, OWN_LOOP, PROCESS, THREAD, Tool


@pytest.mark.parametrize(
    ("kind", "isolation", "executor"),
    [
        (LOOP, None, LOOP),
        (LOOP, Isolation.LOOP, LOOP),
        (LOOP, Isolation.THREAD, OWN_LOOP),
        (LOOP, Isolation.PROCESS, PROCESS),
        (THREAD, None, THREAD),
        (THREAD, Isolation.LOOP, THREAD),  # it would block the loop; `jackfield check` refuses it
        (THREAD, Isolation.THREAD, THREAD),
        (THREAD, Isolation.PROCESS, PROCESS),
        (HUB, None, HUB),
        (HUB, Isolation.LOOP, HUB),
        (HUB, Isolation.THREAD, HUB),
        (HUB, Isolation.PROCESS, HUB),
    ],
)
def test_kind_and_policy_decide(kind: str, isolation: Isolation | None, executor: str) -> None:
    assert place(kind, isolation) == executor
    tool = Tool("a.b", "Do.", {"type": "object"}, lambda arguments, context: None, kind, "a")
    assert placed(tool, isolation).runs_on == executor
    if kind == executor:
        assert placed(tool, isolation) is tool, "the ordinary call costs nothing"


def test_there_is_an_executor_for_every_place() -> None:
    executors = own_executors()
    assert set(executors) == {LOOP, OWN_LOOP, THREAD, PROCESS}
    for executor in executors.values():
        executor.close()

"""Every fault of the embedded server has its tests, and is told in the documentation."""

from pathlib import Path

import pytest

from jackfield_local.faults.table import FAULTS
from tests.faults import TESTED
from tests.test_promises_kept import ROOT, collected

PAGE = ROOT / "docs" / "reference" / "testing.md"


def test_every_fault_has_tests() -> None:
    assert list(TESTED) == list(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_the_tests_of_a_fault_are_there_and_name_it(name: str) -> None:
    for test in TESTED[name]:
        path, _, function = test.partition("::")
        assert function in collected(path), test
        assert f'"{name}"' in Path(ROOT / path).read_text() or f"[{name}]" in Path(ROOT / path).read_text()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_settings(name: str) -> None:
    [row] = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{name}`")]
    for setting in FAULTS[name].model_fields.keys() - {"times", "skip"}:
        assert f"`{setting}" in row, f"{name}: {setting} is not in the table of {PAGE.name}"

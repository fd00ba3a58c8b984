"""Wrong files, and every word that is said about each of them.

`wrong/NAME.yaml` is the file, `wrong/NAME.txt` the whole message. After a deliberate change of wording,
`python tests/config/test_wrong_files.py` writes the messages anew: read the difference.
"""

import re
import sys
import tempfile
from pathlib import Path

import pytest

from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.errors import ConfigurationError

WRONG = Path(__file__).parent / "wrong"
FILES = sorted(WRONG.glob("*.yaml"))


def message(file: Path, folder: Path) -> str:
    (folder / "not-utf8.md").write_bytes(b"caf\xe9")
    try:
        interpret(Page("agents.yaml", file.read_text(encoding="utf-8")), folder, {})
    except ConfigurationError as refused:
        return f"{refused}\n"
    raise AssertionError(f"{file.name} was accepted")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_wrong_file_is_told_all_its_problems(file: Path, tmp_path: Path) -> None:
    assert message(file, tmp_path) == file.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_problems_stand_in_the_order_of_the_file(file: Path, tmp_path: Path) -> None:
    places = re.findall(r"^agents\.yaml:(\d+):(\d+): ", message(file, tmp_path), re.MULTILINE)
    positions = [(int(line), int(column)) for line, column in places]
    assert positions == sorted(positions) and positions


def test_there_are_at_least_twenty_of_them() -> None:
    assert len(FILES) >= 20


if __name__ == "__main__":
    for wrong in FILES:
        with tempfile.TemporaryDirectory() as temporary:
            wrong.with_suffix(".txt").write_text(message(wrong, Path(temporary)), encoding="utf-8")
    sys.exit()

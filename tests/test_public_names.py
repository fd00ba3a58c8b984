"""What is public, and how it goes away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import jackfield
from jackfield.deprecation import Deprecation, JackfieldDeprecationWarning, deprecated, moved, warn
from tests.test_architecture import MOST_PUBLIC_NAMES

PUBLIC = """
    CallPolicy ConfigurationError Deliver Duplicates Image Inquiry JackfieldError McpError MediaError
    OnBargeIn Outcome OutcomeKind PluginError ProviderError ProviderRefused ProviderUnreachable Reply
    ReplyKind SidebandLost Tool ToolContext ToolError ToolSource Verdict hookimpl
"""

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "compatibility.md"

OLD = Deprecation("jackfield.old", since="0.4", removed_in="0.6", instead="jackfield.new")
WORDS = "jackfield.old is deprecated since Jackfield 0.4 and goes away in 0.6; use jackfield.new"


def test_the_public_names_are_these_and_a_change_of_them_is_meant() -> None:
    assert sorted(jackfield.__all__) == PUBLIC.split()
    assert len(jackfield.__all__) <= MOST_PUBLIC_NAMES
    assert all(getattr(jackfield, name) is not None for name in jackfield.__all__)


def test_the_page_on_compatibility_names_modules_that_are_there() -> None:
    modules = [
        line.split("`")[1] for line in PAGE.read_text().splitlines() if line.startswith("| `jackfield")
    ]
    assert len(modules) >= 6
    for module in modules:
        __import__(module)


def test_a_function_that_goes_away_works_and_says_version_and_replacement() -> None:
    @deprecated(since="0.4", removed_in="0.6", instead="jackfield.new")
    def old(number: int) -> int:
        """The same."""
        return number + 1

    with pytest.warns(JackfieldDeprecationWarning, match=r"goes away in 0\.6; use jackfield\.new") as told:
        assert old(1) == 2
    assert told[0].filename == __file__
    assert (old.__name__, old.__doc__) == ("old", "The same.")


def test_a_name_that_has_moved_is_found_where_it_was() -> None:
    module = ModuleType("jackfield_sample")
    module.__getattr__ = moved("jackfield_sample", {"old": (OLD, 42)})  # type: ignore[method-assign]
    with pytest.warns(JackfieldDeprecationWarning) as told:
        assert module.old == 42
    assert str(told[0].message) == WORDS
    assert told[0].filename == __file__
    with pytest.raises(AttributeError, match="has no attribute 'older'"):
        module.older  # noqa: B018


def test_the_warning_points_at_the_caller() -> None:
    def old() -> None:
        warn("jackfield.old", since="0.4", removed_in="0.6", instead="jackfield.new")

    with pytest.warns(JackfieldDeprecationWarning) as told:
        old()
    assert told[0].filename == __file__


def test_it_is_shown_without_being_asked_for(tmp_path: Path) -> None:
    (tmp_path / "old_plugin.py").write_text(
        "from jackfield.deprecation import warn\n\n"
        "def old():\n    warn('jackfield.old', since='0.4', removed_in='0.6', instead='jackfield.new')\n"
    )
    (tmp_path / "user.py").write_text("import old_plugin\n\ndef use():\n    old_plugin.old()\n")
    done = subprocess.run(
        [sys.executable, "-c", "import user; user.use()"], cwd=tmp_path, capture_output=True, text=True
    )
    assert f"JackfieldDeprecationWarning: {WORDS}" in done.stderr
    assert "user.py:4" in done.stderr

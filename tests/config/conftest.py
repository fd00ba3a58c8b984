"""Files under test are interpreted in memory, with an environment and a folder of their own."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from jackfield.config.loader import Reading, interpret
from jackfield.config.report import Page
from jackfield.errors import ConfigurationError

Interpret = Callable[..., Reading]


@pytest.fixture
def reading(tmp_path: Path) -> Interpret:
    """Interpret a text as agents.yaml."""

    def interpret_text(text: str, environ: Mapping[str, str] | None = None) -> Reading:
        return interpret(Page("agents.yaml", text), tmp_path, environ or {})

    return interpret_text


@pytest.fixture
def refusal(reading: Interpret) -> Callable[..., str]:
    """The words in which a text is refused."""

    def refuse(text: str, environ: Mapping[str, str] | None = None) -> str:
        with pytest.raises(ConfigurationError) as refused:
            reading(text, environ)
        return str(refused.value)

    return refuse

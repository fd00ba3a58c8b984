"""`jackfield talk`, before anybody is called."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from jackfield.cli import cli
from jackfield.errors import ConfigurationError


@pytest.mark.parametrize(
    "name, hint",
    [
        ("recepcionist", '; did you mean "receptionist"?'),
        ("nobody", "; there are: receptionist, workshop"),
    ],
)
def test_an_agent_that_is_not_declared_is_named_with_those_that_are(
    tmp_path: Path, name: str, hint: str
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("agents: {receptionist: {}, workshop: {}}")
    done = CliRunner().invoke(cli, ["talk", name, "--say", "Hello.", "--config", str(file)])
    assert isinstance(done.exception, ConfigurationError)
    assert str(done.exception) == f"{file} has no agent {name!r}{hint}"

"""`jackfield new`: what it writes is a package whose own checks pass, and it writes over nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jackfield.cli.new import new
from jackfield.config import load
from jackfield.errors import ConfigurationError
from jackfield.scaffold import PackageName
from jackfield.scaffold.names import MOST

LIMIT = 100  # seconds; a first run of mypy reads all of the core


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def jackfield_new(*arguments: str) -> Result:
    return CliRunner().invoke(new, arguments)


def run(*command: str, folder: Path, site: Path | None = None) -> str:
    path = [*filter(None, [site and str(site), os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(params=[("plugin", "parcels", "jackfield-parcels"), ("project", "front-desk", "front-desk")])
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """One that was just written, of each kind."""
    kind, name, folder = request.param
    result = jackfield_new(kind, name)
    assert result.exit_code == 0, result.output
    assert f"cd {folder}\n" in result.output
    return tmp_path / folder


def test_what_was_written_passes_its_own_tests_once_it_is_installed(package: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    offline = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check")
    run("pip", "install", *offline, "--target", str(site), ".", folder=package)
    assert " passed" in run("pytest", "-q", "-p", "no:cacheprovider", folder=package, site=site)


@pytest.mark.parametrize("name", ["a", "x" * MOST])
def test_what_was_written_is_linted_and_laid_out_whatever_its_name(name: str, tmp_path: Path) -> None:
    for kind in ("plugin", "project"):
        jackfield_new(kind, name)
    for folder in (tmp_path / f"jackfield-{name}", tmp_path / name):
        run("ruff", "check", ".", folder=folder)
        run("ruff", "format", "--check", ".", folder=folder)


def test_the_types_of_both_kinds_hold(tmp_path: Path) -> None:
    jackfield_new("plugin", "parcels")
    jackfield_new("project", "front-desk")
    here = ["jackfield-parcels/jackfield_parcels.py", "front-desk/front_desk_tools.py"]
    run("mypy", "--strict", "--cache-dir", "cache", *here, folder=tmp_path)


def test_no_name_is_left_to_be_filled_in(package: Path) -> None:
    files = [path for path in package.rglob("*") if path.is_file()]
    assert {".gitignore", "README.md", "pyproject.toml", "test.yml"} <= {path.name for path in files}
    assert not [path for path in files if "@" in path.name or "template" in path.name]
    assert not [path for path in files if "@plugin@" in path.read_text() or "@module@" in path.read_text()]


def test_the_agents_of_a_project_can_be_read_at_once() -> None:
    jackfield_new("project", "front-desk")
    config = load(Path("front-desk/agents.yaml"), {})
    assert (config.provider, config.first_agent) == ("local", "receptionist")
    assert config.agents["receptionist"].tools == ["front-desk.*"]


def test_a_project_without_a_name_is_written_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    assert jackfield_new("project").exit_code == 0
    assert (tmp_path / "shop" / "shop_tools.py").is_file()


def test_what_is_there_is_never_written_over() -> None:
    Path("front-desk").mkdir()
    Path("front-desk/agents.yaml").write_text("mine")
    result = jackfield_new("project", "front-desk")
    assert isinstance(result.exception, ConfigurationError)
    assert "front-desk is there already" in str(result.exception)
    assert [path.name for path in Path("front-desk").iterdir()] == ["agents.yaml"]
    assert Path("front-desk/agents.yaml").read_text() == "mine"


def test_a_place_where_nothing_can_be_written_is_said() -> None:
    Path("file").write_text("no folder")
    os.chdir("/proc")
    result = jackfield_new("project", "front-desk")
    assert isinstance(result.exception, ConfigurationError)
    assert "cannot be written" in str(result.exception)


def test_a_plugin_that_is_installed_already_is_not_written_again() -> None:
    result = jackfield_new("plugin", "clock")
    assert "a plugin called clock is installed already (by jackfield-clock)" in str(result.exception)


@pytest.mark.parametrize("name", ["Parcels", "9lives", "a--b", "-a", "a-", "a_b", "../up", "a" * 33, ""])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    for of in (PackageName.of_plugin, PackageName.of_project):
        with pytest.raises(ConfigurationError, match="cannot be the name of a package"):
            of(name)


def test_a_name_that_is_nearly_one_is_corrected() -> None:
    with pytest.raises(ConfigurationError, match='try "lost-found"'):
        PackageName.of_plugin("Lost & Found")


def test_the_prefix_may_be_given() -> None:
    assert PackageName.of_plugin("jackfield-lost-found") == PackageName(
        "lost-found", "jackfield-lost-found", "jackfield_lost_found"
    )

"""Every listing of the documentation works.

Python is run, the listings of a page one after the other in one module: a plugin among them must load, and
a test among them must pass. YAML is read as agents.yaml (a piece of one is read as a whole file that has
this piece), unless its first line names another file. Commands must exist.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from itertools import dropwhile
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml

from jackfield.cli import cli
from jackfield.config import load
from jackfield.plugins import Plugins, PluginState
from jackfield.testing import line

from .listings import LEFT, RUN, Listing, all_in, listings, pages

HOOKS = ("register_tools", "register_providers", "before_call", "around_call", "call_finished", "notice")


def test_every_listing_is_in_a_language_that_is_known() -> None:
    languages = {one.language for page in pages() for one in listings(page)}
    assert languages <= RUN | LEFT


# --- Python -------------------------------------------------------------------------------------------


@pytest.fixture
def module() -> Iterator[ModuleType]:
    """A page's own module, found in `sys.modules` as an imported one would be."""
    module = ModuleType("listing")
    sys.modules["listing"] = module
    yield module
    del sys.modules["listing"]


# The tutorial writes files, one after the other: `test_tutorial.py` follows it.
PYTHON = {str(one.page.name): one.page for one in all_in("python") if one.page.parent.name != "tutorial"}


@pytest.mark.parametrize("page", PYTHON.values(), ids=PYTHON)
def test_python_runs_plugins_load_and_tests_pass(page: Path, module: ModuleType) -> None:
    for one in listings(page):
        if one.language == "python":
            run(one, module)


def run(one: Listing, module: ModuleType) -> None:
    before = dict(vars(module))
    code = compile("\n" * one.line + one.text, str(one.page), "exec")
    exec(code, vars(module))
    new = {name: value for name, value in vars(module).items() if before.get(name) is not value}
    if any(hook in new for hook in HOOKS):
        must_load(module)
    for name, value in new.items():
        if name.startswith("test_"):
            must_pass(value)


def must_load(module: ModuleType) -> None:
    plugins = Plugins.load({}, allow=(), extra=[module])
    (report,) = (report for report in plugins.report() if report.state is not PluginState.SKIPPED)
    assert report.state is PluginState.LOADED, f"{report.reason}: {report.next_step}"


def must_pass(test: Callable[..., object]) -> None:
    """As pytest would, with the one fixture that everybody has."""
    outcome = test(*(line for name in inspect.signature(test).parameters if name == "line"))
    if inspect.iscoroutine(outcome):
        asyncio.run(outcome)


# --- agents.yaml --------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", all_in("yaml"), ids=str)
def test_yaml_is_an_agents_yaml_without_fault(one: Listing, tmp_path: Path) -> None:
    if re.match(r"# (?!agents\.yaml)\S+\.ya?ml\b", one.text):
        yaml.safe_load(one.text)
        return
    text = one.text if re.search("^agents:", one.text, flags=re.MULTILINE) else one.text + "\nagents: {a: }\n"
    for missing in absent_agents(text):
        text += f"  {missing}:\n    instructions: Help.\n"
    for prompt in re.findall(r"file://(\S+)", text):
        (tmp_path / prompt).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / prompt).write_text("Help.")
    file = tmp_path / "agents.yaml"
    file.write_text(text)
    load(file, environment(text))


def absent_agents(text: str) -> set[str]:
    """Those that a piece of a file hands over to without showing them."""
    declared = yaml.safe_load(text)["agents"]
    wanted = {handoff["to"] for agent in declared.values() for handoff in (agent or {}).get("handoffs", [])}
    return wanted - declared.keys()


def environment(text: str) -> dict[str, str]:
    """A value for every variable that the text speaks of."""
    names = re.findall(r"\$\{(\w+)\}", text)
    return {
        name: "https://x.example" if name.endswith(("ENDPOINT", "URL")) else "0123456789" for name in names
    }


# --- the rest -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", all_in("toml"), ids=str)
def test_toml_can_be_read(one: Listing) -> None:
    assert tomllib.loads(one.text)


@pytest.mark.parametrize("one", all_in("json"), ids=str)
def test_json_can_be_read(one: Listing) -> None:
    assert json.loads(one.text)


@pytest.mark.parametrize("one", all_in("console"), ids=str)
def test_commands_and_their_options_exist(one: Listing) -> None:
    for command in re.findall(r"^\$ (.*)$", one.text, flags=re.MULTILINE):
        words = shlex.split(command, comments=True)
        if words[:1] == ["jackfield"]:
            must_exist(words[1:])


def must_exist(words: list[str]) -> None:
    """Parsed as the command line parses them, and not carried out."""
    context = click.Context(cli)
    words = list(dropwhile(("-v", "-vv").__contains__, words))
    name, command, rest = cli.resolve_command(context, words)
    assert command is not None, f"there is no command {name}"
    command.make_context(name, rest, parent=context, resilient_parsing=False)

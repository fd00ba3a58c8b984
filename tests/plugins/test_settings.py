"""Settings of plugins: what their models take, and where a mistake in them is shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from jackfield.cli import cli
from jackfield.config import load
from jackfield.config.schema import schema
from jackfield.errors import ConfigurationError
from jackfield.plugins import ALLOW_LIST, PluginReport, Plugins, PluginState
from jackfield.runtime import Runtime
from tests.installing import Site, on_the_path

SHOP = '''
    import jackfield
    from pydantic import BaseModel, Field, field_validator

    class Till(BaseModel, extra="forbid"):
        drawers: int = Field(default=1, ge=1)

    class Settings(BaseModel, extra="forbid"):
        """The shop."""

        city: str
        tills: dict[str, Till] = {}

        @field_validator("city")
        @classmethod
        def _known(cls, city):
            if city == "Atlantis":
                raise ValueError("that city has sunk")
            return city

    settings_model = Settings

    @jackfield.hookimpl
    def register_tools(register, settings):
        def where() -> str:
            """Where the shop is."""
            return settings.city

        register(where)
    '''

AGENTS = """\
plugins:
  shop:
    {section}
agents:
  receptionist:
    instructions: You answer the telephone.
    tools: [shop.where]
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv(ALLOW_LIST, "shop,local")
    with on_the_path(tmp_path) as site:
        site.install("shop", SHOP)
        yield site


def written(site: Site, section: str, text: str = AGENTS) -> Path:
    file = site.folder / "agents.yaml"
    file.write_text(text.format(section=section))
    return file


def report_on(plugins: Plugins, name: str) -> PluginReport:
    (report,) = [each for each in plugins.report() if each.name == name]
    return report


WRONG = {
    "cty: Lima": [
        '3:5: unknown key "cty" in plugins.shop; did you mean "city"?',
        '2:3: "city" is missing in plugins.shop',
    ],
    "city: [Lima]": ["3:5: plugins.shop.city: must be text; put it in quotes"],
    "city: Atlantis": ["3:11: plugins.shop.city: that city has sunk"],
    "{city: Lima, tills: {left: {drawers: 0}}}": [
        "3:42: plugins.shop.tills.left.drawers: must be at least 1"
    ],
    "{city: Lima, tills: {left: {drawer: 2}}}": [
        '3:33: unknown key "drawer" in plugins.shop.tills.left; did you mean "drawers"?'
    ],
}


@pytest.mark.parametrize("section", WRONG)
def test_what_a_model_does_not_take_is_shown_at_its_line_and_column(site: Site, section: str) -> None:
    file = written(site, section)
    done = CliRunner().invoke(cli, ["check", "--offline", str(file)])
    assert isinstance(done.exception, ConfigurationError)
    for problem in WRONG[section]:
        assert f"{file}:{problem}\n" in str(done.exception)
    assert "cannot be used" not in str(done.exception)


@pytest.mark.parametrize("section", WRONG)
def test_the_runtime_does_not_start_with_them_and_says_the_same(site: Site, section: str) -> None:
    file = written(site, section)
    with pytest.raises(ConfigurationError) as refused:
        Runtime(load(file))
    for problem in WRONG[section]:
        assert f"{file}:{problem}\n" in str(refused.value)


def test_the_list_of_plugins_says_what_is_wrong_and_lists_the_others(site: Site) -> None:
    plugins = Plugins.of(load(written(site, "cty: Lima")))
    report = report_on(plugins, "shop")
    assert (report.state, report.hooks, report.tools) == (PluginState.BROKEN, (), ())
    assert report.reason.startswith('"city" is missing in plugins.shop; unknown key "cty"')
    assert report_on(plugins, "local").state is PluginState.LOADED


def test_hooks_get_an_instance_of_the_model(site: Site) -> None:
    plugins = Plugins.of(load(written(site, "city: Lima")))
    assert report_on(plugins, "shop").tools == ("shop.where",)
    assert type(plugins.models["shop"]) is not dict


def test_a_plugin_that_needs_settings_and_has_none_is_idle_and_nobodys_fault(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = Plugins.load({}, allow=["shop"])
    report = report_on(plugins, "shop")
    assert report.state is PluginState.IDLE
    assert report.reason == 'it needs settings: "city" is missing in plugins.shop'
    assert report.next_step == "write `plugins: shop:` in agents.yaml"
    assert not caplog.records
    assert not plugins.misfits


def test_an_agent_that_counts_on_an_idle_plugin_is_told_so(site: Site) -> None:
    file = written(site, "", AGENTS.replace("plugins:\n  shop:\n    {section}\n", ""))
    done = CliRunner().invoke(cli, ["check", "--offline", str(file)])
    assert 'the plugin "shop" cannot be used: it needs settings: "city" is missing' in str(done.exception)


@pytest.mark.parametrize("off", ["off", "false", "Off"])
def test_a_plugin_can_be_switched_off(site: Site, off: str) -> None:
    file = written(site, "", AGENTS.replace("shop:\n    {section}", f"shop: {off}"))
    if off == "Off":
        with pytest.raises(ConfigurationError, match=r"plugins\.shop: must be a mapping of its settings, or"):
            load(file)
        return
    plugins = Plugins.of(load(file))
    report = report_on(plugins, "shop")
    assert (report.state, report.reason) == (PluginState.OFF, "agents.yaml switches it off")
    assert "probe_shop" not in sys.modules
    done = CliRunner().invoke(cli, ["check", "--offline", str(file)])
    assert 'the plugin "shop" cannot be used: agents.yaml switches it off' in str(done.exception)


def test_a_list_in_the_file_allows_plugins_and_the_environment_narrows_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "allow_plugins: [shop, clock, local]\nagents: {a: {}}\n"
    file = written(site, "", text.replace("{", "{{").replace("}", "}}"))

    def used() -> set[str]:
        skipped = (PluginState.SKIPPED, PluginState.MISSING)
        return {each.name for each in Plugins.of(load(file)).report() if each.state not in skipped}

    assert used() == {"shop", "local"}
    monkeypatch.delenv(ALLOW_LIST)
    assert used() == {"shop", "clock", "local"}
    monkeypatch.setenv(ALLOW_LIST, "guard,clock")
    assert used() == {"clock"}


def test_what_no_model_can_be_is_the_plugins_fault(site: Site) -> None:
    site.install("shop2", SHOP.replace("settings_model = Settings", "settings_model = Settings(city='Lima')"))
    report = report_on(Plugins.load({}, allow=["shop2"]), "shop2")
    assert report.state is PluginState.BROKEN
    assert "name a pydantic model, the class itself" in report.reason


def test_the_schema_for_editors_has_the_models_of_the_plugins_installed_here(site: Site) -> None:
    found = schema(Plugins.load({}, allow=["shop"]).models)
    Draft7Validator.check_schema(found)
    agents = {"agents": {"a": {}}}
    for section in ({"city": "Lima", "tills": {"left": {"drawers": 2}}}, "off", False):
        Draft7Validator(found).validate({"plugins": {"shop": section}, **agents})
    for section in ({"city": "Lima", "doors": 2}, {}, "on"):
        assert not Draft7Validator(found).is_valid({"plugins": {"shop": section}, **agents})

"""Sources of tools that plugins bring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.plugins import PluginReport, Plugins, PluginState
from jackfield.tools.catalogue import Catalogue
from tests.installing import Site, on_the_path

LAMPS = '''
    import jackfield
    from jackfield.tools.function import tool_from
    from pydantic import BaseModel

    class Settings(BaseModel, extra="forbid"):
        houses: list[str] = ["home"]

    settings_model = Settings

    class House:
        def __init__(self, name):
            self.name, self.rooms, self.broken = name, ["kitchen"], None

        def tools(self):
            if self.broken:
                raise self.broken
            return [tool_from(self.switch, source=self.name, name=room) for room in self.rooms]

        def aside(self):
            return {f"{self.name}.cellar": "it is flooded"}

        def switch(self, on: bool) -> str:
            """Switches the light."""
            return "done"

    houses = []

    @jackfield.hookimpl
    def register_tool_sources(register, settings, changed):
        global tell
        tell = changed
        for name in settings.houses:
            houses.append(House(name))
            register(houses[-1], policies={f"{name}.kitchen": jackfield.CallPolicy(timeout=2.5)})
    '''


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with on_the_path(tmp_path) as site:
        yield site


def report_on(plugins: Plugins, name: str) -> PluginReport:
    (report,) = [each for each in plugins.report() if each.name == name]
    return report


def test_register_tool_sources_offers_as_many_as_the_settings_name(site: Site) -> None:
    site.install("lamps", LAMPS)
    plugins = Plugins.load({"lamps": {"houses": ["home", "office"]}}, allow=["lamps"])
    catalogue = Catalogue(plugins.tool_sources())
    assert [*catalogue.tools] == ["home.kitchen", "office.kitchen"]
    assert plugins.policies["office.kitchen"].timeout == 2.5
    report = report_on(plugins, "lamps")
    assert report.state is PluginState.PARTIAL
    assert report.tools == ("home.kitchen", "office.kitchen")
    assert "home.cellar is set aside: it is flooded" in report.reason


def test_tools_of_a_source_may_come_and_go_and_whoever_wants_to_know_is_told(site: Site) -> None:
    site.install("lamps", LAMPS)
    plugins = Plugins.load({}, allow=["lamps"])
    lamps = __import__("probe_lamps")
    lamps.tell()  # nobody listens yet: no harm
    told: list[str] = []
    plugins.when_tools_change = lambda: told.append(threading.current_thread().name)
    lamps.houses[-1].rooms.append("hall")
    elsewhere = threading.Thread(target=lamps.tell, name="elsewhere")
    elsewhere.start()
    elsewhere.join()
    assert told == ["elsewhere"]
    assert [*Catalogue(plugins.tool_sources()).tools] == ["home.hall", "home.kitchen"]


def test_a_source_that_raises_keeps_what_it_had_and_is_logged_once(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.install("lamps", LAMPS)
    plugins = Plugins.load({}, allow=["lamps"])
    caplog.clear()
    house = __import__("probe_lamps").houses[-1]
    house.broken = OSError("no current")
    for _ in range(3):
        assert [*Catalogue(plugins.tool_sources()).tools] == ["home.kitchen"]
    assert [record.getMessage() for record in caplog.records] == [
        "plugin lamps: its source home cannot tell its tools, and keeps those it had"
    ]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("other", "the plugin other"),
        ("tickets", "an MCP server"),
        ("home", "this plugin itself"),
    ],
)
def test_a_source_cannot_have_a_name_that_is_taken(site: Site, name: str, owner: str) -> None:
    site.install("lamps", LAMPS)
    site.install("other", "import jackfield")
    section = {"lamps": {"houses": ["home", name]}}
    plugins = Plugins.load(section, allow=["lamps", "other"], servers=["tickets"])
    assert f"the source {name} is offered by {owner} already" in report_on(plugins, "lamps").reason
    assert plugins.tool_sources() == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("object()", "is no source of tools: it has no method `tools`"),
        ("House('a house')", "'a house' cannot name a source"),
        ("House(7)", "7 cannot name a source"),
    ],
)
def test_what_is_no_source_is_refused(site: Site, source: str, reason: str) -> None:
    site.install("lamps", LAMPS.replace("register(houses[-1]", f"register({source}"))
    plugins = Plugins.load({}, allow=["lamps"])
    assert reason in report_on(plugins, "lamps").reason


def test_a_source_may_have_the_name_of_its_plugin(site: Site) -> None:
    site.install("lamps", LAMPS)
    plugins = Plugins.load({"lamps": {"houses": ["lamps"]}}, allow=["lamps"])
    assert [*Catalogue(plugins.tool_sources()).tools] == ["lamps.kitchen"]

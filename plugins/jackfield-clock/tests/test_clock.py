"""The time of day in words, and the cities whose time is known."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jackfield_clock
from jackfield.errors import ToolError
from jackfield.plugins import Plugins, PluginState
from jackfield.testing import check_plugin, line
from jackfield_clock import find_city, now, spoken_time


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("00:00", "midnight"),
        ("00:01", "one minute past twelve at night"),
        ("03:00", "three o'clock at night"),
        ("08:15", "quarter past eight in the morning"),
        ("11:58", "two minutes to twelve in the morning"),
        ("12:00", "noon"),
        ("12:30", "half past twelve in the afternoon"),
        ("15:05", "five past three in the afternoon"),
        ("17:35", "twenty-five to six in the afternoon"),
        ("18:23", "twenty-three minutes past six in the evening"),
        ("21:45", "quarter to ten in the evening"),
        ("23:40", "twenty to twelve at night"),
    ],
)
def test_the_time_is_told_as_a_person_would(clock: str, words: str) -> None:
    assert spoken_time(datetime.fromisoformat(f"2026-11-22T{clock}")) == words


@given(st.datetimes())
def test_a_voice_never_meets_a_digit(moment: datetime) -> None:
    assert re.fullmatch(r"[a-z' -]+", spoken_time(moment))


@pytest.mark.parametrize(
    ("said", "name", "zone"),
    [
        ("Lima", "Lima", "America/Lima"),
        ("lima, Peru", "Lima", "America/Lima"),
        ("New York", "New York", "America/New_York"),
        ("buenos aires", "Buenos Aires", "America/Buenos_Aires"),
        ("São Paulo", "Sao Paulo", "America/Sao_Paulo"),
        ("Rio de Janeiro", "Rio de Janeiro", "America/Sao_Paulo"),
        ("Washington, D.C.", "Washington", "America/New_York"),
        ("Mumbai", "Mumbai", "Asia/Kolkata"),
        ("Zürich", "Zurich", "Europe/Zurich"),
        ("St. Petersburg", "St Petersburg", "Europe/Moscow"),
        ("THE HAGUE", "The Hague", "Europe/Amsterdam"),
    ],
)
def test_a_city_is_found_however_it_is_written(said: str, name: str, zone: str) -> None:
    assert find_city(said) == (name, ZoneInfo(zone))


def test_an_unknown_city_is_answered_with_what_may_have_been_meant() -> None:
    with pytest.raises(ToolError, match=r"I do not know a city called Limma\. Did you mean Lima\?"):
        find_city("Limma")
    with pytest.raises(ToolError, match="Name the nearest big city instead"):
        find_city("Mordor upon Anduin")


@given(st.text())
def test_any_text_is_a_city_or_a_clear_answer(said: str) -> None:
    try:
        name, _ = find_city(said)
    except ToolError as error:
        assert str(error).startswith("I do not know a city called ")
    else:
        assert name


def test_every_city_that_is_named_keeps_the_time_of_a_zone_that_exists() -> None:
    for zone, cities in jackfield_clock._SAME_TIME.items():
        for city in cities.split(", "):
            assert find_city(city)[1].key == zone


def test_now_speaks_of_the_city_that_was_asked_for() -> None:
    assert re.fullmatch(r"It is [a-z' -]+ in Lima\.", now("Lima"))
    assert now().endswith(" in London.")


async def test_an_agent_tells_the_caller_what_time_it_is_in_lima() -> None:
    async with line(agents={"agents": {"receptionist": {"tools": ["clock.now"]}}}) as caller:
        await caller.says("What time is it in Lima?")
        assert caller.calls["clock.now"].arguments == {"city": "Lima"}
        assert caller.heard(caller.calls["clock.now"].output)
        assert caller.heard("in Lima")


async def test_the_plugin_can_be_lived_with() -> None:
    await check_plugin(jackfield_clock, calls=[("now", {"city": "Lima"}), ("now", {"city": "Atlantis"})])


def test_the_installed_plugin_offers_the_tool_with_its_schema() -> None:
    plugins = Plugins.load({}, allow=["clock"])
    (source,) = plugins.tool_sources()
    (tool,) = source.tools()
    assert [each.state for each in plugins.report() if each.name == "clock"] == [PluginState.LOADED]
    assert (tool.name, tool.read_only) == ("clock.now", True)
    assert tool.description == "The time of day in a city, anywhere in the world."
    assert tool.parameters["properties"] == {
        "city": {
            "type": "string",
            "default": "London",
            "description": "The name of a big city, such as Lima or New York.",
        }
    }

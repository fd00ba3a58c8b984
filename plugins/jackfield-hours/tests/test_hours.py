"""What the agent says of the opening hours, at moments that the tests choose."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.errors import ToolError
from jackfield.plugins import Plugins, PluginState
from jackfield_hours.days import day_named
from jackfield_hours.plugin import Hours
from jackfield_hours.schedule import Schedule
from jackfield_hours.settings import HoursSettings

SETTINGS = {
    "timezone": "Europe/London",
    "open": {
        "monday": "9:00-17:30",
        "tuesday": "9-17:30",
        "thursday": ["14:00-20:00", "9:00-12:30"],
        "friday": "9:00-24:00",
        "saturday": "10:00-14:00",
        "sunday": "closed",
    },
    "closed": [date(2026, 12, 25), "2026-12-26"],
}


def at(moment: str) -> Hours:
    settings = HoursSettings.model_validate(SETTINGS)
    zone = settings.schedule.zone
    return Hours(settings, lambda: datetime.fromisoformat(moment).replace(tzinfo=zone))


# 2026-11-23 is a Monday.
@pytest.mark.parametrize(
    ("moment", "day", "answer"),
    [
        ("2026-11-23T10:00", "today", "Yes, we are open now, until half past five in the afternoon."),
        ("2026-11-23T08:59", "today", "Not yet. We open today at nine o'clock in the morning."),
        (
            "2026-11-23T17:30",
            "today",
            "No, we closed at half past five in the afternoon. "
            "We open tomorrow at nine o'clock in the morning.",
        ),
        ("2026-11-26T13:00", "now", "Not at the moment. We open today at two o'clock in the afternoon."),
        (
            "2026-11-29T13:00",
            "today",
            "No, we are closed today. We open tomorrow at nine o'clock in the morning.",
        ),
        ("2026-11-27T23:59", "today", "Yes, we are open now, until midnight."),
        (
            "2026-11-23T10:00",
            "on Thursday",
            "Yes, on Thursday we are open from nine o'clock in the morning until half past twelve "
            "in the afternoon and from two o'clock in the afternoon until eight o'clock in the evening.",
        ),
        (
            "2026-11-23T10:00",
            "Sunday",
            "No, we are closed on Sunday. "
            "The next opening is on Monday the thirtieth of November at nine o'clock in the morning.",
        ),
        (
            "2026-12-20T10:00",
            "2026-12-25",
            "No, we are closed on Friday. "
            "The next opening is on Monday the twenty-eighth of December at nine o'clock in the morning.",
        ),
        (
            "2026-11-23T10:00",
            "the 5th of December",
            "Yes, on Saturday the fifth of December we are open from ten o'clock in the morning "
            "until two o'clock in the afternoon.",
        ),
    ],
)
def test_the_answer_fits_the_moment_and_the_day(moment: str, day: str, answer: str) -> None:
    assert at(moment).is_open(day) == answer


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("2026-11-23T10:00", "We are open now, until half past five in the afternoon."),
        ("2026-11-24T20:00", "We open on Thursday at nine o'clock in the morning."),
        ("2026-12-24T21:00", "We open on Monday at nine o'clock in the morning."),
    ],
)
def test_the_next_opening_passes_over_closed_days(moment: str, answer: str) -> None:
    assert at(moment).next_opening() == answer


def test_a_shop_that_never_opens_says_so() -> None:
    settings = HoursSettings.model_validate({"timezone": "UTC", "open": {"monday": "closed"}})
    hours = Hours(settings, lambda: datetime(2026, 11, 23, 12, tzinfo=settings.schedule.zone))
    assert hours.next_opening() == "No opening is planned within a year."
    assert hours.is_open("tuesday").endswith("No opening is planned within a year of it.")


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", TODAY),
        ("this afternoon", TODAY),
        ("tomorrow morning", date(2026, 11, 24)),
        ("the day after tomorrow", date(2026, 11, 25)),
        ("Monday", TODAY),
        ("next Monday", date(2026, 11, 30)),
        ("wed", date(2026, 11, 25)),
        ("2027-01-01", date(2027, 1, 1)),
        ("December 25th", date(2026, 12, 25)),
        ("the twenty-fifth of December", date(2026, 12, 25)),
        ("1 January", date(2027, 1, 1)),
        ("29 February", date(2028, 2, 29)),
        ("March 3, 2027", date(2027, 3, 3)),
    ],
)
def test_a_day_is_understood_in_the_words_of_a_caller(words: str, day: date) -> None:
    assert day_named(words, TODAY) == day


def test_a_day_that_is_none_and_a_day_that_is_past_are_told_apart() -> None:
    with pytest.raises(ToolError, match='which day "whenever" is'):
        day_named("whenever", TODAY)
    with pytest.raises(ToolError, match="Sunday the first of November is in the past"):
        day_named("2026-11-01", TODAY)


@given(st.text() | st.from_regex(r"(next )?[a-z]{3,9} ?[0-9]{0,4}(st|th)?", fullmatch=True))
def test_any_words_are_a_day_to_come_or_a_clear_answer(words: str) -> None:
    try:
        assert day_named(words, TODAY) >= TODAY
    except ToolError as error:
        assert "day" in str(error)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31)), st.integers(0, 400))
def test_what_is_said_of_any_day_at_any_moment_has_no_digit_in_it(moment: datetime, ahead: int) -> None:
    settings = HoursSettings.model_validate(SETTINGS)
    schedule: Schedule = settings.schedule
    hours = Hours(settings, lambda: moment.replace(tzinfo=schedule.zone))
    day = (moment + timedelta(days=ahead)).date()
    assert not re.search(r"\d", hours.is_open(day.isoformat()) + hours.next_opening())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"open": {}}, "plugins.hours.open: must not be empty"),
        (
            {"open": {"mondy": "9-17"}},
            'plugins.hours.open.mondy: there is no such key; .*; did you mean "monday"',
        ),
        (
            {"open": {"monday": "nine to five"}},
            "plugins.hours.open.monday: 'nine to five' is no opening time",
        ),
        ({"open": {"monday": "17:00-9:00"}}, "plugins.hours.open.monday: .* closes before it opens"),
        ({"open": {"monday": "9:00-25:00"}}, "plugins.hours.open.monday: .* goes beyond the day"),
        ({"open": {"monday": "9:75-12:00"}}, "plugins.hours.open.monday: .* goes beyond the day"),
        ({"open": {"monday": ["9-12", "11-15"]}}, "plugins.hours.open.monday: two of these times overlap"),
        ({"closed": "2026-12-25"}, "plugins.hours.closed: must be a list"),
        ({"closed": ["Christmas"]}, r"plugins.hours.closed\[0\]: this is no date"),
        ({"timezone": "Europe/Londn"}, "plugins.hours.timezone: there is no such time zone"),
        ({"timezone": None}, '"timezone" is missing in plugins.hours'),
        ({"timezone": "../../etc/passwd"}, "plugins.hours.timezone: there is no such time zone"),
        ({"opne": {}}, 'unknown key "opne" in plugins.hours; did you mean "open"'),
    ],
)
def test_a_wrong_setting_is_told_by_its_key(wrong: dict[str, object], message: str) -> None:
    plugins = Plugins.load({"hours": {**SETTINGS, **wrong}}, allow=["hours"])
    (report,) = [each for each in plugins.report() if each.name == "hours"]
    assert report.state is PluginState.BROKEN
    assert re.search(message, report.reason)


def test_the_installed_plugin_offers_its_tools_once_it_has_settings() -> None:
    configured = Plugins.load({"hours": SETTINGS}, allow=["hours"])
    assert [tool.name for source in configured.tool_sources() for tool in source.tools()] == [
        "hours.is_open",
        "hours.next_opening",
    ]
    idle = Plugins.load({}, allow=["hours"])
    assert [each.state for each in idle.report() if each.name == "hours"] == [PluginState.IDLE]
    assert not [tool for source in idle.tool_sources() for tool in source.tools()]


def test_instructions_say_what_time_it_is_at_the_shop() -> None:
    open_ = at("2026-11-23T10:00").moment
    assert open_ == (
        "It is now ten o'clock in the morning on Monday the twenty-third of November, where the shop is. "
        "We are open now, until half past five in the afternoon."
    )
    assert at("2026-11-23T20:00").moment.endswith("We open tomorrow at nine o'clock in the morning.")

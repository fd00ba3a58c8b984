"""Numbers, days and times as people say them."""

from datetime import date

import pytest

from jackfield_local.minds.calendar import date_in, day_in, time_in
from jackfield_local.minds.words import numbers_in

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("ten forty two", [1042]),
        ("one oh four two", [1042]),
        ("one zero four two", [1042]),
        ("one thousand and forty two", [1042]),
        ("one thousand forty-two", [1042]),
        ("1,042", [1042]),
        ("10 42", [1042]),
        ("10:42", [1042]),
        ("10 forty two", [1042]),
        ("one oh five oh", [1050]),
        ("ten fifty", [1050]),
        ("double four seven", [447]),
        ("twenty twenty six", [2026]),
        ("two hundred and five", [205]),
        ("a hundred", [100]),
        ("twenty one", [21]),
        ("1042 and 1043", [1042, 1043]),
        ("four, five", [4, 5]),
        ("3.5 hours", [3.5]),
        ("the 24th", [24]),
        ("that one", []),
        ("one moment", []),
        ("oh no", []),
        ("and a", []),
        ("9" * 40, []),
        ("1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7", []),
        ("", []),
    ],
)
def test_numbers_are_read_the_way_people_read_them_out(said: str, numbers: list[float]) -> None:
    assert [each.value for each in numbers_in(said)] == numbers


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("on Saturdays", "Saturday"),
        ("next monday", "next Monday"),
        ("the day after tomorrow", "day after tomorrow"),
        ("tonight", "today"),
        ("the 24th of December", "24 December"),
        ("December 24th", "24 December"),
        ("2026-12-24", "2026-12-24"),
        ("someday", None),
    ],
)
def test_days_are_kept_as_they_were_named(said: str, day: str | None) -> None:
    assert day_in(said) == day


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("today", "2026-11-22"),
        ("tomorrow", "2026-11-23"),
        ("on Saturday", "2026-11-28"),
        ("on Sunday", "2026-11-22"),
        ("the 3rd of January", "2027-01-03"),
        ("the 31st of February", None),
        ("whenever", None),
    ],
)
def test_a_date_is_counted_from_today(said: str, iso: str | None) -> None:
    assert date_in(said, SUNDAY) == iso


def test_a_day_that_the_year_to_come_lacks_is_no_date() -> None:
    assert date_in("the 29th of February", date(2028, 3, 1)) is None


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("at half past seven", "19:30"),
        ("at half past seven in the morning", "07:30"),
        ("quarter to nine", "08:45"),
        ("at 12:30", "12:30"),
        ("at 8 pm", "20:00"),
        ("at ten fifteen", "10:15"),
        ("at noon", "12:00"),
        ("at 25:99", None),
        ("for six days", None),
        ("whenever", None),
    ],
)
def test_a_time_of_day_is_understood(said: str, time: str | None) -> None:
    assert time_in(said) == time

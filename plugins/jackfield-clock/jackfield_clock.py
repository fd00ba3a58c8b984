"""What time it is, anywhere: the smallest useful Jackfield plugin, and the template for yours.

A plugin is a module with functions that agents may call, and the hook that registers them.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import jackfield
from jackfield.hookspecs import RegisterTool

_REGIONS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"})

# Big cities that keep the time of another: the zone database names one city for each zone.
_SAME_TIME = {
    "America/Bogota": "cali, medellin",
    "America/Chicago": "austin, dallas, houston, memphis, milwaukee, minneapolis, nashville, new orleans, "
    "oklahoma city, san antonio, st louis",
    "America/Denver": "salt lake city",
    "America/Edmonton": "calgary",
    "America/Guayaquil": "quito",
    "America/Lima": "arequipa, cusco",
    "America/Los_Angeles": "las vegas, portland, sacramento, san diego, san francisco, san jose, seattle",
    "America/Mexico_City": "guadalajara, puebla",
    "America/New_York": "atlanta, baltimore, boston, charlotte, cleveland, miami, new york city, nyc, "
    "orlando, philadelphia, pittsburgh, washington, washington dc",
    "America/Sao_Paulo": "belo horizonte, brasilia, curitiba, porto alegre, rio, rio de janeiro",
    "America/Toronto": "ottawa, quebec, quebec city",
    "Africa/Cairo": "alexandria, giza",
    "Africa/Casablanca": "fez, marrakesh, rabat",
    "Africa/Johannesburg": "cape town, durban, pretoria",
    "Africa/Lagos": "abuja, ibadan, kano",
    "Asia/Dubai": "abu dhabi, sharjah",
    "Asia/Ho_Chi_Minh": "da nang, hanoi",
    "Asia/Jerusalem": "haifa, tel aviv",
    "Asia/Karachi": "faisalabad, islamabad, lahore, rawalpindi",
    "Asia/Kolkata": "ahmedabad, bangalore, bengaluru, bombay, chennai, delhi, hyderabad, jaipur, mumbai, "
    "new delhi, pune, surat",
    "Asia/Riyadh": "dammam, jeddah, mecca, medina",
    "Asia/Shanghai": "beijing, chengdu, guangzhou, hangzhou, nanjing, shenzhen, tianjin, wuhan, xian",
    "Asia/Tokyo": "fukuoka, hiroshima, kobe, kyoto, nagoya, osaka, sapporo, yokohama",
    "Asia/Seoul": "busan, incheon",
    "Australia/Brisbane": "gold coast",
    "Europe/Amsterdam": "rotterdam, the hague, utrecht",
    "Europe/Berlin": "bremen, cologne, dortmund, dresden, dusseldorf, essen, frankfurt, hamburg, hanover, "
    "leipzig, munich, nuremberg, stuttgart",
    "Europe/Brussels": "antwerp, bruges, ghent",
    "Europe/Istanbul": "ankara, izmir",
    "Europe/Lisbon": "porto",
    "Europe/London": "birmingham, bristol, cardiff, edinburgh, glasgow, leeds, liverpool, manchester",
    "Europe/Madrid": "barcelona, bilbao, malaga, seville, valencia",
    "Europe/Moscow": "saint petersburg, st petersburg",
    "Europe/Paris": "bordeaux, lyon, marseille, nice, strasbourg, toulouse",
    "Europe/Rome": "bologna, florence, genoa, milan, naples, palermo, turin, venice",
    "Europe/Vienna": "graz, salzburg",
    "Europe/Warsaw": "gdansk, krakow, lodz, poznan, wroclaw",
    "Europe/Zurich": "basel, bern, geneva, lausanne",
    "Pacific/Auckland": "christchurch, wellington",
}

_NUMBERS = (
    "twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


def now(city: str = "London") -> str:
    """The time of day in a city, anywhere in the world.

    Args:
        city: The name of a big city, such as Lima or New York.
    """
    name, zone = find_city(city)
    return f"It is {spoken_time(datetime.now(zone))} in {name}."


@jackfield.hookimpl
def register_tools(register: RegisterTool) -> None:
    register(now, read_only=True)


def find_city(city: str) -> tuple[str, ZoneInfo]:
    """The city as one writes it, and its zone. Raises `ToolError` for one that is not known."""
    wanted = _plain(city.partition(",")[0])
    zones = _zones()
    if wanted not in zones:
        alike = [_written(name) for name in get_close_matches(wanted, zones, n=2, cutoff=0.75)]
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "Name the nearest big city instead."
        raise jackfield.ToolError(f"I do not know a city called {city.strip()[:60] or 'nothing'}. {hint}")
    return _written(wanted), ZoneInfo(zones[wanted])


def spoken_time(moment: datetime) -> str:
    """The time in words that a voice says well: `five past three in the afternoon`."""
    hour, minute = moment.hour, moment.minute
    if minute == 0 and hour % 12 == 0:
        return "noon" if hour else "midnight"
    part = _part_of_day(hour)
    if minute == 0:
        return f"{_NUMBERS[hour % 12]} o'clock {part}"
    if minute <= 30:
        return f"{_minutes(minute)} past {_NUMBERS[hour % 12]} {part}"
    return f"{_minutes(60 - minute)} to {_NUMBERS[(hour + 1) % 12]} {part}"


def _minutes(count: int) -> str:
    if count in (15, 30):
        return "quarter" if count == 15 else "half"
    words = _NUMBERS[count] if 0 < count <= 20 else f"twenty-{_NUMBERS[count - 20]}"
    if count % 5 == 0:
        return words
    return f"{words} minute" if count == 1 else f"{words} minutes"


def _part_of_day(hour: int) -> str:
    for end, name in (
        (5, "at night"),
        (12, "in the morning"),
        (18, "in the afternoon"),
        (22, "in the evening"),
    ):
        if hour < end:
            return name
    return "at night"


@cache
def _zones() -> dict[str, str]:
    """Every city that is known, by its plain name, with the name of its zone."""
    zones = {
        _plain(zone.rpartition("/")[2]): zone for zone in sorted(available_timezones()) if _is_city(zone)
    }
    for zone, cities in _SAME_TIME.items():
        zones.update(dict.fromkeys(cities.split(", "), zone))
    return zones


def _is_city(zone: str) -> bool:
    return zone.partition("/")[0] in _REGIONS


def _plain(name: str) -> str:
    """Lower case, without accents, dots and underscores."""
    letters = unicodedata.normalize("NFKD", name.replace("_", " ").replace("-", " "))
    return " ".join("".join(each for each in letters if each.isalnum() or each == " ").lower().split())


def _written(name: str) -> str:
    return " ".join(word if word in ("de", "of", "es") else word.capitalize() for word in name.split())

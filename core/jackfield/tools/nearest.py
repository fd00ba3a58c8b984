"""Did you mean …? One rule for every place that knows the right names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_MOST_NAMES = 1000
_ALIKE = 0.6
_NEARLY_AS_MUCH = 0.1


def nearest(name: str, names: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The names most like `name`, best first; a name that contains it, or is contained, counts as alike."""
    wanted = name.lower()[:200]
    scored = sorted((-_likeness(wanted, each.lower()), each) for each in list(names)[:_MOST_NAMES])
    bar = max(_ALIKE, -scored[0][0] - _NEARLY_AS_MUCH) if scored else _ALIKE
    return tuple(each for score, each in scored if -score >= bar)[:most]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """` (did you mean "x" or "y"?)`, or nothing where no name is alike."""
    alike = [f'"{each}"' for each in nearest(name, names)]
    return f" (did you mean {' or '.join(alike)}?)" if alike else ""


def _likeness(wanted: str, candidate: str) -> float:
    ratio = SequenceMatcher(None, wanted, candidate).ratio()
    contained = len(wanted) >= 3 and len(candidate) >= 3 and (wanted in candidate or candidate in wanted)
    return max(ratio, _ALIKE) if contained else ratio

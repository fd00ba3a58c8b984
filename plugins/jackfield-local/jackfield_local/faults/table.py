"""All faults, by the names that scripts, tests and documentation use."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from .busy_service import BusyService
from .duplicates import Duplicates
from .expiry import Expiry
from .failed_response import FailedResponse, RateLimited
from .fault import Fault
from .filtered_channel import FilteredChannel
from .ice_loss import IceLoss
from .incomplete_response import IncompleteResponse
from .key_expired import KeyExpired
from .late_created import LateCreated
from .preview_spellings import PreviewSpellings
from .race import ActiveResponseRace
from .reordered import Reordered
from .sideband_dropped import SidebandDropped
from .sideband_unknown import SidebandUnknown
from .unknown_events import UnknownEvents
from .unknown_fields import UnknownFields

FAULTS: Mapping[str, type[Fault]] = {
    "late_created": LateCreated,
    "active_response_race": ActiveResponseRace,
    "failed_response": FailedResponse,
    "incomplete_response": IncompleteResponse,
    "rate_limited": RateLimited,
    "expiry": Expiry,
    "sideband_unknown": SidebandUnknown,
    "sideband_dropped": SidebandDropped,
    "reordered": Reordered,
    "unknown_events": UnknownEvents,
    "unknown_fields": UnknownFields,
    "preview_spellings": PreviewSpellings,
    "duplicates": Duplicates,
    "filtered_channel": FilteredChannel,
    "ice_loss": IceLoss,
    "key_expired": KeyExpired,
    "busy_service": BusyService,
}


def fault_of(written: object) -> object:
    """A fault as a script has it: its name, or a mapping of its name to its settings. What is a fault
    already stays one. Raises `ValueError`, pydantic's among them."""
    if isinstance(written, Fault):
        return written
    if isinstance(written, str):
        written = {written: {}}
    if not isinstance(written, Mapping) or len(written) != 1:
        raise ValueError("a fault is its name, or its name with its settings: `late_created: {seconds: 2}`")
    [(name, settings)] = written.items()
    if name not in FAULTS:
        near = get_close_matches(str(name), FAULTS, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FAULTS)}"
        raise ValueError(f"there is no fault {name!r}; {hint}")
    return FAULTS[name].model_validate(settings or {})

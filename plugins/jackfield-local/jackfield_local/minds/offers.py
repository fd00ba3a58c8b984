"""The tools on offer, read from the Realtime session into what a mind needs to know of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

RUNNING_WORK = "running_work"
CANCEL_WORK = "cancel_work"
ABOUT_WORK = frozenset({RUNNING_WORK, CANCEL_WORK})
"""Tools about work itself, which are asked for in words of their own."""


class Role(Enum):
    """What kind of words fill a parameter."""

    INTEGER = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    CHOICE = auto()
    DATE = auto()
    DAY = auto()
    TIME = auto()
    EMAIL = auto()
    PLACE = auto()
    PERSON = auto()
    PROBLEM = auto()
    TEXT = auto()
    THING = auto()
    OTHER = auto()  # objects and the like: nobody says those aloud


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a tool. `many` where the tool takes a list of them."""

    name: str
    role: Role
    required: bool
    choices: tuple[object, ...] = ()
    many: bool = False
    description: str = ""

    @property
    def words(self) -> str:
        return spaced(self.name)


@dataclass(frozen=True, slots=True)
class Offer:
    """One tool: its name on the wire, what it is called in words, and its parameters."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]

    @property
    def required(self) -> tuple[Parameter, ...]:
        return tuple(each for each in self.parameters if each.required)

    @property
    def hands_over(self) -> bool:
        """Whether it gives the caller to somebody else."""
        return self.title.startswith(("transfer to ", "hand over to ", "handoff to ", "escalate to "))

    @property
    def source(self) -> str:
        """The first half of its name on the wire; "" where it has only one."""
        return self.name.rpartition("__")[0]

    @property
    def target(self) -> str:
        """To whom it gives the caller, where it does."""
        return self.title.rpartition(" to ")[2] if self.hands_over else ""

    @property
    def slow(self) -> bool:
        """Whether its author says that it takes a while."""
        return _SLOW.search(self.description) is not None


_SLOW = re.compile(
    r"\b(slow(ly)?|takes? (a (while|moment|few)|about|some|several|up to|\w+ (seconds|minutes)|time)|"
    r"(seconds|minutes) to|may take|long time)\b",
    re.IGNORECASE,
)
_ROLES: list[tuple[Role, str]] = [
    (Role.EMAIL, r"e-?mail"),
    (Role.DAY, r"day|weekday|date"),
    (Role.TIME, r"time|hour|o'clock"),
    (Role.PLACE, r"city|place|town|location|country|timezone|zone|destination"),
    (Role.PROBLEM, r"problem|fault|issue|symptom|complaint|reason"),
    (Role.TEXT, r"note|text|message|body|comment|content|remark"),
    (Role.PERSON, r"customer|person|caller|client|owner|contact|recipient|guest|who|whose"),
    (Role.THING, r"part|device|item|product|article|model|thing|query|name|subject|topic"),
]
_TYPES = {"integer": Role.INTEGER, "number": Role.NUMBER, "boolean": Role.BOOLEAN, "object": Role.OTHER}


def spaced(name: str) -> str:
    """A name as words: `find_ticket`, `findTicket` and `find-ticket` are all "find ticket"."""
    return re.sub(r"[_\-.]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).strip().lower()


def offers_of(tools: Sequence[Mapping[str, object]]) -> tuple[Offer, ...]:
    """The function tools of a session; anything in it that is no function tool is left out."""
    return tuple(
        offer_of(tool) for tool in tools if tool.get("type", "function") == "function" and tool.get("name")
    )


def offer_of(tool: Mapping[str, object]) -> Offer:
    """One function tool (Realtime shape); what its schema does not say is guessed from its names."""
    name = str(tool["name"])
    schema = _mapping(tool.get("parameters"))
    definitions = _mapping(schema.get("$defs"))
    required = schema.get("required")
    required = required if isinstance(required, list) else []
    parameters = [
        _parameter(key, _resolved(_mapping(value), definitions), key in required, definitions)
        for key, value in _mapping(schema.get("properties")).items()
    ]
    title = spaced(name.rpartition("__")[2] or name)
    return Offer(name, title, str(tool.get("description") or ""), tuple(parameters))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _resolved(schema: Mapping[str, object], definitions: Mapping[str, object]) -> Mapping[str, object]:
    """The schema behind a reference, and the one that is not null of a choice of two."""
    if isinstance(reference := schema.get("$ref"), str):
        return {**_mapping(definitions.get(reference.rpartition("/")[2])), **schema}
    for key in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(key)
        for branch in branches if isinstance(branches, list) else []:
            if isinstance(branch, Mapping) and branch.get("type") != "null":
                return {**_resolved(branch, definitions), **schema}
    return schema


def _parameter(
    name: str, schema: Mapping[str, object], required: bool, definitions: Mapping[str, object]
) -> Parameter:
    description = str(schema.get("description") or "")
    many = schema.get("type") == "array"
    inner = _resolved(_mapping(schema.get("items")), definitions) if many else schema
    choices = inner.get("enum") or ([inner["const"]] if "const" in inner else [])
    choices = tuple(choices) if isinstance(choices, list) else ()
    return Parameter(name, _role(name, inner, choices), required, choices, many, description)


def _role(name: str, schema: Mapping[str, object], choices: Sequence[object]) -> Role:
    if choices:
        return Role.CHOICE
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), None)
    if isinstance(kind, str) and kind in _TYPES:
        return _TYPES[kind]
    description = str(schema.get("description") or "")
    if schema.get("format") == "date" or re.search(r"YYYY-MM-DD|ISO.date", description):
        return Role.DATE
    if schema.get("format") == "email":
        return Role.EMAIL
    for text in (spaced(name), description.lower()):
        for role, words in _ROLES:
            if re.search(rf"\b(?:{words})s?\b", text):
                return role
    return Role.THING

"""Names, globs and what is set aside."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.calls import Json
from jackfield.tools.catalogue import Catalogue, function_tools
from jackfield.tools.tool import HUB, Tool
from jackfield.tools.wire import MOST_DESCRIPTION, described, wire_name


@dataclass
class Shelf:
    """A tool source that has what it is given."""

    name: str
    held: Sequence[Tool]
    kept_back: Mapping[str, str] = field(default_factory=dict)

    def tools(self) -> Sequence[Tool]:
        return self.held

    def aside(self) -> Mapping[str, str]:
        return self.kept_back


def tool(name: str, parameters: Mapping[str, Json] | None = None) -> Tool:
    return Tool(
        name=name,
        description="Do.",
        parameters={"type": "object"} if parameters is None else parameters,
        invoke=lambda arguments, context: None,
        runs_on=HUB,
        source=name.partition(".")[0],
    )


def shelf(source: str, *names: str) -> Shelf:
    return Shelf(source, [tool(f"{source}.{name}") for name in names])


SHOP = [shelf("tickets", "find_ticket", "find_part", "close_ticket"), shelf("clock", "now")]


def names(catalogue: Catalogue, *patterns: str) -> list[str]:
    return [each.name for each in catalogue.choose(patterns).tools.values()]


def test_names_and_globs_choose_tools_in_one_order_whatever_the_patterns_are() -> None:
    catalogue = Catalogue(SHOP)
    assert names(catalogue, "clock.now") == ["clock.now"]
    assert names(catalogue, "tickets.find_*") == ["tickets.find_part", "tickets.find_ticket"]
    everything = ["clock.now", "tickets.close_ticket", "tickets.find_part", "tickets.find_ticket"]
    assert names(catalogue, "tickets.*", "clock.*") == everything
    assert names(Catalogue(SHOP[::-1]), "*", "clock.now") == everything


def test_a_pattern_that_matches_nothing_is_missing_and_the_nearest_names_are_told() -> None:
    selection = Catalogue(SHOP).choose(["tickets.find_tiket", "stock.*", "clock.now"])
    assert selection.missing == {"tickets.find_tiket": ("tickets.find_ticket",), "stock.*": ()}
    assert list(selection.tools) == ["clock__now"]


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (tool("shop.bad", {"type": "array"}), "not a JSON Schema of type object"),
        (tool("shop.bad", {}), "not a JSON Schema of type object"),
        (tool("shop.bad", {"type": "object", "oneOf": []}), "`oneOf` at the top"),
        (tool("shop.bad", {"type": "object", "properties": []}), "`properties` in its parameters"),
        (replace(tool("shop.bad"), name="other.bad"), "does not begin with that of its source, `shop.`"),
        (tool("shop."), "does not begin with that of its source"),
        (tool("shop.a\nb"), "cannot be printed"),
        (tool("shop." + "a" * 300), "longer than 200 characters"),
    ],
)
def test_a_tool_that_a_session_would_be_refused_for_is_set_aside(offered: Tool, reason: str) -> None:
    catalogue = Catalogue([Shelf("shop", [offered, tool("shop.good")])])
    assert list(catalogue.tools) == ["shop.good"]
    assert reason in catalogue.aside[offered.name]
    assert names(catalogue, "*") == ["shop.good"]


def test_what_a_source_keeps_back_is_told_to_the_agent_that_asks_for_it() -> None:
    catalogue = Catalogue([Shelf("shop", [], {"shop.task": "it can only be run as a task"}), *SHOP])
    selection = catalogue.choose(["shop.*", "clock.now"])
    assert selection.aside == {"shop.task": "it can only be run as a task"}
    assert selection.missing == {}


def test_of_two_tools_with_one_name_the_first_is_used() -> None:
    first, second = tool("shop.find"), tool("shop.find")
    catalogue = Catalogue([Shelf("shop", [first]), Shelf("shop", [second])])
    assert catalogue.tools["shop.find"] is first
    assert "the first one is used" in catalogue.aside["shop.find"]


def test_more_tools_than_a_session_takes_are_set_aside_and_those_named_in_full_stay() -> None:
    catalogue = Catalogue([shelf("azure", *(f"tool_{number:03}" for number in range(400)))])
    selection = catalogue.choose(["azure.*", "azure.tool_399"])
    assert len(selection.tools) == 120
    assert "azure__tool_399" in selection.tools
    assert len(selection.aside) == 280
    assert "the agent has 400 tools, and a session takes 120" in selection.aside["azure.tool_398"]


def test_the_realtime_api_gets_four_keys_and_no_more() -> None:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    catalogue = Catalogue([Shelf("shop", [replace(tool("shop.find", schema), description="x" * 3000)])])
    (entry,) = function_tools(catalogue.choose(["shop.find"]))
    assert entry.pop("description") == described("x" * 3000)
    assert entry == {
        "type": "function",
        "name": "shop__find",
        "parameters": {"type": "object", "properties": {}},
    }


def test_a_long_description_is_cut_after_a_sentence() -> None:
    text = "One sentence that is said again and again. " * 50
    cut = described(text)
    assert len(cut) <= MOST_DESCRIPTION
    assert cut.endswith("again and again. …")
    assert described("Short.") == "Short."


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("clock.now", "clock__now"),
        ("API-v1.post-search", "API-v1__post-search"),
        ("tickets._hidden", "tickets___hidden"),
        ("transfer_to_workshop", "transfer_to_workshop"),
    ],
)
def test_an_ordinary_name_goes_out_with_two_underscores_for_its_dot(name: str, wire: str) -> None:
    assert wire_name(name) == wire


@pytest.mark.parametrize(
    "name", ["fs.read.file", "a__b.c", "a_.b", "a.größe", "a." + "b" * 80, "a.b c", "", "."]
)
def test_any_other_name_gets_a_hash_of_its_own(name: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", wire_name(name))
    assert re.search(r"_[0-9a-f]{8}$", wire_name(name))


awkward = st.text(st.sampled_from("ab_.-é "), min_size=1, max_size=9) | st.text(max_size=90)


@given(st.lists(awkward, unique=True, max_size=40))
def test_wire_names_are_legal_unique_and_lead_back_to_their_tools(found: list[str]) -> None:
    catalogue = Catalogue([Shelf("a", [tool(f"a.{name}") for name in found])])
    tools = catalogue.choose(["a.*"]).tools
    assert len(tools) == len(catalogue.tools)
    assert {each.name for each in tools.values()} | catalogue.aside.keys() == {f"a.{name}" for name in found}
    for wire, each in tools.items():
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", wire)
        assert wire_name(each.name) == wire


@given(st.sets(awkward, min_size=2, max_size=20))
def test_no_two_names_share_a_wire_name_whichever_others_exist(found: set[str]) -> None:
    assert len({wire_name(name) for name in found}) == len(found)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["type", "properties", "anyOf", "$schema", "x"]), json_values))
def test_a_schema_of_any_kind_is_sent_as_json_or_set_aside(schema: dict[str, Json]) -> None:
    catalogue = Catalogue([Shelf("a", [tool("a.b", schema)])])
    assert len(catalogue.tools) + len(catalogue.aside) == 1
    for entry in function_tools(catalogue.choose(["*"])):
        parameters = json.loads(json.dumps(entry))["parameters"]
        assert parameters["type"] == "object" and isinstance(parameters["properties"], dict)

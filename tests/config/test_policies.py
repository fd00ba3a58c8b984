"""Whose word about a function call is the last one."""

from collections.abc import Callable

from jackfield.calls import CallPolicy, Deliver, OnBargeIn
from jackfield.config import policy_for
from jackfield.config.loader import Reading

Interpret = Callable[..., Reading]

FILE = """
defaults:
  calls:
    timeout: 10s
    concurrency: 4
    tools:
      tickets.*: {timeout: 20s, deliver: silent}
      tickets.ask_supplier: {timeout: 60s}
      tickets.a*: {timeout: 25s}
agents:
  receptionist: {}
  workshop:
    calls:
      timeout: 15s
      announce_after: never
      on_barge_in: cancel
      result_limit: 1KiB
      tools:
        tickets.ask_*: {timeout: 2m}
"""


def test_without_a_word_the_built_in_limits_hold(reading: Interpret) -> None:
    config = reading("agents: {receptionist: {}}").config
    assert policy_for(config, "receptionist", "clock.now") == CallPolicy()


def test_the_plugin_has_a_word_where_the_file_has_none(reading: Interpret) -> None:
    config = reading("agents: {receptionist: {calls: {concurrency: 2}}}").config
    policy = policy_for(config, "receptionist", "clock.now", CallPolicy(timeout=90, concurrency=1))
    assert policy == CallPolicy(timeout=90, concurrency=2)


def test_the_file_has_the_last_word_over_the_plugin(reading: Interpret) -> None:
    config = reading(FILE).config
    policy = policy_for(config, "receptionist", "clock.now", CallPolicy(timeout=90, announce_after=5))
    assert policy == CallPolicy(timeout=10, concurrency=4, announce_after=5)


def test_the_agent_has_the_last_word_over_the_defaults(reading: Interpret) -> None:
    policy = policy_for(reading(FILE).config, "workshop", "clock.now")
    assert policy == CallPolicy(
        timeout=15, concurrency=4, announce_after=None, on_barge_in=OnBargeIn.CANCEL, result_limit=1024
    )


def test_a_word_about_one_tool_is_the_last_over_any_about_all(reading: Interpret) -> None:
    config = reading(FILE).config
    policy = policy_for(config, "workshop", "tickets.find_ticket")
    assert (policy.timeout, policy.deliver, policy.concurrency) == (20, Deliver.SILENT, 4)


def test_an_exact_name_beats_patterns_and_of_those_the_later_one(reading: Interpret) -> None:
    config = reading(FILE).config
    assert policy_for(config, "receptionist", "tickets.ask_supplier").timeout == 60
    assert policy_for(config, "receptionist", "tickets.add_note").timeout == 25
    assert policy_for(config, "workshop", "tickets.ask_supplier").timeout == 120


def test_an_mcp_server_has_a_word_between_what_is_said_of_all_tools_and_of_one(reading: Interpret) -> None:
    config = reading("""
        mcp_servers:
          tickets:
            command: tickets
            prefix: my_
            calls: {timeout: 30s, retry: 1, deliver: silent}
            tools:
              find_*: {timeout: 5s, retry: 2, read_only: true}
              find_part: {timeout: 6s, fixed: {shop: north}}
        defaults: {calls: {timeout: 10s, concurrency: 3, tools: {"tickets.*": {deliver: when_quiet}}}}
        agents:
          receptionist: {calls: {timeout: 15s, tools: {tickets.my_find_ticket: {retry: 3}}}}
    """).config
    said = {
        tool: policy_for(config, "receptionist", f"tickets.{tool}")
        for tool in ("my_open", "my_find_ticket", "my_find_part")
    }
    assert [(each.timeout, each.retry, each.concurrency) for each in said.values()] == [
        (30, 1, 3),
        (5, 3, 3),
        (6, 2, 3),
    ]
    assert {each.deliver for each in said.values()} == {Deliver.WHEN_QUIET}


def test_isolation_has_no_meaning_for_the_tools_of_a_server(refusal: Callable[..., str]) -> None:
    told = refusal("""
        mcp_servers: {tickets: {command: t, calls: {isolation: thread}, tools: {a: {isolation: loop}}}}
        agents: {receptionist: {}}
    """)
    assert told.count("the tools of an MCP server run over there") == 2

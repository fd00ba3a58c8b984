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

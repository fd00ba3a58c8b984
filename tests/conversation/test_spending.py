"""Tokens and money are counted, and the conversation is shortened before the service does it."""

from typing import Any

import pytest

from jackfield.conversation.notices import ConversationShortened, UsageCounted
from jackfield.conversation.spending import Prices
from jackfield.protocol.usage import Usage, window_of
from tests.conversation.line import Line

WINDOW = 1_000


def a_line(window: int | None = WINDOW) -> Line:
    line = Line()
    line.conversation.spending.window = window
    line.conversation.spending.prices = Prices(text_in=4.0, audio_out=64.0)
    return line


def responds(line: Line, read: int, made: int = 10) -> None:
    line.service.begin()
    line.service.end()
    taken = {"text_tokens": read, "audio_tokens": 0, "cached_tokens_details": {"text_tokens": 0}}
    usage = {"input_tokens": read, "output_tokens": made, "input_token_details": taken}
    usage["output_token_details"] = {"audio_tokens": made}
    line.service.outbox[-1]["response"]["usage"] = usage  # type: ignore[index]
    line.settle_wires()


def sent(line: Line, kind: str) -> list[Any]:
    return [each for each in line.service.inbox if each["type"] == kind]


def test_what_a_response_takes_is_told_with_what_the_session_has_cost() -> None:
    line = a_line()
    responds(line, 100)
    responds(line, 200)
    told = [notice for notice in line.notices if isinstance(notice, UsageCounted)]
    assert [(each.input_tokens, each.output_tokens, each.window) for each in told] == [
        (100, 10, WINDOW),
        (200, 10, WINDOW),
    ]
    assert told[-1].cost == pytest.approx((300 * 4 + 20 * 64) / 1_000_000)


def test_cached_tokens_have_a_price_of_their_own() -> None:
    prices = Prices(text_in=4.0, text_cached=0.4)
    assert prices.cost(Usage(text_in=10, text_cached=90)) == pytest.approx((40 + 36) / 1_000_000)


def test_a_conversation_that_fills_the_window_is_shortened_to_a_summary() -> None:
    line = a_line()
    for number in range(20):
        line.service.says(f"u{number}", "user", f"This is remark number {number}.")
    line.settle_wires()
    responds(line, 700)
    assert not line.service.deleted
    responds(line, 800)
    assert line.service.deleted == [f"u{number}" for number in range(len(line.service.deleted))]
    assert 8 <= len(line.service.deleted) <= 14
    [summary] = [item for item in line.service.items if item.get("role") == "system"]
    assert "remark number 0" in str(summary["content"])
    assert [type(each) for each in line.notices if isinstance(each, ConversationShortened)]
    responds(line, 400)
    assert len([item for item in line.service.items if item.get("role") == "system"]) == 1


def test_a_model_whose_window_is_not_known_is_left_alone() -> None:
    line = a_line(None)
    line.service.says("u1", "user", "Hello.")
    responds(line, 1_000_000)
    assert not line.service.deleted


def test_the_windows_of_models_go_by_the_beginnings_of_their_names() -> None:
    assert window_of("gpt-realtime-2.1-mini") == 128_000
    assert window_of("gpt-realtime-mini-2025-10-06") == 32_000
    assert window_of("gpt-realtime-2025-08-28") == 32_000
    assert window_of("my-deployment") is None

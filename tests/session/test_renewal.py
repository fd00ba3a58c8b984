"""The session at the service ends, or breaks, and the call goes on in another one."""

import threading
from pathlib import Path
from typing import Any

import pytest

from jackfield.calls import OutcomeKind
from jackfield.conversation.notices import LineChanged, LineWanted, UsageCounted
from jackfield.errors import ProviderRefused
from jackfield.notices import CallFinished, SessionEnded
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from tests.session.exchange import PATIENCE, Exchange, House, Line, a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents: {receptionist: {tools: [test.*]}}
"""
GREETING = AGENTS.replace("{tools:", "{greeting: Good morning., tools:")
PRICED = """
version: 1
provider: openai
providers:
  openai: {api_key: sk-test, context_window: 32000, prices: {text_in: 4}}
  other: {kind: openai, api_key: sk-2, context_window: 128000, prices: {text_in: 16}}
agents: {receptionist: {fallback: [other]}}
"""
OFFER = "v=0\r\n"


def items(exchange: Exchange) -> list[dict[str, Any]]:
    """What we put into the conversation there."""
    return [each["item"] for each in exchange.said if each["type"] == "conversation.item.create"]


async def wanted(line: Line, count: int = 1) -> None:
    await line.until(lambda line: line.kinds().count("line_wanted") == count)


async def moved(line: Line, count: int = 1) -> Exchange:
    """The caller comes with a new line; the service's end of it, when we are there."""
    number, answer = await line.session.line.renew(OFFER)
    assert answer.startswith("v=0")
    following = line.house.exchanges[f"rtc_{number}"]
    following.news = line.exchange.news
    assert line.session.line.caller_is_at(number)
    await line.until(lambda line: line.kinds().count("line_changed") == count)
    return following


async def costly(line: Line, exchange: Exchange, count: int) -> None:
    """A response that reads a thousand tokens of text; the one of this number that is counted."""
    exchange.begin()
    exchange.end()
    usage = {"input_tokens": 1000, "output_tokens": 0, "input_token_details": {"text_tokens": 1000}}
    exchange.outbox[-1]["response"]["usage"] = usage
    await exchange.flush()
    await line.until(lambda line: line.kinds().count("usage_counted") == count)


async def talked(exchange: Exchange) -> None:
    """The caller asks something, and is answered."""
    exchange.says("item_u1", "user", "Is it ready?")
    exchange.begin()
    exchange.says("item_a1", "assistant", "It is ready.")
    exchange.end()
    await exchange.flush()


async def test_a_function_call_that_is_at_work_is_answered_in_the_session_that_follows(
    tmp_path: Path,
) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(PATIENCE)
        return "there it is"

    async with a_line(tmp_path, AGENTS, slow, lasts=1.5) as line:
        line.session.line.follow()
        await talked(line.exchange)
        await line.calls("test__slow")
        await line.until(lambda line: "call_started" in line.kinds())
        await wanted(line)
        following = await moved(line)
        await following.hears(lambda exchange: len(items(exchange)) == 3)
        assert [each.get("name") or each["content"][0]["text"] for each in items(following)] == [
            "Is it ready?",
            "It is ready.",
            "test__slow",
        ]
        release.set()
        await following.hears(lambda exchange: exchange.outputs == ["call_0"])
        assert items(following)[-1]["output"] == "there it is"
        await following.hears(lambda exchange: len(exchange.requests) == 1)
        assert "call_0" not in line.exchange.outputs
        assert following.busy_errors == 0
        assert line.kinds().count("call_received") == 1
        await line.exchange.hears(lambda exchange: exchange.hung_up == ["rtc_1"])


async def test_the_agent_greets_once_however_often_the_line_changes(tmp_path: Path) -> None:
    async with a_line(tmp_path, GREETING, lasts=1.0) as line:
        line.session.line.follow()
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        line.exchange.end()
        await line.exchange.flush()
        for count in (1, 2, 3):
            line.house.lasts = 1.0
            await wanted(line, count)
            following = await moved(line, count)
        await talked(following)
        await line.until(lambda line: "agent_said" in line.kinds())
        asked = [len(exchange.requests) for exchange in line.house.exchanges.values()]
        assert asked == [1, 0, 0, 0]
        assert [each.number for each in line.notices if isinstance(each, LineChanged)] == [2, 3, 4]


async def test_a_session_that_expires_unrenewed_is_followed_by_one_that_knows_everything(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS) as line:
        line.session.line.follow()
        await talked(line.exchange)
        await line.exchange.expire()
        await wanted(line)
        assert [each.broken for each in line.notices if isinstance(each, LineWanted)] == [True]
        following = await moved(line)
        await following.hears(lambda exchange: len(items(exchange)) == 2)
        assert "session_ended" not in line.kinds()


async def test_an_answer_that_broke_off_with_the_line_is_finished_on_the_next(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS) as line:
        line.session.line.follow()
        line.exchange.says("item_u1", "user", "When is it ready?")
        line.exchange.begin()
        line.exchange.says("item_a1", "assistant", "It will be ready on")
        await line.exchange.flush()
        await line.until(lambda line: "agent_said" in line.kinds())
        await line.exchange.expire()
        await wanted(line)
        following = await moved(line)
        await following.hears(lambda exchange: len(exchange.requests) == 1)
        assert "It will be ready on" in following.requests[0]["response"]["instructions"]


async def test_a_question_that_was_not_answered_before_the_line_broke_is_answered_after(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS) as line:
        line.session.line.follow()
        line.exchange.says("item_u1", "user", "When is it ready?")
        await line.exchange.flush()
        await line.until(lambda line: "caller_said" in line.kinds())
        await line.exchange.expire()
        await wanted(line)
        following = await moved(line)
        await following.hears(lambda exchange: len(exchange.requests) == 1)
        assert "instructions" not in following.requests[0]["response"]


async def test_without_anybody_who_makes_a_new_line_the_end_of_the_session_is_the_end_of_the_call(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS) as line:
        await line.exchange.expire()
        await line.until(lambda line: "session_ended" in line.kinds())
        ended = line.notices[-1]
        assert isinstance(ended, SessionEnded) and ended.failed
        assert "session_expired" in ended.reason
        with pytest.raises(ProviderRefused):
            await line.session.line.renew(OFFER)


async def test_a_provider_that_will_not_go_on_is_left_for_the_one_that_stands_in_for_it(
    tmp_path: Path,
) -> None:
    other = House()
    async with other.serving() as url:
        stand_in = RealtimeProvider("azure", Endpoint(url, "m", offer_form="multipart"), ApiKey("sk-2"))
        async with a_line(tmp_path, AGENTS, fallback=[stand_in]) as line:
            line.session.line.follow()
            await talked(line.exchange)
            await line.exchange.fail("insufficient_quota")
            await wanted(line)
            number, _ = await line.session.line.renew(OFFER)
            following = other.exchanges["rtc_1"]
            following.news = line.exchange.news
            assert line.session.line.caller_is_at(number)
            await following.hears(lambda exchange: len(items(exchange)) == 2)
            [changed] = [each for each in line.notices if isinstance(each, LineChanged)]
            assert changed.provider == "azure"
            assert "insufficient_quota" in changed.reason
        await stand_in.aclose()


async def test_a_function_call_that_is_at_work_when_nobody_makes_a_new_line_ends_with_the_session(
    tmp_path: Path,
) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(PATIENCE)
        return "there it is"

    async with a_line(tmp_path, AGENTS, slow, lasts=2.0) as line:
        await line.calls("test__slow")
        await line.until(lambda line: "call_started" in line.kinds())
        await line.exchange.expire()
        await line.until(lambda line: "session_ended" in line.kinds())
        release.set()
    assert "line_wanted" not in line.kinds()
    finished, ended = line.notices[-2:]
    assert isinstance(finished, CallFinished) and finished.outcome is OutcomeKind.CANCELLED
    assert "session ended" in finished.output
    assert isinstance(ended, SessionEnded) and "session_expired" in ended.reason
    assert line.kinds().count("call_finished") == 1


async def test_tokens_are_counted_at_the_prices_of_the_provider_that_has_the_line(tmp_path: Path) -> None:
    other = House()
    async with other.serving() as url:
        stand_in = RealtimeProvider("azure", Endpoint(url, "m", offer_form="multipart"), ApiKey("sk-2"))
        async with a_line(tmp_path, PRICED, fallback=[stand_in]) as line:
            line.session.line.follow()
            await costly(line, line.exchange, 1)
            await line.exchange.fail("insufficient_quota")
            await wanted(line)
            number, _ = await line.session.line.renew(OFFER)
            following = other.exchanges["rtc_1"]
            following.news = line.exchange.news
            assert line.session.line.caller_is_at(number)
            await line.until(lambda line: "line_changed" in line.kinds())
            following.responses.extend(line.exchange.responses)  # no two sessions give two the same name
            await costly(line, following, 2)
            counted = [each for each in line.notices if isinstance(each, UsageCounted)]
            assert [each.window for each in counted] == [32_000, 128_000]
            assert [each.cost for each in counted] == [0.004, 0.004 + 0.016]
        await stand_in.aclose()


async def test_a_provider_that_will_not_go_on_ends_the_call_where_there_is_no_other(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS) as line:
        line.session.line.follow()
        await talked(line.exchange)
        await line.exchange.fail("insufficient_quota")
        await line.until(lambda line: "session_ended" in line.kinds())
        assert "line_wanted" not in line.kinds(), "the same provider would say the same"


async def test_a_caller_who_falls_silent_is_asked_and_then_hung_up_on_aloud(tmp_path: Path) -> None:
    idle = AGENTS.replace("{tools:", "{idle: {ask_after: 300ms, hang_up_after: 300ms}, tools:")
    async with a_line(tmp_path, idle) as line:
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        line.exchange.end()
        await line.exchange.flush()
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 2)
        line.exchange.end()
        await line.exchange.flush()
        await line.until(lambda line: "session_ended" in line.kinds())
        words = [request["response"]["instructions"] for request in line.exchange.requests]
        assert "Are you still there?" in words[0]
        assert "Goodbye" in words[1]
        ended = line.notices[-1]
        assert isinstance(ended, SessionEnded) and not ended.failed
        assert "silent" in ended.reason
    assert line.exchange.hung_up == ["rtc_1"]


async def test_a_call_of_the_greatest_length_is_ended_with_a_warning_and_a_farewell_aloud(
    tmp_path: Path,
) -> None:
    longest = AGENTS.replace("{tools:", "{max_length: {after: 1s}, tools:")
    async with a_line(tmp_path, longest) as line:
        for count in (1, 2):
            await line.exchange.hears(lambda exchange, n=count: len(exchange.requests) == n)
            assert "session_ended" not in line.kinds()
            line.exchange.end()
            await line.exchange.flush()
        await line.until(lambda line: "session_ended" in line.kinds())
        words = [request["response"]["instructions"] for request in line.exchange.requests]
        assert "only a moment left" in words[0]
        assert "Goodbye" in words[1]
        ended = line.notices[-1]
        assert isinstance(ended, SessionEnded) and not ended.failed
        assert "greatest length" in ended.reason
    assert line.exchange.hung_up == ["rtc_1"]

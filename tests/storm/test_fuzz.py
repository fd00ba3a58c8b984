"""Promise 8 by the thousand: events in any order and of any shape raise nothing, and no call gets stuck.

`JACKFIELD_FUZZ_SEED=7 pytest tests/storm/test_fuzz.py` repeats a run; the seed is part of every failure.
"""

import json
import logging
import os
import secrets
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from jackfield.conversation.contribution import Stage
from jackfield.notices import CallerSaid, CallFinished, CallReceived
from jackfield.protocol.codec import decode
from jackfield.protocol.server_events import Unknown
from tests.conversation.line import Line
from tests.session.exchange import Line as LiveLine
from tests.session.exchange import a_line
from tests.storm.disorder import Disorder
from tests.storm.ladders import embedded, model

SCRIPTS, EVENTS = 50, 200  # 10,000 events
ON_THE_WIRE = 2_000

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist: {tools: [test.*], greeting: Hello.}
"""


class Unchecked(Line):
    """Such a service contradicts itself: there is no saying who holds the floor."""

    def check_the_floor(self) -> None:
        pass


@pytest.fixture
def seed() -> str:
    return os.environ.get("JACKFIELD_FUZZ_SEED") or secrets.token_hex(4)


def test_the_fuzz_is_made_of_events_that_are_understood() -> None:
    for ladder in (embedded(), model()):
        kinds = Counter(type(decode(json.dumps(event))) for event in ladder)
        assert kinds[Unknown] < len(ladder) / 2
        assert len(kinds) > 5


def tools_end(line: Line, random: Random) -> None:
    """Some tools end, sooner or later; each of them is answered at that moment."""
    for call_id in [call.id for call in line.conversation.running]:
        if random.random() < 0.1:
            before = len(line.service.inbox)
            line.finish(call_id)
            assert line.closed or len(line.service.inbox) > before, f"{call_id} was not answered"


@pytest.mark.parametrize("ends_sessions", [False, True])
def test_ten_thousand_events_in_disorder_raise_nothing_and_leave_no_call_unanswered(
    seed: str, ends_sessions: bool
) -> None:
    disorder = Disorder(seed, ends_sessions=ends_sessions)
    started = 0
    for script in range(SCRIPTS):
        line = Unchecked()
        for raw in disorder.script(EVENTS):
            line.conversation.receive(decode(raw), line.now)
            line.carry_out()
            tools_end(line, disorder.random)
            line.wait(disorder.random.choice([0.0, 0.0, 0.0, 0.1, 1.0, 5.0]))
        line.wait(60)
        answers = Counter(line.outputs_sent)
        started += len(line.started)
        if not line.closed:
            assert [answers[call_id] for call_id in line.started] == [1] * len(line.started), (
                f"{seed}/{script}"
            )
            assert not [each for each in line.conversation._ours.unheard if each.stage is Stage.RUNNING]
    assert started > SCRIPTS, "it is no fuzz of function calls if there are none"


async def test_two_thousand_events_in_disorder_come_through_a_real_session(
    seed: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def lookup(number: int) -> str:
        """Looks it up."""
        return f"{number} is ready"

    caplog.set_level(logging.CRITICAL, "jackfield")  # nothing of it is worth a line
    async with a_line(tmp_path, AGENTS, lookup) as line:
        for raw in Disorder(seed, ends_sessions=False).script(ON_THE_WIRE):
            for each in line.exchange.sockets:
                await each.send_text(raw.encode("utf-8", "replace").decode())
        name = "conversation.item.input_audio_transcription.completed"
        line.exchange.outbox.append({"type": name, "item_id": "mark", "transcript": "the end"})
        await line.exchange.flush()
        await line.until(was_told_the_end)
        await line.until(all_calls_ended)
        await line.exchange.hears(lambda _: set(ids(line, CallFinished)) <= set(line.outputs()))
        created = [event["item"] for event in line.exchange.said if "item" in event]
        outputs = Counter(item["call_id"] for item in created if item["type"] == "function_call_output")
        assert ids(line, CallReceived), "it is no fuzz of function calls if there are none"
        assert sorted(outputs.elements()) == sorted(ids(line, CallReceived)), seed
        assert not caplog.records
        assert "session_ended" not in line.kinds()


def was_told_the_end(line: LiveLine) -> bool:
    return any(isinstance(each, CallerSaid) and each.text == "the end" for each in line.notices)


def all_calls_ended(line: LiveLine) -> bool:
    return len(ids(line, CallFinished)) == len(ids(line, CallReceived))


def ids(line: LiveLine, kind: type[CallFinished] | type[CallReceived]) -> list[str]:
    return [each.call_id for each in line.notices if isinstance(each, kind)]

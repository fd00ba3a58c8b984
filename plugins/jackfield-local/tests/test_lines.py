"""The media processes with real callers: each a headless peer in its own process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from jackfield.errors import MediaError
from jackfield.media import Closed, HeadlessPeer, MessageReceived, Said, SoundEnded, SoundStarted, read_wav
from jackfield.media.rtc import MISSED_AFTER
from jackfield_local.line import (
    AudioReceived,
    ChannelOpened,
    Line,
    LineClosed,
    LineEvent,
    LinesFull,
    PlayFinished,
    PlayStarted,
    TextReceived,
)
from jackfield_local.lines import MediaPool


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def pool() -> AsyncIterator[MediaPool]:
    async with MediaPool() as pool:
        yield pool


def tone(ms: int) -> bytes:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(24 * ms) / 24_000)).astype("<i2").tobytes()


@asynccontextmanager
async def call(pool: MediaPool) -> AsyncIterator[tuple[HeadlessPeer, Line]]:
    """A caller who is connected, and the line on which we have them."""
    async with HeadlessPeer.start() as peer:
        line = await pool.answer(await peer.offer())
        await peer.accept(line.sdp)
        await peer.connected()
        await peer.opened()
        yield peer, line


async def until(line: Line, *kinds: type[LineEvent]) -> list[LineEvent]:
    """Events of these kinds only, up to and with the first of the last kind."""
    seen = []
    async for event in line.events():
        if isinstance(event, kinds):
            seen.append(event)
        if isinstance(event, kinds[-1]):
            break
    return seen


async def hear(line: Line, ms: int) -> bytes:
    """This much sound from the caller."""
    pcm = b""
    async for event in line.events():
        if isinstance(event, AudioReceived):
            pcm += event.pcm
        if len(pcm) >= 48 * ms:
            break
    return pcm


def span(pcm: bytes) -> tuple[float, float]:
    """From the first to the last loud sample, in ms; and how loud it is there, root mean square."""
    sound = np.frombuffer(pcm, "<i2").astype(float)
    loud = np.nonzero(np.abs(sound) > 1000)[0]
    inner = sound[loud[0] + 2400 : loud[-1] - 2400]
    return (loud[-1] - loud[0]) / 24, float(np.sqrt((inner * inner).mean()))


async def test_what_the_caller_says_is_heard_with_its_length_and_level(pool: MediaPool) -> None:
    async with call(pool) as (peer, line):
        peer.play(tone(700))
        length, level = span(await hear(line, 1300))
    assert length == pytest.approx(700, abs=30)
    assert level == pytest.approx(8000 / 2**0.5, rel=0.15)


async def test_what_is_played_is_heard_by_the_caller(pool: MediaPool, tmp_path: Path) -> None:
    async with call(pool) as (peer, line):
        line.play("item", tone(700))
        line.finish("item")
        events = await until(line, PlayStarted, PlayFinished)
        line.play("after", bytes(4800))
        line.finish("after")
        await until(line, PlayFinished)
        await peer.finish(tmp_path / "heard.wav")
    assert events == [PlayStarted("item"), PlayFinished("item", 700, cut=False)]
    length, level = span(read_wav(tmp_path / "heard.wav"))
    assert length == pytest.approx(700, abs=30)
    assert level == pytest.approx(8000 / 2**0.5, rel=0.15)


async def test_a_flush_stops_at_once_and_tells_how_much_was_heard(pool: MediaPool, tmp_path: Path) -> None:
    async with call(pool) as (peer, line):
        line.play("one", tone(5000))
        line.play("two", tone(5000))
        await until(line, PlayStarted)
        await hear(line, 500)
        line.flush()
        line.play("one", tone(5000))  # synthesis that does not know it yet
        one = (await until(line, PlayFinished))[-1]
        two = (await until(line, PlayFinished))[-1]
        line.play("three", bytes(9600))
        line.finish("three")
        await until(line, PlayFinished)
        await peer.finish(tmp_path / "heard.wav")
    assert isinstance(one, PlayFinished)
    assert (one.item_id, one.cut) == ("one", True)
    assert 400 <= one.played_ms <= 2500
    assert two == PlayFinished("two", 0, cut=True)
    assert span(read_wav(tmp_path / "heard.wav"))[0] == pytest.approx(one.played_ms, abs=40)


async def test_the_caller_measures_how_fast_and_how_long_it_was_answered(pool: MediaPool) -> None:
    async with call(pool) as (peer, line):
        peer.play(tone(400) + bytes(48 * 3_000))
        async for event in peer.events():
            if isinstance(event, Said):
                line.play("reply", tone(600))
                line.finish("reply")
            if isinstance(event, SoundEnded):
                break
        report = await peer.finish()
    [question] = report.questions
    assert question.latency_ms is not None
    assert question.latency_ms > 0
    assert question.reply_ms == pytest.approx(600, abs=60)


async def test_video_and_a_second_sound_are_answered_but_not_received(pool: MediaPool) -> None:
    caller = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for kind in ("audio", "video", "audio"):
        caller.addTransceiver(kind)
    await caller.setLocalDescription()
    line = await pool.answer(caller.localDescription.sdp)
    sections = line.sdp.split("m=")[1:]
    assert ["a=sendrecv" in section for section in sections] == [True, False, False]
    assert ["a=inactive" in section for section in sections] == [False, True, True]
    await line.close()
    await caller.close()


async def test_messages_go_both_ways_and_wait_for_the_channel(pool: MediaPool) -> None:
    async with asyncio.timeout(60), HeadlessPeer.start() as peer:
        line = await pool.answer(await peer.offer("realtime-channel"))
        line.send("before there is a channel")
        await peer.accept(line.sdp)
        await peer.opened()
        await peer.send("from the caller")
        assert await until(line, ChannelOpened, TextReceived) == [
            ChannelOpened(),
            TextReceived("from the caller"),
        ]
        line.send("to the caller")
        texts = []
        async for event in peer.events():
            if isinstance(event, MessageReceived):
                texts.append(event.text)
            if len(texts) == 2:
                break
    assert texts == ["before there is a channel", "to the caller"]


async def test_a_message_that_the_caller_cannot_take_is_dropped_and_the_line_lives(
    pool: MediaPool, caplog: pytest.LogCaptureFixture
) -> None:
    async with call(pool) as (peer, line):
        line.send("a" * 300_000)
        line.send("b" * 200_000)
        async for event in peer.events():
            if isinstance(event, MessageReceived):
                assert event.text == "b" * 200_000
                break
    assert "300000 bytes was not sent" in caplog.text


async def test_a_broken_offer_is_refused_with_a_sentence_and_takes_no_seat() -> None:
    async with MediaPool(callers_per_process=1) as pool:
        for sdp in ("", "not an sdp", "v=0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"):
            with pytest.raises(MediaError, match=r"offer.*\."):
                await pool.answer(sdp)
        async with call(pool):
            pass


async def test_a_caller_who_hangs_up_and_one_who_is_hung_up_on(pool: MediaPool) -> None:
    async with call(pool) as (peer, line):
        await peer.finish()
        assert await until(line, LineClosed) == [LineClosed("the other side ended the connection")]
        await line.close()
    async with call(pool) as (peer, line):
        await line.close()
        await line.close()
        assert [event async for event in line.events()][-1] == LineClosed("hung up")
        assert isinstance([event async for event in peer.events()][-1], Closed)


async def test_a_caller_who_vanishes_is_noticed_and_one_who_only_listens_is_not_taken_for_one(
    pool: MediaPool,
) -> None:
    caller = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    caller.addTransceiver("audio", direction="recvonly")
    await caller.setLocalDescription()
    listened_to = await pool.answer(caller.localDescription.sdp)
    await caller.setRemoteDescription(RTCSessionDescription(sdp=listened_to.sdp, type="answer"))
    track = caller.getReceivers()[0].track
    await track.recv()
    async with call(pool) as (peer, line):
        os.kill(peer.pid, signal.SIGKILL)
        async with asyncio.timeout(40):
            assert await until(line, LineClosed) == [LineClosed(f"nothing arrived for {MISSED_AFTER:.0f} s")]
    listened_to.finish("still there")
    assert await until(listened_to, LineClosed, PlayFinished) == [PlayFinished("still there", 0, cut=False)]
    await caller.close()


async def test_a_caller_who_never_connects_gives_the_seat_back() -> None:
    async with asyncio.timeout(60), MediaPool(callers_per_process=1) as pool:
        async with HeadlessPeer.start() as peer:
            offer = await peer.offer()
        line = await pool.answer(offer)
        with pytest.raises(LinesFull):
            await pool.answer(offer)
        assert await until(line, LineClosed) == [LineClosed("no connection within 10 s")]
        async with call(pool):
            pass


async def test_a_killed_media_process_closes_its_lines_and_is_replaced(pool: MediaPool) -> None:
    async with call(pool) as (_, line):
        [pid] = pool.pids
        os.kill(pid, signal.SIGKILL)
        assert await until(line, LineClosed) == [LineClosed("the media process died")]
        async with call(pool) as (peer, another):
            another.play("item", tone(100))
            async for event in peer.events():
                if isinstance(event, SoundStarted):
                    break
        assert pool.pids != [pid]


async def test_a_media_process_that_hangs_is_replaced_when_it_does_not_hang_up(pool: MediaPool) -> None:
    async with call(pool) as (_, line):
        [pid] = pool.pids
        os.kill(pid, signal.SIGSTOP)
        await line.close()
        assert [event async for event in line.events()][-1] == LineClosed("hung up")
        async with call(pool):
            assert pool.pids != [pid]
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_eight_callers_are_served_at_once_and_the_ninth_is_refused(pool: MediaPool) -> None:
    async with asyncio.timeout(100), AsyncExitStack() as stack:
        calls = await asyncio.gather(*(stack.enter_async_context(call(pool)) for _ in range(8)))
        with pytest.raises(LinesFull, match="All 8 lines"):
            await pool.answer("whoever it is")
        for _, line in calls:
            line.play("item", tone(500))
            line.finish("item")
        ends = await asyncio.gather(*(until(line, PlayFinished) for _, line in calls))
        assert ends == [[PlayFinished("item", 500, cut=False)]] * 8
        await calls[0][1].close()
        async with call(pool):
            pass


async def test_the_sound_goes_on_while_the_front_is_busy(pool: MediaPool) -> None:
    async with call(pool) as (peer, line):
        line.play("item", tone(3_000))
        line.finish("item")
        await until(line, PlayStarted)
        sum(range(60_000_000))  # one C call that holds the interpreter for seconds
        await until(line, PlayFinished)
        report = await peer.finish()
    print(f"longest gap {report.longest_gap_ms} ms in {report.frames} frames", file=sys.stderr)
    assert report.frames == pytest.approx(report.seconds * 50, rel=0.1)


async def test_nothing_is_left_when_the_pool_is_closed() -> None:
    async with MediaPool(processes=2) as pool, call(pool) as (peer, line):
        pids = pool.pids
        assert len(pids) == 2
        await pool.aclose()
        assert [event async for event in line.events()][-1] == LineClosed("the server is closing")
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        assert isinstance([event async for event in peer.events()][-1], Closed)
        with pytest.raises(MediaError, match="closed"):
            await pool.answer("")


async def test_the_media_processes_end_with_a_front_that_crashes() -> None:
    program = (
        "import asyncio, os, signal\n"
        "from jackfield_local.lines import MediaPool\n"
        "async def main():\n"
        "    async with MediaPool(processes=2) as pool:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    front = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        # The children inherit the pipe, so its end says that all are gone.
        assert front.stdout is not None
        assert await front.stdout.read() == b""
        await front.wait()

"""The headless peer against plain aiortc, each in a process of its own."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from jackfield.errors import MediaError
from jackfield.media import (
    ChannelOpened,
    Closed,
    Connected,
    HeadlessPeer,
    MessageReceived,
    Said,
    SoundEnded,
    SoundStarted,
    read_wav,
    write_wav,
)
from jackfield.media.sound import loudness, speech_end

from .answering import calling


def tone(ms: int) -> bytes:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(24 * ms) / 24_000)).astype("<i2").tobytes()


async def test_a_question_is_heard_and_its_echo_comes_back_as_it_was(tmp_path: Path) -> None:
    write_wav(tmp_path / "question.wav", tone(800) + bytes(9600))
    async with asyncio.timeout(30), calling() as (peer, _):
        name = peer.play(tmp_path / "question.wav")
        seen = []
        async for event in peer.events():
            seen.append(type(event))
            if isinstance(event, SoundEnded):
                break
        report = await peer.finish(tmp_path / "heard.wav")
    assert seen[:2] == [Connected, ChannelOpened]
    assert set(seen[2:]) == {Said, SoundStarted, SoundEnded}
    heard = np.frombuffer(read_wav(tmp_path / "heard.wav"), "<i2").astype(float)
    loud = np.nonzero(np.abs(heard) > 1000)[0]
    assert (loud[-1] - loud[0]) / 24 == pytest.approx(800, abs=40)
    middle = heard[loud[0] + 4800 : loud[0] + 14_400]
    assert loudness(middle.astype("<i2").tobytes()) == pytest.approx(8000 / 2**0.5, rel=0.15)
    assert report.questions[0].name == name
    assert report.questions[0].ended_ms is not None
    assert report.frames * 20 == pytest.approx(report.seconds * 1000, rel=0.2)
    assert report.longest_gap_ms == max(report.gaps_ms) > 0


async def test_messages_go_both_ways_on_the_data_channel() -> None:
    async with asyncio.timeout(30), calling() as (peer, service):
        assert (await service.channel).label == "oai-events"
        await peer.send('{"type": "ping"}')
        async for event in peer.events():
            if isinstance(event, MessageReceived):
                assert event.text == '{"TYPE": "PING"}'
                break


async def test_a_message_larger_than_the_other_side_takes_is_a_media_error() -> None:
    async with asyncio.timeout(30), calling() as (peer, _):
        with pytest.raises(MediaError, match="more than the other side takes"):
            await peer.send("a" * 300_000)
        await peer.send("still there")


async def test_a_service_that_hangs_up_ends_the_events() -> None:
    async with asyncio.timeout(30), calling() as (peer, service):
        await service.pc.close()
        events = [event async for event in peer.events()]
        assert isinstance(events[-1], Closed)
        assert events[-1].reason == "the other side ended the connection"
        with pytest.raises(MediaError, match="not open"):
            await peer.send("hello?")


async def test_a_call_without_an_answer_is_over_with_a_reason() -> None:
    # The answer of somebody who is gone before the call reaches them.
    async with asyncio.timeout(40), HeadlessPeer.start() as peer, HeadlessPeer.start() as nobody:
        await peer.offer()
        answer = (await nobody.offer()).replace("actpass", "active")
        await nobody.aclose()
        await peer.accept(answer)
        with pytest.raises(MediaError, match="no connection within 10 s"):
            await peer.connected()


@pytest.mark.parametrize("answer", ["", "no sdp", "v=0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"])
async def test_an_answer_that_is_none_is_a_media_error(answer: str) -> None:
    async with asyncio.timeout(30), HeadlessPeer.start() as peer:
        await peer.offer()
        with pytest.raises(MediaError, match="SDP answer"):
            await peer.accept(answer)


async def test_a_second_offer_is_refused_and_the_call_goes_on() -> None:
    async with asyncio.timeout(30), calling() as (peer, _):
        with pytest.raises(MediaError, match="a new call needs a new peer"):
            await peer.offer()
        await peer.send("still there")


async def test_sound_that_cannot_be_read_is_a_media_error_before_it_is_sent(tmp_path: Path) -> None:
    async with asyncio.timeout(30), HeadlessPeer.start() as peer:
        with pytest.raises(MediaError, match="cannot be read"):
            peer.play(tmp_path / "none.wav")


# What `sounddevice` looks like to us: a stream whose thread hands over 20 ms in and takes 20 ms out.
DEVICE = """
import os, threading

class RawStream:
    def __init__(self, samplerate, blocksize, channels, dtype, callback):
        assert (samplerate, blocksize, channels, dtype) == (24000, 480, 1, "int16")
        if "broken" in os.environ["DEVICE"]:
            raise ValueError("Invalid device")
        self._callback = callback
        self._thread = threading.Thread(target=self._run)
        self._over = threading.Event()

    def start(self):
        self._thread.start()

    def close(self):
        self._over.set()
        self._thread.join()

    def _run(self):
        tone = open(os.environ["DEVICE"] + ".in", "rb").read()
        with open(os.environ["DEVICE"] + ".out", "wb") as out:
            while not self._over.wait(0.02):
                heard, tone = tone[:960].ljust(960, bytes(1)), tone[960:]
                said = bytearray(960)
                self._callback(memoryview(heard), memoryview(said), 480, None, None)
                out.write(said)
"""


async def test_a_person_talks_through_the_handset_and_hears_through_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sounddevice.py").write_text(DEVICE)
    (tmp_path / "device.in").write_bytes(tone(500))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("DEVICE", str(tmp_path / "device"))
    async with asyncio.timeout(30), calling() as (peer, _):
        await peer.microphone()
        async for event in peer.events():
            if isinstance(event, SoundEnded):
                break
        await peer.finish()
    heard = np.frombuffer((tmp_path / "device.out").read_bytes(), "<i2")
    assert np.count_nonzero(np.abs(heard) > 1000) > 300 * 24 * 0.9


async def test_without_a_microphone_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sounddevice.py").write_text(DEVICE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("DEVICE", "broken")
    async with asyncio.timeout(30), HeadlessPeer.start() as peer:
        with pytest.raises(MediaError, match=r"No microphone .*: Invalid device"):
            await peer.microphone()
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    async with asyncio.timeout(30), HeadlessPeer.start() as peer:
        with pytest.raises(MediaError, match=r"PortAudio .*libportaudio2\): PortAudio library not found"):
            await peer.microphone()


async def test_a_killed_process_ends_the_events_and_fails_what_waits() -> None:
    async with asyncio.timeout(30), calling() as (peer, _):
        os.kill(peer.pid, signal.SIGKILL)
        events = [event async for event in peer.events()]
        assert events[-1] == Closed(0, "the process of the headless peer is gone")
        with pytest.raises(MediaError, match="is gone"):
            await peer.finish()


async def test_the_process_ends_with_the_block() -> None:
    async with asyncio.timeout(30), calling() as (peer, _):
        pid = peer.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_the_process_ends_with_its_parent_however_it_dies() -> None:
    program = (
        "import asyncio, os, signal\n"
        "from jackfield.media import HeadlessPeer\n"
        "async def main():\n"
        "    async with HeadlessPeer.start() as peer:\n"
        "        print(peer.pid, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        # The child inherits the pipe, so its end says that both are gone.
        assert parent.stdout is not None
        assert int(await parent.stdout.read()) > 0
        await parent.wait()


async def test_speech_in_the_recording_ends_where_it_ended() -> None:
    assert speech_end(tone(500) + bytes(48_000)) == pytest.approx(24_000, abs=960)

"""Our voice keeps time, and what is heard is heard to its end."""

import asyncio
import itertools

import av
import numpy as np
from aiortc.rtcrtpreceiver import RemoteStreamTrack

from jackfield.media.mouth import Mouth
from jackfield.media.playout import Finished, Playout, PlayoutEvent, Started
from jackfield.media.receive import listen


def tone(ms: int) -> bytes:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(24 * ms) / 24_000)).astype("<i2").tobytes()


def frame(number: int) -> av.AudioFrame:
    made = av.AudioFrame(format="s16", layout="stereo", samples=960)
    made.sample_rate = 48_000
    made.pts = number * 960
    made.planes[0].update(np.full(1920, 4000, "<i2").tobytes())
    return made


async def test_packets_are_20_ms_of_opus_and_events_come_as_the_sound_leaves() -> None:
    events: list[PlayoutEvent] = []
    playout = Playout()
    mouth = Mouth(playout, events.append)
    playout.play("a", tone(60))
    playout.finish("a")
    decoder = av.CodecContext.create("libopus", "r")
    stamps, told = [], []
    for _ in range(4):
        packet = await mouth.recv()
        assert sum(heard.samples for heard in decoder.decode(packet)) == 960
        stamps.append(packet.pts)
        told.append(list(events))
    assert stamps == [0, 960, 1920, 2880]
    assert told == [[Started("a")]] * 2 + [[Started("a"), Finished("a", 60, cut=False)]] * 2


async def test_after_a_stall_the_sound_goes_on_now_and_not_late_for_ever() -> None:
    loop = asyncio.get_running_loop()
    mouth = Mouth(Playout(), lambda event: None)
    await mouth.recv()
    began = loop.time()
    while loop.time() - began < 0.3:
        pass
    stamps = [(await mouth.recv()).pts for _ in range(3)]
    assert stamps[0] >= 0.26 * 48_000
    assert [later - earlier for earlier, later in itertools.pairwise(stamps)] == [960, 960]


async def test_a_track_on_which_nothing_comes_is_heard_as_silence_after_its_first_sound() -> None:
    track = RemoteStreamTrack("audio")
    heard: asyncio.Queue[tuple[int, bool]] = asyncio.Queue()
    listening = asyncio.create_task(listen(track, lambda pcm, real: heard.put_nowait((len(pcm) // 48, real))))
    for number in range(2):
        track._queue.put_nowait(frame(number))
    async with asyncio.timeout(10):
        assert [await heard.get() for _ in range(4)] == [(20, True), (20, True), (100, False), (100, False)]
        track._queue.put_nowait(frame(20))
        while (last := await heard.get()) == (100, False):
            pass
        assert last[1]
        track._queue.put_nowait(None)
        await listening

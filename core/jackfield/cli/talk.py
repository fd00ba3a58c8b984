"""`jackfield talk`: a call without a browser, over real WebRTC, from this terminal."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from jackfield.cli.latency import turns
from jackfield.cli.pacing import Pacing
from jackfield.cli.recording import recording
from jackfield.cli.transcript import Transcript
from jackfield.config import load
from jackfield.config.report import did_you_mean
from jackfield.errors import ConfigurationError, MediaError
from jackfield.media import HeadlessPeer, Report
from jackfield.notices import Notice
from jackfield.plugins import Plugins
from jackfield.runtime import Runtime
from jackfield.session import Session
from jackfield.session.following import follow

LONGEST_ANSWER = 60.0
"""Seconds after which a question counts as not answered, and the next one is asked."""

Question = Path | bytes
"""A sound file, or s16le mono at 24 kHz."""


@dataclass(frozen=True, slots=True)
class Call:
    """What to say, and where to put what is heard. No question at all means the microphone."""

    agent: str
    questions: Sequence[Question]
    reply: Path


@click.command()
@click.argument("agent", required=False)
@click.option("--audio", "sounds", multiple=True, type=click.Path(path_type=Path), help="A WAV file to say.")
@click.option("--say", "sentences", multiple=True, help="A sentence to say with the machine's own voice.")
@click.option("--mic", is_flag=True, help="Talk with this machine's microphone.")
@click.option("--reply", default=Path("reply.wav"), show_default=True, type=click.Path(path_type=Path))
@click.option("--record", type=click.Path(path_type=Path), help="A file (.jsonl) for all that is said.")
@click.option(
    "--config", "file", default=Path("agents.yaml"), show_default=True, type=click.Path(path_type=Path)
)
def talk(
    agent: str | None,
    sounds: tuple[Path, ...],
    sentences: tuple[str, ...],
    mic: bool,
    reply: Path,
    file: Path,
    record: Path | None,
) -> None:
    """Call AGENT (the first one, if not said), ask, listen, and print what happened and how fast."""
    if mic == bool(sounds or sentences):
        raise ConfigurationError("say what the caller says: --audio FILE.wav, --say SENTENCE, or --mic")
    config = load(file)
    if agent is not None and agent not in config.agents:
        near = did_you_mean(agent, config.agents) or f"; there are: {', '.join(config.agents)}"
        raise ConfigurationError(f"{file} has no agent {agent!r}{near}")
    runtime = Runtime(config, recording(config, record))
    questions: list[Question] = [*sounds, *_spoken(runtime.plugins, sentences)]
    call = Call(agent or config.first_agent, questions, reply)
    with suppress(KeyboardInterrupt):
        asyncio.run(_converse(runtime, call))


def _spoken(plugins: Plugins, sentences: Sequence[str]) -> list[bytes]:
    if not sentences:
        return []
    voices = plugins.voices()
    if not voices:
        raise ConfigurationError(
            "no installed plugin can turn --say into speech; install jackfield-local or use --audio"
        )
    speak = next(iter(voices.values()))
    return [speak(sentence) for sentence in sentences]


async def _converse(runtime: Runtime, call: Call) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(runtime)
        peer = await stack.enter_async_context(HeadlessPeer.start())
        session, answer = await runtime.open_session(call.agent, await peer.offer())
        click.echo(f"Calling {call.agent}. Ctrl-C hangs up.")
        await peer.accept(answer)
        await peer.connected()
        notices: list[Notice] = []
        pacing = Pacing()
        printing = asyncio.create_task(_print(session, notices, pacing))
        following = asyncio.create_task(follow(session, peer))
        try:
            await _ask(peer, call.questions, pacing, printing)
            following.cancel()
            report = await peer.finish(call.reply)
        finally:
            following.cancel()
            await session.hang_up("you hung up")
            await printing
        for line in summary(report, notices, call.reply):
            click.echo(line)


async def _print(session: Session, notices: list[Notice], pacing: Pacing) -> None:
    transcript = Transcript(session.agent)
    async for notice in session.timeline():
        notices.append(notice)
        pacing.receive(notice)
        if line := transcript.line(notice):
            click.echo(line)


async def _ask(
    peer: HeadlessPeer, questions: Sequence[Question], pacing: Pacing, session_over: asyncio.Task[None]
) -> None:
    """Ask one question after the other, as a polite caller does; return when the last is answered."""
    if not questions:
        await peer.microphone()
        await session_over
        return
    await _until(pacing.quiet, session_over)
    for place, question in enumerate(questions, start=1):
        pacing.ask()
        peer.play(question)
        last = place == len(questions)
        await _until(pacing.answered if last else pacing.may_go_on, session_over)


async def _until(ready: asyncio.Event, session_over: asyncio.Task[None]) -> None:
    waiting = asyncio.create_task(ready.wait())
    done, _ = await asyncio.wait(
        {waiting, session_over}, timeout=LONGEST_ANSWER, return_when=asyncio.FIRST_COMPLETED
    )
    waiting.cancel()
    if session_over in done and not ready.is_set():
        raise MediaError("the session ended before the agent had answered")


def summary(report: Report, notices: Sequence[Notice], reply: Path) -> list[str]:
    """What a person wants to know after the call."""
    lines = [f"\nThe reply is in {reply} ({report.seconds:.1f} s of the call)."]
    heard = [each.latency_ms for each in report.questions if each.latency_ms is not None]
    if heard:
        each_one = ", ".join(f"{latency} ms" for latency in heard)
        lines.append(f"From the end of the question to the first sound of the answer: {each_one}")
        if len(heard) > 1:
            lines[-1] += f" (median {statistics.median(heard):.0f} ms)"
    for turn in turns(notices):
        if turn.parts:
            parts = ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in turn.parts.items())
            lines.append(f"  of which {parts}")
    lines.append(f"Longest gap between {report.frames} received audio frames: {report.longest_gap_ms} ms")
    return lines

"""A plugin whose tools behave badly, for worker processes to run."""

import asyncio
import logging
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

from opentelemetry import trace

import jackfield
from jackfield import OutcomeKind, ToolContext, ToolError
from jackfield.calls import Image
from jackfield.errors import OutcomeUnknown
from jackfield.hookspecs import RegisterTool, Settings

LOADED = time.time()
COUNT = 0


def add(a: int, b: int) -> int:
    """Add."""
    return a + b


async def add_later(a: int, b: int) -> int:
    """Add, on a loop."""
    await asyncio.sleep(0)
    return a + b


def whoami() -> dict[str, object]:
    """This process."""
    return {
        "pid": os.getpid(),
        "nice": os.nice(0),
        "main": threading.current_thread() is threading.main_thread(),
        "stdin": sys.stdin.read(),
        "plugins": sorted(name for name in sys.modules if name in ("jackfield_clock", "jackfield_hours")),
    }


async def same_loop() -> int:
    """The loop of coroutines."""
    return id(asyncio.get_running_loop())


def facts(context: ToolContext) -> dict[str, object]:
    """What the context says."""
    span = trace.get_current_span().get_span_context()
    return {
        "call": context.call_id,
        "session": context.session_id,
        "agent": context.agent,
        "tool": context.tool,
        "key": context.idempotency_key,
        "settings": dict(context.settings),
        "left": context.deadline - time.monotonic(),
        "logger": context.log.name,
        "agreed": context.agreed,
        "caller": context.caller.number if context.caller else "",
        "cancelled": context.cancelled.is_set(),
        "trace": f"{span.trace_id:032x}",
    }


def segfault() -> str:
    """Crash as a broken library does."""
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(60)
    return ""


def leave(status: int = 3) -> str:
    """End the process without a word."""
    os._exit(status)


def killed() -> str:
    """End as the kernel ends a process when memory is out."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
    return ""


def resign() -> str:
    """Raise what usually ends a process."""
    sys.exit(3)


def refuse() -> str:
    """Say no."""
    raise ToolError("Ticket 9 is not in the book.")


def doubt() -> str:
    """Nobody knows."""
    raise OutcomeUnknown("The order may have been sent.")


def secret() -> str:
    """Break."""
    raise RuntimeError("password=hunter2")


def hog() -> int:
    """Take more memory than there is."""
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, resource.RLIM_INFINITY))
    try:
        return len(bytearray(4 << 30))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def burn(file: str) -> str:
    """Keep a core busy for ever."""
    Path(file).write_text(str(os.getpid()))
    while True:
        pass


def patient(file: str, context: ToolContext) -> str:
    """Work on, and look up now and then."""
    Path(file).write_text(str(os.getpid()))
    context.progress("working")
    assert context.cancelled.wait(30)
    return "stopped by itself"


async def suspended(file: str, context: ToolContext) -> str:
    """Wait for ever, and clean up."""
    context.progress("working")
    try:
        await asyncio.Event().wait()
    finally:
        Path(file).write_text(str(os.getpid()))  # noqa: ASYNC240
    return ""


def suspended_quietly() -> str:
    """Do nothing for a long time, and do not listen."""
    time.sleep(600)
    return ""


def big(megabytes: int) -> str:
    """A long text."""
    return "some words\n" * (megabytes * 1024 * 1024 // 11)


def picture(kilobytes: int) -> list[object]:
    """Words, and something to look at."""
    return ["The shelf", Image(bytes(kilobytes * 1024)), Image(b"small", "image/jpeg")]


def long_list(count: int) -> list[dict[str, int]]:
    """A long list."""
    return [{"number": number} for number in range(count)]


def chatty(times: int, context: ToolContext) -> int:
    """Tell more than anybody can hear."""
    for number in range(times):
        context.progress(f"step {number}")
    return times


def noisy(context: ToolContext) -> str:
    """Print, and log."""
    print("printed by a tool")
    context.log.warning("logged by a tool")
    logging.getLogger("elsewhere").warning("logged elsewhere")
    return "said"


def count() -> int:
    """How often in this process."""
    global COUNT
    COUNT += 1
    return COUNT


def hold(seconds: float) -> int:
    """Take a while."""
    time.sleep(seconds)
    return os.getpid()


def crash_once(file: str) -> str:
    """Crash the first time."""
    if not Path(file).exists():
        Path(file).write_text("crashed")
        os._exit(1)
    return OutcomeKind.VALUE.value


@jackfield.hookimpl
def register_tools(register: RegisterTool, settings: Settings) -> None:
    if "break" in settings:
        raise jackfield.PluginError("the workbench is told to break")
    if "die" in settings:
        os._exit(7)
    for each in (add, add_later, whoami, same_loop, facts, segfault, leave, killed, resign, refuse, doubt):
        register(each)
    for each in (
        suspended_quietly,
        secret,
        hog,
        burn,
        patient,
        suspended,
        big,
        picture,
        picture,
        long_list,
        chatty,
        noisy,
        count,
        hold,
    ):
        register(each)
    register(crash_once, idempotent=True)
    register(leave, name="leave_again", read_only=True)

"""A worker process: `python -m jackfield.dispatch.worker`, started by `worker_process`.

One plugin, one call at a time, on the main thread. A second thread listens to the parent: it passes on what
is to be done, cancels what runs, and ends the process when the parent is gone, whatever the tool is doing.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from jackfield.caller import Caller
from jackfield.dispatch import parcel, trace
from jackfield.dispatch.parcel import Kind
from jackfield.dispatch.stage import Stage
from jackfield.errors import PluginError, ToolError
from jackfield.hookspecs import Settings
from jackfield.plugins import Plugins
from jackfield.processes.wire import Decoder, Message, WireError, encode
from jackfield.tools.tool import Tool, ToolContext

NICENESS = 10
PROGRESS_EVERY = 0.05
LEAVE_WITHIN = 0.5
_MOST_PROGRESS = 2000

_OOM = Path("/proc/self/oom_score_adj")


class Parent:
    """The other end of the wire."""

    def __init__(self, end: socket.socket, stage: Stage) -> None:
        self._end = end
        self._stage = stage
        self._sending = threading.Lock()
        self._orders: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="jackfield-parent", daemon=True).start()

    def next(self) -> Message | None:
        """The next order; None when the parent is gone."""
        return self._orders.get()

    def tell(self, message: Message) -> None:
        """From any thread. A parent that is gone hears nothing."""
        with self._sending, suppress(OSError):
            self._end.sendall(encode(message))

    def _listen(self) -> None:
        decoder = Decoder()
        with suppress(OSError, WireError):
            while data := self._end.recv(1 << 16):
                for message in decoder.feed(data):
                    self._take(message)
        self._orders.put(None)
        self._stage.cancel()
        threading.Event().wait(LEAVE_WITHIN)
        os._exit(0)

    def _take(self, message: Message) -> None:
        if message.kind != Kind.CANCEL:
            self._orders.put(message)
        elif message.number("number") == self._stage.number:
            self._stage.cancel()


class Reporter:
    """Tells the progress of one call, the first at once and then the last of each moment."""

    def __init__(self, parent: Parent, number: int) -> None:
        self._parent = parent
        self._number = number
        self._lock = threading.Lock()
        self._latest: str | None = None
        self._resting = False

    def __call__(self, text: str) -> None:
        with self._lock:
            self._latest = str(text)[:_MOST_PROGRESS]
            if self._resting:
                return
            self._resting = True
        self._send()

    def _send(self) -> None:
        with self._lock:
            text, self._latest = self._latest, None
            self._resting = text is not None
        if text is not None:
            self._parent.tell(Message(Kind.PROGRESS, {"number": self._number, "text": text}))
            timer = threading.Timer(PROGRESS_EVERY, self._send)
            timer.daemon = True
            timer.start()


def main() -> None:
    end = _take_over_stdin()
    _settle_in()
    stage = Stage()
    parent = Parent(end, stage)
    order = parent.next()
    if order is None:
        return
    settings = order.fields.get("settings")
    settings = settings if isinstance(settings, Mapping) else {}
    try:
        tools = _load(order, settings)
    except Exception as error:
        parent.tell(Message(Kind.BROKEN, {"why": str(error)[: parcel.MOST_WORDS]}))
        return
    parent.tell(Message(Kind.READY))
    while (order := parent.next()) is not None:
        _serve(order, tools, settings, parent, stage)


def _serve(
    order: Message, tools: Mapping[str, Tool], settings: Settings, parent: Parent, stage: Stage
) -> None:
    number = order.number("number")
    context = ToolContext(
        call_id=order.text("call"),
        session_id=order.text("session"),
        agent=order.text("agent"),
        seconds_left=float(str(order.fields.get("seconds"))),
        progress=Reporter(parent, number),
        tool=order.text("tool"),
        settings=settings,
        agreed=order.fields.get("agreed") is True,
        caller=_caller(order.fields.get("caller")),
    )
    try:
        with stage.play(number, context), trace.continued(order.fields.get("trace")):
            tool = _find(tools, context.tool)
            parent.tell(Message(Kind.ENTERED, {"number": number}))
            answer = parcel.pack_value(stage.run(tool, parcel.unpack_arguments(order), context))
    except BaseException as error:
        answer = parcel.pack_failure(error)
    parent.tell(Message(answer.kind, {**answer.fields, "number": number}, answer.payload))


def _caller(facts: object) -> Caller | None:
    return Caller(**facts) if isinstance(facts, dict) else None


def _find(tools: Mapping[str, Tool], name: str) -> Tool:
    if name not in tools:
        raise ToolError(f"{name} cannot be run in a process of its own: its plugin registers it differently.")
    return tools[name]


def _load(order: Message, settings: Settings) -> Mapping[str, Tool]:
    """The tools of one plugin, by name; no other plugin is imported."""
    plugin = order.text("plugin")
    path = order.fields.get("path")
    sys.path.extend(each for each in (path if isinstance(path, list) else ()) if each not in sys.path)
    logging.basicConfig(level=order.number("level"), format="%(levelname)s %(name)s: %(message)s")
    plugins = Plugins.load({plugin: settings}, allow=[plugin])
    tools = {tool.name: tool for source in plugins.tool_sources() for tool in source.tools()}
    if not tools:
        why = next((each.reason for each in plugins.report() if each.name == plugin), "")
        raise PluginError(
            f"the plugin {plugin} has no tools in a process of its own: {why or 'it registers none'}"
        )
    return tools


def _take_over_stdin() -> socket.socket:
    """The wire came as standard input; tools get an empty one, and what they print goes to the log."""
    end = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    end.setblocking(True)
    return end


def _settle_in() -> None:
    # Ctrl-C reaches the whole terminal group; it is the parent who decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    with suppress(OSError):
        os.nice(NICENESS)
    # If memory runs out, this process is the one to lose.
    with suppress(OSError):
        _OOM.write_text("1000")


if __name__ == "__main__":
    main()

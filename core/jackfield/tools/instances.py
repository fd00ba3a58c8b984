"""The instances of one toolset: opened when they are needed first, closed when nobody needs them any more."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from dataclasses import dataclass, field

from jackfield.errors import ToolUnavailable
from jackfield.tools.toolset import Toolset

MARGIN = 0.5
"""Seconds in which what took too long says so, before nobody waits for it any more."""

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Instance:
    """`opened` gets the toolset once it is open. `loop` is where it was opened, if it was on one."""

    opened: Future[Toolset] = field(default_factory=Future)
    loop: asyncio.AbstractEventLoop | None = None


class Instances:
    """Its methods may be called from any thread. `title` is the toolset's name in messages."""

    def __init__(self, kind: type[Toolset], title: str, settings: object) -> None:
        self.kind = kind
        self.title = title
        self._settings = settings
        self._lock = threading.Lock()
        self._instances: dict[str, Instance] = {}
        self._closing: set[Future[None]] = set()

    def obtain(self, session_id: str) -> Toolset:
        """The session's instance, opened. Waits for that. Raises `ToolUnavailable` if it cannot be."""
        instance, new = self._instance(session_id)
        if new:
            _in_a_thread(self._open_now, instance, f"jackfield-open-{self.title}")
        try:
            return instance.opened.result(self.kind.open_within)
        except TimeoutError as error:
            raise self._failed(instance, error) from None

    async def obtained(self, session_id: str) -> Toolset:
        """The same, on an event loop, which becomes that of the instance."""
        instance, new = self._instance(session_id)
        if new:
            instance.loop = asyncio.get_running_loop()
            if inspect.iscoroutinefunction(self.kind.open):
                opening: Coroutine[object, object, None] = self._open(instance)
                asyncio.run_coroutine_threadsafe(opening, instance.loop)
            else:
                _in_a_thread(self._open_now, instance, f"jackfield-open-{self.title}")
        waiting = asyncio.wrap_future(instance.opened)
        try:
            return await asyncio.wait_for(asyncio.shield(waiting), self.kind.open_within)
        except TimeoutError as error:
            raise self._failed(instance, error) from None

    def end(self, session_id: str) -> None:
        """The session is over. Waits for nothing."""
        if self.kind.shared == "session":
            with self._lock:
                instance = self._instances.pop(session_id, None)
            if instance is not None:
                self._close(instance)

    def close(self) -> None:
        """Close all that are left, and wait for that, and for those that are being closed; bounded."""
        with self._lock:
            instances = [self._instances.pop(key) for key in list(self._instances)]
        for instance in instances:
            self._close(instance)
        wait(self._closing, self.kind.close_within + MARGIN)

    def _instance(self, session_id: str) -> tuple[Instance, bool]:
        key = session_id if self.kind.shared == "session" else ""
        with self._lock:
            new = key not in self._instances
            return self._instances.setdefault(key, Instance()), new

    # --- opening --------------------------------------------------------------------------------------

    async def _open(self, instance: Instance) -> None:
        try:
            toolset = self.kind(self._settings)
            async with asyncio.timeout(self.kind.open_within):
                await toolset.open()  # type: ignore[misc]
        except Exception as error:
            self._failed(instance, error)
        else:
            self._succeeded(instance, toolset)

    def _open_now(self, instance: Instance) -> None:
        try:
            toolset = self.kind(self._settings)
            toolset.open()
        except Exception as error:
            self._failed(instance, error)
        else:
            self._succeeded(instance, toolset)

    def _succeeded(self, instance: Instance, toolset: Toolset) -> None:
        with self._lock:
            given_up = instance.opened.done()
            if not given_up:
                instance.opened.set_result(toolset)
        if given_up:  # too late for whoever waited: nobody will use it, but it is open
            late = Instance(loop=instance.loop)
            late.opened.set_result(toolset)
            self._close(late)

    def _failed(self, instance: Instance, error: Exception) -> ToolUnavailable:
        """The next call makes a new one."""
        refusal = ToolUnavailable(f"{self.title} cannot be used now.")
        with self._lock:
            for key in [key for key, each in self._instances.items() if each is instance]:
                del self._instances[key]
            if not instance.opened.done():
                self._tell(error)
                instance.opened.set_exception(refusal)
        return refusal

    def _tell(self, error: Exception) -> None:
        if isinstance(error, TimeoutError):
            log.error("the toolset %s was not opened within %g s", self.title, self.kind.open_within)
        else:
            log.error("the toolset %s could not be opened", self.title, exc_info=error)

    # --- closing --------------------------------------------------------------------------------------

    def _close(self, instance: Instance) -> None:
        done: Future[None] = Future()
        self._closing.add(done)
        done.add_done_callback(self._closing.discard)

        def close(instance: Instance) -> None:
            try:
                self._close_one(instance)
            except Exception as error:
                log.error("the toolset %s could not be closed", self.title, exc_info=error)
            finally:
                done.set_result(None)

        _in_a_thread(close, instance, f"jackfield-close-{self.title}")
        timer = threading.Timer(self.kind.close_within, self._complain)
        timer.daemon = True
        done.add_done_callback(lambda _: timer.cancel())
        timer.start()

    def _close_one(self, instance: Instance) -> None:
        if instance.opened.exception(self.kind.open_within) is not None:
            return
        toolset = instance.opened.result()
        if not inspect.iscoroutinefunction(self.kind.close):
            toolset.close()
        elif instance.loop is not None and not instance.loop.is_closed():
            closing: Coroutine[object, object, None] = toolset.close()  # type: ignore[assignment]
            future = asyncio.run_coroutine_threadsafe(closing, instance.loop)
            try:
                future.result(self.kind.close_within + MARGIN)
            except TimeoutError:  # `_complain` has said so
                future.cancel()

    def _complain(self) -> None:
        log.error("the toolset %s was not closed within %g s", self.title, self.kind.close_within)


def _in_a_thread(work: Callable[[Instance], None], instance: Instance, name: str) -> None:
    threading.Thread(target=work, args=[instance], name=name, daemon=True).start()

"""One database: a bounded number of connections, each in a thread of its own, and queries run on them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import Connection, CursorResult, create_engine, event
from sqlalchemy.engine import URL, Engine, ExceptionContext
from sqlalchemy.exc import DataError as Unfit
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from jackfield.calls import Arguments, Json
from jackfield.errors import OutcomeUnknown, PluginError, ToolError, ToolUnavailable
from jackfield_sql.dialects import DIALECTS, Dialect
from jackfield_sql.query import Query
from jackfield_sql.rows import changed, shown

log = logging.getLogger(__name__)

_GRACE = 2.0
"""Seconds that a database has to stop a statement by itself, before it is told to."""

_PAUSE = 0.1
_RECYCLED = 1800
"""Seconds; between two attempts to stop a statement, and for which a connection is kept."""


@dataclass(frozen=True, slots=True)
class Run:
    """One statement to be run. `write` is whether it may change something."""

    query: Query
    limit: int
    write: bool = False


@dataclass(slots=True)
class _Running:
    """A statement on its way. `connection` is what it runs on, while it does; it is taken and left under
    the lock, so that nobody interrupts whoever has it next."""

    deadline: float
    connection: Connection | None = None
    given_up: threading.Event = field(default_factory=threading.Event)
    committing: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, connection: Connection) -> None:
        """Raises `ToolError` if nobody waits for it any more."""
        with self.lock:
            if self.given_up.is_set():
                raise ToolError("Nobody waits for that any more.")
            self.connection = connection

    def leave(self) -> None:
        with self.lock:
            self.connection = None
        self.over.set()

    def stop(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.given_up.is_set() or monotonic() > self.deadline


class Database:
    """`url` is as in agents.yaml, `timeout` seconds for one statement. Connects when it is first asked."""

    def __init__(self, name: str, url: URL, *, timeout: float, connections: int) -> None:
        """Raises `PluginError` where the driver is missing."""
        self._name = name
        self._timeout = timeout
        self._dialect: Dialect = DIALECTS[url.get_backend_name()]
        self._connections = connections
        self._engines = {write: self._engine(url, write) for write in (False, True)}
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix=f"jackfield-sql-{name}")
        self._lives: dict[asyncio.AbstractEventLoop, AsyncGenerator[None, None]] = {}
        self._lock = threading.Lock()

    async def run(self, run: Run, arguments: Arguments) -> Json:
        """The rows, or what was changed, for the model. Raises `ToolError` in words for the model: nothing
        was changed, unless it is `OutcomeUnknown`. Cancelled, it ends the statement in the database."""
        values = run.query.values(arguments)
        await self._live()
        running = _Running(monotonic() + self._timeout)
        future = self._threads.submit(self._work, run, values, running)
        try:
            async with asyncio.timeout(self._timeout + _GRACE):
                return await asyncio.wrap_future(future)
        except (asyncio.CancelledError, TimeoutError) as error:
            running.given_up.set()
            self._interrupt(running)
            if isinstance(error, TimeoutError):
                raise self._too_long(run, running) from None
            raise

    def close(self) -> None:
        """Close the connections that nobody uses."""
        for engine in self._engines.values():
            engine.dispose()

    # --- in a thread --------------------------------------------------------------------------------------

    def _work(self, run: Run, values: Mapping[str, object], running: _Running) -> Json:
        try:
            with self._engines[run.write].connect() as connection:
                running.take(connection)
                try:
                    return self._execute(connection, run, values, running)
                finally:
                    running.leave()
        except SQLAlchemyError as error:
            raise self._told(run, running, error) from None

    def _execute(
        self, connection: Connection, run: Run, values: Mapping[str, object], running: _Running
    ) -> Json:
        self._dialect.hold(connection, self._timeout, run.write, running.stop)
        # A result that is read row by row is never held as a whole; one that writes cannot be read so.
        options = {"stream_results": not run.write, "max_row_buffer": 100}
        with connection.execute(run.query.statement, values, execution_options=options) as result:
            told = _told(result, run.limit)
        running.committing = run.write
        if run.write:
            connection.commit()
        return told

    def _interrupt(self, running: _Running) -> None:
        """In a thread: a server has to be asked, and again if the statement had not begun when it was."""

        def interrupt() -> None:
            while not running.over.is_set() and monotonic() < running.deadline + _GRACE:
                try:
                    self._interrupt_once(running)
                except Exception as error:
                    log.warning("%s: a statement could not be stopped (%s)", self._name, type(error).__name__)
                running.over.wait(_PAUSE)

        threading.Thread(target=interrupt, name=f"jackfield-sql-stop-{self._name}", daemon=True).start()

    def _interrupt_once(self, running: _Running) -> None:
        with running.lock:
            if running.connection is None:
                running.over.set()
            else:
                self._dialect.interrupt(running.connection)

    # --- opening ------------------------------------------------------------------------------------------

    def _engine(self, url: URL, write: bool) -> Engine:
        try:
            engine = create_engine(
                self._dialect.url(url, write),
                connect_args=dict(self._dialect.arguments(self._timeout)),
                pool_size=self._connections,
                max_overflow=0,
                pool_timeout=self._timeout,
                pool_pre_ping=True,
                pool_recycle=_RECYCLED,
                hide_parameters=True,
            )
        except ModuleNotFoundError as error:
            raise PluginError(
                f"{self._name}: {error.name} is not installed; pip install 'jackfield-sql[postgresql]'"
            ) from None
        event.listen(engine, "handle_error", _close_cursor)
        return engine

    async def _live(self) -> None:
        """Connections are closed with the loop that asked for them: a loop closes the generators that were
        begun on it (`shutdown_asyncgens`), whoever owns it."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._lives = {each: life for each, life in self._lives.items() if not each.is_closed()}
            if loop in self._lives:
                return
            self._lives[loop] = life = self._life()
        await anext(life)

    async def _life(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            self.close()

    # --- what went wrong ----------------------------------------------------------------------------------

    def _told(self, run: Run, running: _Running, error: SQLAlchemyError) -> Exception:
        """Details are for the log: what a driver says may hold values, and names that nobody has to know."""
        cause = error.orig if isinstance(error, DBAPIError) else None
        kind = self._dialect.fault(cause) if cause is not None else "away"
        log.warning(
            "%s.%s: %s: %s", self._name, run.query.name, type(cause or error).__name__, cause or error
        )
        if running.committing and kind == "away":
            return OutcomeUnknown(f"{self._name} broke off: it may or may not have taken effect.")
        if kind == "time":
            return self._too_long(run, running)
        if kind == "away":
            return ToolUnavailable(f"{self._name} cannot be reached just now.")
        if kind == "write":
            return PluginError(f"{self._name}.{run.query.name} writes; say `write: true` of it, if it may")
        if isinstance(error, IntegrityError):
            return ToolError("That does not go together with what is stored already; nothing was changed.")
        if isinstance(error, Unfit):
            return ToolError("The arguments do not fit: the database does not take these values.")
        return PluginError(f"{self._name}.{run.query.name} failed: {type(cause or error).__name__}")

    def _too_long(self, run: Run, running: _Running) -> ToolError:
        if running.committing:
            return OutcomeUnknown(f"{self._name} took too long: it may or may not have taken effect.")
        words = f"{self._name} took longer than {self._timeout:g} seconds and was stopped"
        return ToolError(f"{words}; nothing was changed." if run.write else f"{words}; ask for less.")


def _close_cursor(context: ExceptionContext) -> None:
    """SQLAlchemy leaves the cursor of a connection that broke off to the collector of garbage."""
    execution = context.execution_context
    if context.is_disconnect and execution is not None and execution.cursor is not None:
        execution.cursor.close()


def _told(result: CursorResult[object], limit: int) -> Json:
    if not result.returns_rows:
        return changed(result.rowcount)
    return shown(result.mappings(), limit)  # type: ignore[arg-type]

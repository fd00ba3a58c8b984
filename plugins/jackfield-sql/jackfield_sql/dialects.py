"""What each kind of database needs to keep to reading, and to its time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

Stop = Callable[[], bool]
"""Whether nobody waits for the statement any more."""

_STEPS = 2000
"""Instructions of SQLite's machine between two looks at `Stop`: a fraction of a millisecond."""


class Dialect(Protocol):
    """How one kind of database is opened, held, and interrupted."""

    @property
    def title(self) -> str: ...

    def url(self, url: URL, writable: bool) -> URL:
        """As the engine gets it."""

    def arguments(self, timeout: float) -> Mapping[str, object]:
        """For the driver, when it connects."""

    def hold(self, connection: Connection, timeout: float, writable: bool, stop: Stop) -> None:
        """Called at the beginning of each transaction, in which nothing else has been said yet."""

    def interrupt(self, connection: Connection) -> None:
        """End what the connection is doing; from another thread."""

    def fault(self, error: BaseException | None) -> str:
        """What is behind a driver's exception: `time`, `write`, `away`, or ""."""


@dataclass(frozen=True, slots=True)
class SQLite:
    """A file; opened so that it is not made if it is missing."""

    title: str = "SQLite"

    def url(self, url: URL, writable: bool) -> URL:
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            return url
        path = quote(os.path.abspath(url.database))
        mode = "rw" if writable else "ro"
        return url.set(database=f"file:{path}", query={**url.query, "mode": mode, "uri": "true"})

    def arguments(self, timeout: float) -> Mapping[str, object]:
        return {"timeout": timeout}

    def hold(self, connection: Connection, timeout: float, writable: bool, stop: Stop) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(stop, _STEPS)
        driver.execute(f"PRAGMA query_only = {'OFF' if writable else 'ON'}")

    def interrupt(self, connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.interrupt()

    def fault(self, error: BaseException | None) -> str:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_INTERRUPT", "SQLITE_BUSY", "SQLITE_LOCKED")):
            return "time"
        if name.startswith("SQLITE_READONLY"):
            return "write"
        return "away" if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR")) else ""


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A server; each transaction says that it only reads, and for how long each of its statements may run."""

    title: str = "PostgreSQL"

    def url(self, url: URL, writable: bool) -> URL:
        return url.set(drivername="postgresql+psycopg")

    def arguments(self, timeout: float) -> Mapping[str, object]:
        return {
            "connect_timeout": max(2, round(timeout)),
            "tcp_user_timeout": round(timeout * 2000),
            "application_name": "jackfield-sql",
        }

    def hold(self, connection: Connection, timeout: float, writable: bool, stop: Stop) -> None:
        if not writable:
            connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text(f"SET LOCAL statement_timeout = {round(timeout * 1000)}"))

    def interrupt(self, connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.cancel_safe(timeout=2.0)

    def fault(self, error: BaseException | None) -> str:
        state = getattr(error, "sqlstate", None) or ""
        if state == "57014":  # query_canceled, by statement_timeout or by us
            return "time"
        if state == "25006":  # read_only_sql_transaction
            return "write"
        if state:
            return "away" if state[:2] in ("08", "53", "57") or state in ("28P01", "28000", "3D000") else ""
        return "away" if type(error).__name__ == "OperationalError" else ""


DIALECTS: Mapping[str, Dialect] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}
"""By the name that SQLAlchemy has for it."""

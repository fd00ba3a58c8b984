"""The shop's database: SQLite, one connection, one thread at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from jackfield_tickets import seed

MEMORY = ":memory:"

SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, telephone TEXT NOT NULL);
CREATE TABLE tickets (
    number INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES customers,
    device TEXT NOT NULL,
    problem TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('received', 'checking', 'waiting', 'repairing', 'ready', 'closed')),
    waiting_for TEXT NOT NULL,
    promised TEXT NOT NULL,
    bill INTEGER NOT NULL
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets, text TEXT NOT NULL
);
CREATE TABLE parts (
    name TEXT PRIMARY KEY,
    stock INTEGER NOT NULL,
    price INTEGER NOT NULL,
    supplier_stock INTEGER NOT NULL,
    supplier_day TEXT NOT NULL
);
"""

TICKET = """
SELECT number, customers.name, device, problem, status, waiting_for, promised, bill
FROM tickets JOIN customers ON customers.id = tickets.customer
"""


@dataclass(frozen=True, slots=True)
class Customer:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """`bill` is in pence; `promised` a day of the week or ""; `waiting_for` is "" unless it waits."""

    number: int
    customer: str
    device: str
    problem: str
    status: str
    waiting_for: str
    promised: str
    bill: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """`price` is in pence; `supplier_day` is when the supplier can deliver what it has."""

    name: str
    stock: int
    price: int
    supplier_stock: int
    supplier_day: str


class Shop:
    """Opened on a file, or in memory; a database without tables is filled with the seed data.

    May be used from any thread. Raises sqlite3.Error if the file is not a database or cannot be written.
    """

    def __init__(self, path: str = MEMORY) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._prepare()
        except sqlite3.Error:
            self._connection.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def customers(self) -> list[Customer]:
        with self._transaction() as database:
            return [
                Customer(*row) for row in database.execute("SELECT id, name FROM customers ORDER BY name")
            ]

    def add_customer(self, name: str) -> Customer:
        with self._transaction() as database:
            row = database.execute(
                "INSERT INTO customers (name, telephone) VALUES (?, '') RETURNING id", (name,)
            )
            return Customer(row.fetchone()[0], name)

    def numbers(self) -> list[int]:
        """The numbers of all tickets, in order."""
        with self._transaction() as database:
            return [number for (number,) in database.execute("SELECT number FROM tickets ORDER BY number")]

    def ticket(self, number: int) -> Ticket | None:
        with self._transaction() as database:
            return next(self._tickets(database, "WHERE number = ?", number), None)

    def tickets_of(self, customer: Customer) -> list[Ticket]:
        with self._transaction() as database:
            return list(self._tickets(database, "WHERE tickets.customer = ? ORDER BY number", customer.id))

    def open(self, customer: Customer, device: str, problem: str) -> Ticket:
        """A new ticket, with the next number."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO tickets SELECT max(number) + 1, ?, ?, ?, 'received', '', '', 0 FROM tickets",
                (customer.id, device, problem),
            )
            return next(self._tickets(database, "ORDER BY number DESC LIMIT 1"))

    def add_note(self, number: int, text: str) -> None:
        with self._transaction() as database:
            database.execute("INSERT INTO notes (ticket, text) VALUES (?, ?)", (number, text))

    def close_ticket(self, number: int) -> None:
        with self._transaction() as database:
            database.execute(
                "UPDATE tickets SET status = 'closed', promised = '' WHERE number = ?", (number,)
            )

    def parts(self) -> list[Part]:
        with self._transaction() as database:
            return [Part(*row) for row in database.execute("SELECT * FROM parts ORDER BY name")]

    @staticmethod
    def _tickets(database: sqlite3.Connection, where: str, *values: int) -> Iterator[Ticket]:
        for row in database.execute(TICKET + where, values).fetchall():
            notes = database.execute("SELECT text FROM notes WHERE ticket = ? ORDER BY id", (row[0],))
            yield Ticket(*(*row, tuple(text for (text,) in notes)))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """IMMEDIATE: another process on the same file waits instead of failing in the middle."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _prepare(self) -> None:
        with self._transaction() as database:
            if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                return
            for statement in SCHEMA.split(";"):
                database.execute(statement)
            database.executemany("INSERT INTO customers VALUES (?, ?, ?)", seed.CUSTOMERS)
            database.executemany("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?, ?)", seed.TICKETS)
            database.executemany("INSERT INTO notes (ticket, text) VALUES (?, ?)", seed.NOTES)
            database.executemany("INSERT INTO parts VALUES (?, ?, ?, ?, ?)", seed.PARTS)

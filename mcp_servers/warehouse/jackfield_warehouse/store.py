"""The store's database: SQLite, one connection, one thread at a time."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from threading import Lock

from jackfield_warehouse import seed

MEMORY = ":memory:"

SCHEMA = """
CREATE TABLE items (
    name TEXT PRIMARY KEY, shelf TEXT NOT NULL, booked INTEGER NOT NULL, there INTEGER NOT NULL
);
CREATE TABLE deliveries (day TEXT NOT NULL, supplier TEXT NOT NULL, what TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Item:
    """`booked` is how many the books say there are, `there` how many there really are."""

    name: str
    shelf: str
    booked: int
    there: int


@dataclass(frozen=True, slots=True)
class Delivery:
    day: str
    supplier: str
    what: str


class Store:
    """Opened on a file, or in memory; a database without tables is filled with the seed data.

    May be used from any thread. Raises sqlite3.Error if the file is not a database or cannot be written.
    """

    def __init__(self, path: str = MEMORY) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False)
        try:
            self._prepare()
        except sqlite3.Error:
            self._connection.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def items(self, shelf: str = "") -> list[Item]:
        """Those on a shelf, or all."""
        query = "SELECT name, shelf, booked, there FROM items WHERE ? IN ('', shelf) ORDER BY name"
        with self._lock:
            return [Item(*row) for row in self._connection.execute(query, (shelf,))]

    def find(self, heard: str) -> list[Item]:
        """Those whose names have every word of what was heard, whole ones or the beginnings of them."""
        words = heard.lower().split()
        return [item for item in self.items() if all(_has(item, word) for word in words)]

    def book(self, name: str, count: int) -> None:
        """From now on the books say so."""
        with self._lock, self._connection:
            self._connection.execute("UPDATE items SET booked = ? WHERE name = ?", (count, name))

    def deliveries(self) -> list[Delivery]:
        """In the order in which they come."""
        with self._lock:
            rows = self._connection.execute("SELECT day, supplier, what FROM deliveries ORDER BY rowid")
            return [Delivery(*row) for row in rows]

    def _prepare(self) -> None:
        with self._connection:
            if self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return
            for statement in SCHEMA.strip().split(";"):
                self._connection.execute(statement)
            self._connection.executemany("INSERT INTO items VALUES (?, ?, ?, ?)", seed.ITEMS)
            self._connection.executemany("INSERT INTO deliveries VALUES (?, ?, ?)", seed.DELIVERIES)


def _has(item: Item, word: str) -> bool:
    return any(part.startswith(word.rstrip("s")) for part in item.name.lower().split())

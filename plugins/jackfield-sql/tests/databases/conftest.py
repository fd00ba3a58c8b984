from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from .cluster import Cluster, cluster

TABLES = [
    "CREATE TABLE parts "
    "(name TEXT PRIMARY KEY, price NUMERIC(10, 2), stock INTEGER, came DATE, photo {blob})",
    "INSERT INTO parts VALUES ('screen', 129.90, 4, '2026-11-20', NULL)",
    "INSERT INTO parts VALUES ('lid', 12.50, 0, '2026-10-01', NULL)",
    "INSERT INTO parts VALUES ('O''Brien''s hinge', 7.00, 12, NULL, {bytes})",
    "CREATE TABLE moves (part TEXT REFERENCES parts (name), count INTEGER CHECK (count < 1000))",
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    with cluster() as running:
        engine = create_engine(running.url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            for statement in TABLES:
                connection.execute(text(statement.format(blob="BYTEA", bytes=r"'\x0102'")))
        engine.dispose()
        yield running


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("sql") / "shop.db"
    connection = sqlite3.connect(path)
    for statement in TABLES:
        connection.execute(statement.format(blob="BLOB", bytes="x'0102'"))
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it is run on both."""
    return (
        request.getfixturevalue("file")
        if request.param == "sqlite"
        else request.getfixturevalue("server").url
    )

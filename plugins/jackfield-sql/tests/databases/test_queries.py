"""Queries on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from jackfield.errors import PluginError, ToolError, ToolUnavailable
from jackfield.plugins import Plugins, PluginState
from jackfield.testing import line, when
from jackfield.tools.tool import Tool, ToolContext
from jackfield_sql.settings import DatabaseConfig
from jackfield_sql.source import QuerySource

from .cluster import Cluster

PATIENCE = 30.0
FOREVER = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :most) "
    "SELECT x FROM n",
    "postgresql": "SELECT generate_series(1, :most) AS x",
}

OURS = "FROM pg_stat_activity WHERE application_name = 'jackfield-sql'"


def kind(url: str) -> str:
    return url.partition(":")[0]


class Desk:
    """The tools of one database, by name."""

    def __init__(self, source: QuerySource) -> None:
        self.source = source
        self.tools: Mapping[str, Tool] = {tool.name: tool for tool in source.tools()}

    async def ask(self, query: str, **arguments: object) -> object:
        answer = self.tools[f"shop.{query}"].invoke(arguments, ToolContext("call", "session", "agent", 20.0))
        return await answer  # type: ignore[misc]


@asynccontextmanager
async def desk(url: str, queries: Mapping[str, object], **settings: object) -> AsyncIterator[Desk]:
    described = {name: {"description": "Does it.", **query} for name, query in queries.items()}  # type: ignore[dict-item]
    config = DatabaseConfig.model_validate({"url": url, "queries": described, "timeout": "30s", **settings})
    source = QuerySource("shop", config)
    try:
        yield Desk(source)
    finally:
        source.database.close()


def query(sql: str, **more: object) -> Mapping[str, object]:
    return {"sql": sql, **more}


PART = query("SELECT name, stock FROM parts WHERE name = :name", parameters={"name": "string"})


# --- reading --------------------------------------------------------------------------------------------


async def test_a_row_is_found_by_a_bound_value(url: str) -> None:
    async with desk(url, {"part": PART}) as shop:
        assert await shop.ask("part", name="screen") == [{"name": "screen", "stock": 4}]
        assert await shop.ask("part", name="O'Brien's hinge") == [{"name": "O'Brien's hinge", "stock": 12}]
        assert await shop.ask("part", name="x' OR '1'='1") == "There is none."
        assert await shop.ask("part", name="'; DROP TABLE parts; --") == "There is none."
        assert await shop.ask("part", name="screen") != "There is none."


async def test_values_have_the_types_of_their_parameters_and_what_is_left_out_is_null(url: str) -> None:
    sql = "SELECT name FROM parts WHERE (:since IS NULL OR came >= :since) AND stock >= :least ORDER BY name"
    parameters = {"since": "date?", "least": "integer"}
    async with desk(url, {"parts": query(sql, parameters=parameters)}) as shop:
        assert await shop.ask("parts", since="2026-11-01", least=1) == [{"name": "screen"}]
        assert await shop.ask("parts", least=12) == [{"name": "O'Brien's hinge"}]
        with pytest.raises(ToolError, match="`since` is written 2026-11-22"):
            await shop.ask("parts", since="next week", least=1)
        with pytest.raises(ToolError, match="`least` is too large"):
            await shop.ask("parts", least=2**70)


async def test_a_list_is_bound_value_by_value(url: str) -> None:
    names = {"type": "array", "items": {"type": "string"}}
    sql = "SELECT stock FROM parts WHERE name IN :names ORDER BY stock"
    async with desk(url, {"stock": query(sql, parameters={"names": names})}) as shop:
        assert await shop.ask("stock", names=["lid", "screen"]) == [{"stock": 0}, {"stock": 4}]
        assert await shop.ask("stock", names=[]) == "There is none."


async def test_values_of_every_type_are_told_as_json(server: Cluster) -> None:
    sql = r"""SELECT price, came, photo, ARRAY[1, 2] AS list, '{"a"\: 1.5}'\:\:jsonb AS json
              FROM parts ORDER BY price"""
    async with desk(server.url, {"all": query(sql, row_limit=1)}) as shop:
        assert await shop.ask("all") == {
            "rows": [
                {"price": "7.00", "came": None, "photo": "(2 bytes)", "list": [1, 2], "json": {"a": 1.5}}
            ],
            "more": "2 more rows",
        }


async def test_a_result_has_as_many_rows_as_are_allowed_and_says_how_many_more(url: str) -> None:
    numbers = query(NUMBERS[kind(url)], parameters={"most": "integer"})
    async with desk(url, {"numbers": numbers, "few": {**numbers, "row_limit": 1}}, row_limit=3) as shop:
        assert await shop.ask("numbers", most=3) == [{"x": 1}, {"x": 2}, {"x": 3}]
        assert await shop.ask("numbers", most=4) == {
            "rows": [{"x": 1}, {"x": 2}, {"x": 3}],
            "more": "1 more row",
        }
        assert await shop.ask("few", most=40) == {"rows": [{"x": 1}], "more": "39 more rows"}
        # Read row by row: a billion of them would not be held, and are not waited for.
        told = await shop.ask("few", most=1_000_000_000)
        assert told == {"rows": [{"x": 1}], "more": "more than 1000 more rows"}


# --- changing -------------------------------------------------------------------------------------------


async def test_the_database_refuses_what_was_not_said_to_write(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    queries = {
        "sell": query("UPDATE parts SET stock = 0 WHERE name = 'screen'"),
        "drop": query("DROP TABLE moves"),
        "stock": PART,
    }
    for read_only in (True, False):
        async with desk(url, queries, read_only=read_only) as shop:
            for name in ("sell", "drop"):
                with pytest.raises(PluginError, match=rf"shop\.{name} (writes; say `write: true`|failed)"):
                    await shop.ask(name)
            assert await shop.ask("stock", name="screen") == [{"name": "screen", "stock": 4}]


async def test_a_query_that_writes_says_what_it_did_and_asks_the_caller_first(url: str) -> None:
    book = query(
        "INSERT INTO moves VALUES (:part, :count)",
        parameters={"part": "string", "count": "integer"},
        write=True,
    )
    clear = query("DELETE FROM moves WHERE part = :part", parameters={"part": "string"}, write=True)
    async with desk(url, {"book": book, "clear": clear, "part": PART}, read_only=False) as shop:
        assert {name: policy.confirm for name, policy in shop.source.policies.items()} == {
            "shop.book": True,
            "shop.clear": True,
            "shop.part": False,
        }
        assert [tool.read_only for tool in shop.source.tools()] == [False, False, True]
        assert await shop.ask("book", part="lid", count=2) == "Done: 1 row changed."
        assert await shop.ask("book", part="lid", count=3) == "Done: 1 row changed."
        with pytest.raises(ToolError, match="does not go together with what is stored already"):
            await shop.ask("book", part="lid", count=5000)
        assert await shop.ask("clear", part="lid") == "Done: 2 rows changed."
        assert await shop.ask("clear", part="lid") == "Nothing was there to be changed."


def test_writing_needs_two_words(file: str) -> None:
    with pytest.raises(ValueError, match="sell writes; say `read_only: false` of this database too"):
        DatabaseConfig.model_validate(
            {
                "url": file,
                "queries": {"sell": {"description": "Sells.", "sql": "DELETE FROM parts", "write": True}},
            }
        )


# --- time -----------------------------------------------------------------------------------------------


async def test_what_takes_too_long_is_stopped_in_the_database(url: str) -> None:
    async with desk(url, {"forever": query(FOREVER[kind(url)])}, timeout="300ms", connections=1) as shop:
        for _ in range(2):  # its only connection is free again
            with pytest.raises(
                ToolError, match=r"shop took longer than 0\.3 seconds and was stopped; ask for less"
            ):
                await shop.ask("forever")


async def test_a_call_that_is_cancelled_frees_its_connection(url: str) -> None:
    queries = {"forever": query(FOREVER[kind(url)]), "part": PART}
    async with desk(url, queries, timeout="60s", connections=1) as shop:
        task = asyncio.create_task(shop.ask("forever"))  # type: ignore[arg-type]
        await begun(shop)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        found = await asyncio.wait_for(shop.ask("part", name="lid"), PATIENCE)
        assert found == [{"name": "lid", "stock": 0}]


async def begun(shop: Desk) -> None:
    """Until the only connection of the desk is taken."""
    pool = shop.source.database._engines[False].pool
    async with asyncio.timeout(PATIENCE):
        while not pool.checkedout():  # type: ignore[attr-defined]  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_who_finds_all_connections_taken_is_told(url: str) -> None:
    queries = {"forever": query(FOREVER[kind(url)])}
    async with desk(url, queries, timeout="200ms", connections=1) as shop:
        calls = [shop.ask("forever") for _ in range(4)]
        told = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, ToolError) for each in told)


# --- what is away ---------------------------------------------------------------------------------------


async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "missing.db"
    async with desk(f"sqlite:///{path}", {"part": PART}) as shop:
        with pytest.raises(ToolUnavailable, match="shop cannot be reached just now"):
            await shop.ask("part", name="lid")
    assert not path.exists()


async def test_a_server_that_is_not_there_is_told_without_its_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with desk("postgresql://ada:hunter22@127.0.0.1:1/shop", {"part": PART}) as shop:
        with pytest.raises(ToolUnavailable) as told:
            await shop.ask("part", name="lid")
    assert "hunter22" not in f"{told.value}{caplog.text}{shop.source.__dict__}"


async def test_a_fault_of_the_query_is_for_the_log_and_not_for_the_caller(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = query("SELECT nothing FROM parts WHERE name = :name", parameters={"name": "string"})
    async with desk(url, {"wrong": wrong}) as shop:
        with pytest.raises(PluginError, match=r"^shop\.wrong failed: \w+$"):
            await shop.ask("wrong", name="Ada's secret")
    assert "nothing" in caplog.text
    assert "Ada's secret" not in caplog.text


async def test_connections_that_died_are_replaced(server: Cluster) -> None:
    async with desk(server.url, {"part": PART}) as shop:
        assert await shop.ask("part", name="lid") == [{"name": "lid", "stock": 0}]
        with administrator(server) as run:
            run(f"SELECT pg_terminate_backend(pid) {OURS}")
        assert await shop.ask("part", name="lid") == [{"name": "lid", "stock": 0}]


async def test_a_connection_that_dies_under_a_statement_is_told(server: Cluster) -> None:
    async with desk(
        server.url, {"forever": query(FOREVER["postgresql"])}, timeout="60s", connections=1
    ) as shop:
        task = asyncio.create_task(shop.ask("forever"))  # type: ignore[arg-type]
        with administrator(server) as run:
            async with asyncio.timeout(PATIENCE):
                while not run(f"SELECT count(*) {OURS} AND wait_event = 'PgSleep'"):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            run(f"SELECT pg_terminate_backend(pid) {OURS}")
        with pytest.raises(ToolUnavailable, match="shop cannot be reached"):
            await asyncio.wait_for(task, PATIENCE)


@contextmanager
def administrator(server: Cluster):  # type: ignore[no-untyped-def]
    engine = create_engine(
        server.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield lambda sql: connection.execute(text(sql)).scalar()
    engine.dispose()


# --- settings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("database", "words"),
    [
        ({"url": "shop.db"}, "write it as postgresql://"),
        ({"url": "mysql://a:hunter2@b/c"}, "mysql is none of the databases that can be held to reading only"),
        ({"queries": {}}, "at least 1 item"),
        (
            {"sql": "SELECT :nam", "parameters": {"name": "string"}},
            ':nam is none of its parameters (did you mean "name"?)',
        ),
        ({"sql": "SELECT 1", "parameters": {"name": "string"}}, "the parameter name is used nowhere"),
        ({"sql": "SELECT :a", "parameters": {"a": {"type": "object"}}}, "a: what is bound is a text"),
        ({"sql": "SELECT :a", "parameters": {"a": "strng"}}, 'a: "strng" is no type'),
        ({"row_limit": 0}, "greater than or equal to 1"),
    ],
)
def test_wrong_settings_are_told(database: Mapping[str, object], words: str) -> None:
    settings = dict(database)
    tool = {name: settings.pop(name) for name in ("sql", "parameters") if name in settings}
    section = {
        "url": "sqlite:///shop.db",
        "queries": {"q": {"description": "Does it.", "sql": "SELECT 1", **tool}},
    }
    with pytest.raises(ValueError) as told:
        DatabaseConfig.model_validate({**section, **settings})
    assert words in str(told.value)
    assert "hunter2" not in str(told.value)


def test_the_plugin_is_loaded_and_offers_each_database_as_a_source(file: str) -> None:
    part = {"description": "A part.", **PART}
    section = {"databases": {"shop": {"url": file, "queries": {"part": part}}}}
    plugins = Plugins.load({"sql": section}, allow=["sql"])
    (report,) = [each for each in plugins.report() if each.name == "sql"]
    assert (report.state, report.tools) == (PluginState.LOADED, ("shop.part",))
    assert plugins.policies["shop.part"].confirm is False


async def test_an_agent_asks_before_it_writes_and_then_says_what_it_did(file: str) -> None:
    book = {
        "description": "Take parts from the shelf.",
        "sql": "INSERT INTO moves VALUES (:part, :count)",
        "parameters": {"part": "string", "count": "integer"},
        "write": True,
    }
    agents = {
        "plugins": {
            "sql": {"databases": {"shop": {"url": file, "read_only": False, "queries": {"book": book}}}}
        },
        "agents": {"desk": {"instructions": "Help.", "tools": ["shop.*"]}},
    }
    script = [
        when("take").calls("shop.book", part="lid", count=1).then("{output}"),
        when("yes").calls("shop.book", part="lid", count=1).then("{output}"),
    ]
    async with line(agents=agents, script=script) as caller:
        await caller.says("Take a lid, please.")
        assert not caller.heard("Done")
        await caller.says("Yes.")
        assert caller.heard("Done: 1 row changed.")

"""Servers that are declared, declared otherwise and declared no more while the hub runs."""

from jackfield.mcp import ServerState
from tests.mcp.board import board, children, gone, stdio


async def test_only_servers_that_are_declared_otherwise_start_anew() -> None:
    async with board({"same": stdio("lab.py"), "other": stdio("lab.py"), "old": stdio("old.py")}) as line:
        await line.ready("same", "other", "old")
        same, other = int(str(await line.call("same.pid"))), int(str(await line.call("other.pid")))
        [old] = children("old.py")
        line.hub.change(
            {"same": stdio("lab.py"), "other": stdio("lab.py", include=["pid"]), "new": stdio("shelf.py")}
        )
        assert [status.name for status in line.hub.status()] == ["same", "other", "new"]
        await line.ready("same", "other", "new")
        assert gone(other)
        assert gone(old)
        assert await line.call("same.pid") == str(same)
        assert line.status("same").connections == 1
        assert line.names("other") == ["other.pid"]
        assert [source.name for source in line.hub.sources()] == ["same", "other", "new"]


async def test_a_server_may_be_declared_again_and_again() -> None:
    async with board({"lab": stdio("lab.py")}) as line:
        for limit in range(1, 6):
            line.hub.change({"lab": stdio("lab.py", start_timeout=f"{20 + limit}s")})
        line.hub.change({})
        assert line.hub.status() == []
        line.hub.change({"lab": stdio("lab.py")})
        await line.ready("lab")
        assert line.status("lab").state is ServerState.READY
        pid = int(str(await line.call("lab.pid")))
    assert gone(pid)

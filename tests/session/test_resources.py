"""Which resources a session may read: those that its results have linked to, and no others."""

import pytest

from jackfield.calls import Json
from jackfield.errors import ToolError
from jackfield.session.resources import MOST_LINKS, Resources
from jackfield.tools.tool import ToolContext

HERE = ToolContext("call_1", "session_1", "storekeeper", 20.0)


async def read(server: str, uri: str, context: ToolContext) -> Json:
    return f"{uri} of {server}"


async def test_what_was_linked_is_read_from_the_server_that_linked_to_it() -> None:
    resources = Resources(read)
    assert not resources.has("session_1")
    resources.note("session_1", "store", ["shop://list"])
    resources.note("session_2", "other", ["shop://secret"])
    assert await resources.read_resource({"uri": "shop://list"}, HERE) == "shop://list of store"
    with pytest.raises(ToolError, match="No result has linked to shop://secret"):
        await resources.read_resource({"uri": "shop://secret"}, HERE)


async def test_only_so_many_are_remembered_and_none_when_the_session_is_over() -> None:
    resources = Resources(read)
    resources.note("session_1", "store", [f"shop://{number}" for number in range(MOST_LINKS + 1)])
    with pytest.raises(ToolError):
        await resources.read_resource({"uri": "shop://0"}, HERE)
    assert await resources.read_resource({"uri": "shop://1"}, HERE)
    resources.forget("session_1")
    assert not resources.has("session_1")

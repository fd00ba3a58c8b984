"""Tools found by what they do."""

from jackfield.tools.burden import MANY, MUCH, Burden
from jackfield.tools.search import find
from jackfield.tools.tool import HUB, Tool


def tool(name: str, description: str) -> Tool:
    return Tool(name, description, {"type": "object"}, lambda arguments, context: None, HUB, "azure")


TOOLS = {
    each.name: each
    for each in [
        tool("azure.storage_account_list", "List all accounts of a subscription."),
        tool("azure.storage_blob_upload", "Uploads a file to a container in a storage account."),
        tool("azure.cosmosDatabaseList", "Show what is there."),
        tool("azure.monitor_logs", "Query logs. Not for accounts."),
        *(tool(f"azure.other_{number}", "List things of a subscription.") for number in range(50)),
    ]
}


def test_the_tool_that_has_the_rare_words_in_its_name_comes_first() -> None:
    assert find("which storage accounts have I got?", TOOLS, 3)[0] == "azure.storage_account_list"
    assert find("upload a file", TOOLS, 3) == ["azure.storage_blob_upload"]
    assert find("Cosmos databases", TOOLS, 1) == ["azure.cosmosDatabaseList"]


def test_what_has_nothing_in_common_is_not_found() -> None:
    assert find("play the guitar", TOOLS, 6) == []
    assert find("what is the", TOOLS, 6) == []
    assert find("", TOOLS, 6) == []
    assert find("anything", {}, 6) == []


def test_no_more_are_found_than_wanted_and_always_the_same() -> None:
    assert find("list of a subscription", TOOLS, 6) == find("list of a subscription", TOOLS, 6)
    assert len(find("list of a subscription", TOOLS, 6)) == 6


def test_too_many_tools_are_warned_of_with_their_bytes() -> None:
    light = [{"type": "function", "name": "now", "parameters": {}}]
    assert Burden.of(light).warning("clerk") is None
    many = Burden.of(light * (MANY + 1))
    assert f"clerk carries {MANY + 1} tools, {many.bytes} bytes" in (many.warning("clerk") or "")
    assert Burden.of([{"name": "é" * (MUCH // 2)}]).warning("clerk")

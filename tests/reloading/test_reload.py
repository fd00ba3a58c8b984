"""`Runtime.reload`: another agents.yaml, and other code, in the middle of a call."""

from __future__ import annotations

import sys

import pytest

from jackfield.errors import ConfigurationError, PluginError
from jackfield.notices import ToolsChanged
from jackfield.runtime import Runtime

from .conftest import Project, calling

INTRODUCTION = "Brightside Repairs"


async def test_the_instructions_of_a_call_change_while_it_goes_on(project: Project, runtime: Runtime) -> None:
    async with calling(runtime) as caller:
        await caller.says("Who are you?", INTRODUCTION)
        project.edit(project.agents, INTRODUCTION, "Moonlight Bakery")
        changes = await runtime.reload(project.config())
        assert str(changes) == "agents desk"
        await caller.says("Who are you?", "Moonlight Bakery")
        assert not caller.all(ToolsChanged)


async def test_tools_and_settings_of_plugins_change_while_a_call_goes_on(
    project: Project, runtime: Runtime
) -> None:
    async with calling(runtime) as caller:
        await caller.says("Where is my parcel?", "Leeds")
        project.edit(project.agents, "Leeds", "York")
        await runtime.reload(project.config())
        await caller.says("Where is my parcel?", "York")
        project.edit(project.agents, "[parcels.*]", "[parcels.wait_for_the_courier]")
        await runtime.reload(project.config())
        await caller.until(lambda: bool(caller.all(ToolsChanged)))
        assert caller.all(ToolsChanged)[0].tools == ["parcels.wait_for_the_courier"]


async def test_code_changes_while_a_call_goes_on_and_what_runs_ends_as_it_began(
    project: Project, runtime: Runtime
) -> None:
    old = sys.modules["probe_parcels"]
    async with calling(runtime) as caller:
        await caller.session.say("Wait for the courier.")
        await caller.starts("parcels.wait_for_the_courier")
        project.edit(project.code, "Your parcel is in", "We keep your parcel in")
        project.edit(project.code, "as of old", "in the new manner")
        project.edit(project.agents, "{announce_after: never}", "{announce_after: never, timeout: 7s}")
        await runtime.reload(project.config(), code=["parcels"])
        await caller.says("Where is my parcel?", "We keep your parcel in Leeds")
        vars(old)["door"].set()
        finished = await caller.finishes("parcels.wait_for_the_courier")
        assert "as of old" in str(finished.as_dict())
        assert caller.session.persona.policy("parcels__wait_for_the_courier").timeout == 7


async def test_a_session_whose_agent_is_gone_goes_on_with_it(project: Project, runtime: Runtime) -> None:
    async with calling(runtime) as caller:
        await caller.says("Who are you?", INTRODUCTION)
        project.agents.write_text(project.agents.read_text().replace("  desk:", "  counter:"))
        await runtime.reload(project.config())
        await caller.says("Where is my parcel?", "Leeds")
        assert caller.session.agent == "desk"
        with pytest.raises(ConfigurationError, match="no agent 'desk'"):
            await runtime.connect("desk", modality="text")


async def test_settings_that_are_refused_change_nothing(project: Project, runtime: Runtime) -> None:
    async with calling(runtime) as caller:
        project.edit(project.agents, "place: Leeds", "site: Leeds")
        project.edit(project.agents, INTRODUCTION, "Moonlight Bakery")
        with pytest.raises(PluginError, match="parcels: its register_tools raised KeyError: 'place'"):
            await runtime.reload(project.config())
        await caller.says("Where is my parcel?", "Leeds")
        await caller.says("Who are you?", INTRODUCTION)
        assert runtime.config.plugins["parcels"] == {"place": "Leeds"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def where_is_my_parcel() -> str:", "def where_is_my_parcel() -> str", "SyntaxError: expected ':'"),
        ("import jackfield", "import jackfield, no_such_module", "ModuleNotFoundError"),
        ('place = ""', "place = 1 / 0", "ZeroDivisionError: division by zero"),
        ('"""Where my parcel is."""', "", "parcels.where_is_my_parcel is set aside"),
    ],
    ids=["syntax", "import", "module", "tool"],
)
async def test_code_that_cannot_be_used_changes_nothing(
    project: Project, runtime: Runtime, old: str, new: str, said: str
) -> None:
    before = sys.modules["probe_parcels"]
    project.edit(project.code, old, new)
    with pytest.raises(PluginError) as refused:
        await runtime.reload(project.config(), code=["parcels"])
    assert said in str(refused.value)
    assert sys.modules["probe_parcels"] is before
    assert [tool for source in runtime.plugins.tool_sources() for tool in source.tools()]
    project.edit(project.code, new or "    \n", old if new else f"    {old}\n")
    await runtime.reload(project.config(), code=["parcels"])
    assert sys.modules["probe_parcels"] is not before


async def test_an_error_in_code_is_told_with_its_line(project: Project, runtime: Runtime) -> None:
    project.edit(project.code, 'place = ""', 'place = ["Leeds"][1]')
    with pytest.raises(PluginError) as refused:
        await runtime.reload(project.config(), code=["parcels"])
    assert str(refused.value).splitlines()[2:] == [
        f"{project.code}:7:9: IndexError: list index out of range",
        '    7 | place = ["Leeds"][1]',
        "      |         ^^^^^^^^^^^^",
    ]


async def test_a_plugin_may_be_switched_off_and_on_again(project: Project, runtime: Runtime) -> None:
    async with calling(runtime) as caller:
        project.edit(project.agents, "{place: Leeds}", "off")
        await runtime.reload(project.config())
        assert not caller.session.persona.tools
        project.edit(project.agents, "parcels: off", "parcels: {place: Hull}")
        await runtime.reload(project.config())
        await caller.says("Where is my parcel?", "Hull")


async def test_nothing_is_done_where_nothing_is_different(project: Project, runtime: Runtime) -> None:
    before = runtime.plugins.tool_sources()
    assert not await runtime.reload(project.config())
    assert runtime.plugins.tool_sources() == before


async def test_code_in_worker_processes_changes_too(project: Project, runtime: Runtime) -> None:
    isolated = "{announce_after: never, tools: {parcels.where_is_my_parcel: {isolation: process}}}"
    project.edit(project.agents, "{announce_after: never}", isolated)
    await runtime.reload(project.config())
    async with calling(runtime) as caller:
        await caller.says("Where is my parcel?", "Your parcel is in Leeds")
        project.edit(project.code, "Your parcel is in", "We keep your parcel in")
        await runtime.reload(project.config(), ["parcels"])
        await caller.says("Where is my parcel?", "We keep your parcel in Leeds")
        project.edit(project.agents, "Leeds", "York")
        await runtime.reload(project.config())
        await caller.says("Where is my parcel?", "We keep your parcel in York")


async def test_mcp_servers_come_and_go_while_a_call_goes_on(project: Project, runtime: Runtime) -> None:
    server = "mcp_servers: {tickets: {command: [python, -m, jackfield_tickets]}}\nagents:"
    async with calling(runtime) as caller:
        project.edit(project.agents, "\nagents:", f"\n{server}")
        project.edit(project.agents, "[parcels.*]", "[parcels.*, tickets.find_ticket]")
        await runtime.reload(project.config())
        await caller.until(lambda: "tickets__find_ticket" in caller.session.persona.tools)
        project.restore()
        await runtime.reload(project.config())
        await caller.until(lambda: "tickets__find_ticket" not in caller.session.persona.tools)
        assert not runtime.mcp_servers()


async def test_another_provider_is_for_the_next_call(project: Project, runtime: Runtime) -> None:
    async with calling(runtime) as caller:
        project.edit(project.agents, "agents:\n", "providers: {local: {log_level: error}}\nagents:\n")
        changes = await runtime.reload(project.config())
        assert changes.providers == {"local"}
        async with calling(runtime) as another:
            await another.says("Where is my parcel?", "Leeds")
        await caller.says("Where is my parcel?", "Leeds")


async def test_a_provider_that_does_not_start_changes_nothing(project: Project, runtime: Runtime) -> None:
    project.edit(project.agents, "agents:\n", "providers: {local: {mind: script}}\nagents:\n")
    project.edit(project.agents, INTRODUCTION, "Moonlight Bakery")
    with pytest.raises(ConfigurationError, match="the script mind needs a file"):
        await runtime.reload(project.config())
    async with calling(runtime) as caller:
        await caller.says("Who are you?", INTRODUCTION)


async def test_plugins_may_be_left_off_the_list_of_allowed_ones(project: Project, runtime: Runtime) -> None:
    async with calling(runtime) as caller:
        project.edit(project.agents, "\nplugins:", "\nallow_plugins: [local]\nplugins:")
        await runtime.reload(project.config())
        assert not caller.session.persona.tools
        project.restore()
        await runtime.reload(project.config())
        await caller.says("Where is my parcel?", "Leeds")

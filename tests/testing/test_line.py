"""A line in a test: what the caller says, hears and sees of the tools."""

import pytest

import jackfield
from jackfield.calls import OutcomeKind
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import RegisterTool, Verdict
from jackfield.notices import Trouble
from jackfield.testing import hangs, line, otherwise, raises, returns, when


def weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: Its name.
    """
    return f"It rains in {city}."


AGENTS = """
agents:
  desk:
    greeting: Good day.
    instructions: Help.
    tools: [shop.*]
    calls: {timeout: 20s, announce_after: 3s}
"""


async def test_an_agent_answers_by_what_a_tool_says() -> None:
    async with line(
        agents=AGENTS,
        tools={"shop.weather": weather},
        script=[when("weather", "lima").calls("shop.weather", city="Lima").then("Well: {output}")],
    ) as caller:
        await caller.says("What is the weather in Lima?")
        assert caller.heard("Well: It rains in Lima.")
        assert caller.calls["shop.weather"].arguments == {"city": "Lima"}
        assert caller.said[0] == "Good day."


async def test_a_tool_that_hangs_is_announced_and_then_given_up_when_time_passes() -> None:
    async with line(
        agents=AGENTS,
        tools={"shop.weather": hangs()},
        script=[when("weather").calls("shop.weather", city="Lima").then("Sorry: {output}")],
    ) as caller:
        await caller.says("How is the weather?")
        assert not caller.calls["shop.weather"].outcome
        await caller.waits(5)
        assert caller.heard("still looking into it")
        await caller.waits(20)
        assert caller.heard("no result within 20 seconds")


async def test_a_tool_that_raises_is_told_in_its_own_words() -> None:
    async with line(
        agents=AGENTS,
        tools={"shop.weather": raises("The station is closed.")},
        script=[when("weather").calls("shop.weather", city="Lima").then("Sorry: {output}")],
    ) as caller:
        await caller.says("How is the weather?")
        assert caller.heard("The station is closed")


async def test_the_mind_of_the_embedded_server_answers_where_there_is_no_script() -> None:
    async with line(agents=AGENTS, tools={"shop.weather": weather}) as caller:
        await caller.says("what is the weather in Lima?")
        assert caller.calls["shop.weather"].arguments == {"city": "Lima"}
        assert caller.heard("it rains in lima")


async def test_a_known_tool_keeps_its_schema_when_a_test_says_what_it_returns() -> None:
    async with line(
        agents={"agents": {"desk": {"tools": ["clock.now"]}}}, tools={"clock.now": returns("Noon.")}
    ) as caller:
        await caller.says("what time is it in Lima?")
        assert caller.calls["clock.now"].arguments == {"city": "Lima"}
        assert caller.heard("noon")


class Shop:
    """A plugin as an object, with its own opinion on calls."""

    @jackfield.hookimpl
    def register_tools(self, register: RegisterTool) -> None:
        register(weather)

    @jackfield.hookimpl
    def before_call(self) -> Verdict:
        return Verdict.replace(arguments={"city": "Quito"})


async def test_a_plugin_that_the_test_brings_is_used_with_all_its_hooks() -> None:
    async with line(agents=AGENTS, plugins={"shop": Shop()}) as caller:
        await caller.says("What is the weather in Lima?")
        assert caller.calls["shop.weather"].arguments == {"city": "Quito"}


async def test_a_test_that_brings_a_broken_plugin_is_told_what_is_wrong_with_it() -> None:
    with pytest.raises(ConfigurationError, match=r"the plugin shop is broken: .*there is no hook"):
        async with line(agents=AGENTS, plugins={"shop": Misspelt()}):
            pass


class Misspelt:
    @jackfield.hookimpl
    def register_tool(self) -> None: ...


async def test_a_session_is_handed_over_and_asked_for_a_yes_by_its_button() -> None:
    agents = """
agents:
  desk:
    tools: [shop.weather]
    calls: {tools: {shop.weather: {confirm: true}}}
    handoffs: [{to: cellar, when: the caller asks for it}]
  cellar: {greeting: "Cellar, yes?"}
"""
    script = [
        when("cellar").calls("transfer_to_cellar"),
        when("weather").calls("shop.weather", city="Lima"),
        otherwise().says("All right."),
    ]
    async with line(agents=agents, tools={"shop.weather": weather}, script=script) as caller:
        await caller.says("The weather, please.")
        assert caller.calls["shop.weather"].outcome is OutcomeKind.DENIED
        await caller.presses(yes=True)
        await caller.says("Now the cellar.")
        assert caller.agent == "cellar"
        assert caller.heard("cellar yes")


async def test_a_response_that_fails_is_asked_for_again_and_the_second_time_told() -> None:
    script = [when("bye").late(0.01).says("Goodbye."), when("hello").fails("the model is down")]
    async with line(agents=AGENTS, tools={"shop.weather": weather}, script=script) as caller:
        await caller.says("Hello!")
        trouble = [each.message for each in caller.notices if isinstance(each, Trouble)]
        assert ["a response failed twice" in each for each in trouble] == [True]
        await caller.says("Bye!")
        assert caller.said[-1] == "Goodbye."


async def test_a_failed_wait_tells_all_that_happened() -> None:
    async with line(
        agents=AGENTS, tools={"shop.weather": weather}, script=[when("hello").says("Hi.")]
    ) as caller:
        await caller.says("Hello!")
        with pytest.raises(
            AssertionError, match=r"(?s)the session ended .*agent   Good day.*caller  Hello!.*agent   Hi\."
        ):
            await caller.hangs_up()
            await caller.hears("goodbye")
        with pytest.raises(KeyError, match=r"shop.weather was not called; called was no tool at all"):
            caller.calls["shop.weather"]


async def test_a_caller_may_speak_and_is_understood_by_ear() -> None:
    agents = {"agents": {"desk": {"greeting": "Good day.", "tools": ["clock.now"]}}}
    async with line(agents=agents, tools={"clock.now": returns("It is noon.")}, audio=True) as caller:
        await caller.says("What time is it in Lima?")
        assert caller.heard("it is noon")
        assert caller.calls["clock.now"].arguments == {"city": "Lima"}
        await caller.assert_no_audio_gap(2000)

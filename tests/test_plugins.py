"""Plugins as they come: installed with real metadata, good and bad, side by side."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace

import pytest

import jackfield
from jackfield.calls import CallPolicy
from jackfield.cli import COMMANDS
from jackfield.hookspecs import HOOKS
from jackfield.notices import AgentSaying, CallerStartedSpeaking
from jackfield.plugins import ALLOW_LIST, PluginReport, Plugins, PluginState
from jackfield.plugins.loaded import allowed
from jackfield.plugins.loading import TAKEN
from tests.installing import Site, on_the_path

PLUGINS = Path(__file__).parents[1] / "plugins"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with on_the_path(tmp_path) as site:
        yield site


GOOD = '''
    import jackfield

    def ping(word: str = "pong") -> str:
        """Answer."""
        return word

    @jackfield.hookimpl
    def register_tools(register, settings):
        register(ping, policy=jackfield.CallPolicy(timeout=settings.get("timeout", 1.0)))
    '''


def report_on(plugins: Plugins, name: str) -> PluginReport:
    (report,) = [each for each in plugins.report() if each.name == name]
    return report


def tool_names(plugins: Plugins) -> list[str]:
    return [tool.name for source in plugins.tool_sources() for tool in source.tools()]


def test_an_installed_plugin_is_found_loaded_and_accounted_for(site: Site) -> None:
    site.install("good", GOOD)
    plugins = Plugins.load({"good": {"timeout": 3.5}}, allow=["good"])
    assert tool_names(plugins) == ["good.ping"]
    assert plugins.policies == {"good.ping": CallPolicy(timeout=3.5)}
    report = report_on(plugins, "good")
    assert report == PluginReport(
        name="good",
        distribution="probe-good",
        version="1.2",
        hooks=("register_tools",),
        tools=("good.ping",),
        state=PluginState.LOADED,
        reason="",
        next_step="",
        seconds=report.seconds,
    )
    assert report.seconds > 0


BAD = {
    "import_error": (
        "import module_that_is_nowhere",
        "it needs module_that_is_nowhere",
        "pip install module_that_is_nowhere",
    ),
    "syntax": ("def broken(:", "probe_syntax cannot be imported: SyntaxError", "uninstall probe-syntax"),
    "exits": ("raise SystemExit(3)", "probe_exits cannot be imported: SystemExit: 3", "uninstall"),
    "argument": (
        """
        import jackfield

        @jackfield.hookimpl
        def register_tools(registr):
            pass
        """,
        "Argument(s) {'registr'} are declared in the hookimpl but can not be found in the hookspec",
        "correct the hook in probe-argument",
    ),
    "misspelt": (
        """
        import jackfield

        @jackfield.hookimpl
        def register_tool(register):
            pass
        """,
        'there is no hook register_tool (did you mean "register_tools"?)',
        f"the hooks are {', '.join(hook.__name__ for hook in HOOKS)}",
    ),
    "raises": (
        """
        import jackfield

        def half() -> str:
            '''Half.'''
            return ""

        @jackfield.hookimpl
        def register_tools(register):
            register(half)
            raise OSError("no such database")
        """,
        "its register_tools raised OSError: no such database",
        "report it to the author of probe-raises",
    ),
    "settings": (
        """
        import jackfield

        @jackfield.hookimpl
        def register_tools(register, settings):
            raise jackfield.PluginError("plugins.settings.database is missing")
        """,
        "plugins.settings.database is missing",
        "correct `plugins: settings:` in agents.yaml",
    ),
    "asynchronous": (
        """
        import jackfield

        @jackfield.hookimpl
        async def register_tools(register):
            pass
        """,
        "its register_tools is async or a wrapper",
        "make it a plain function",
    ),
    "wrapper": (
        """
        import jackfield

        @jackfield.hookimpl(wrapper=True)
        def notice(notice):
            return (yield)
        """,
        "its notice is async or a wrapper",
        "make it a plain function",
    ),
}


def test_every_broken_plugin_is_named_with_a_reason_and_the_good_ones_are_used(site: Site) -> None:
    site.install("a_good", GOOD)
    for name, (source, _, _) in BAD.items():
        site.install(name, source)
    site.install("z_good", GOOD)
    plugins = Plugins.load({}, allow=["a_good", "z_good", *BAD])
    assert tool_names(plugins) == ["a_good.ping", "z_good.ping"]
    for name, (_, reason, next_step) in BAD.items():
        report = report_on(plugins, name)
        assert report.state is PluginState.BROKEN, name
        assert (report.distribution, report.tools) == (f"probe-{name}", ())
        assert reason in report.reason
        assert next_step in report.next_step
        assert "\n" not in report.reason


def test_a_broken_plugin_is_logged_in_one_line(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.install("syntax", "def broken(:")
    Plugins.load({}, allow=["syntax"])
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith("plugin syntax is broken: probe_syntax cannot be imported")
    assert record.exc_info is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("probe_attribute:missing", "AttributeError"),
        ("probe_attribute:Plugin", "attribute names a class"),
        ("probe_elsewhere", "probe_elsewhere cannot be imported: ModuleNotFoundError"),
        ("not a module", "cannot be imported"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_told(site: Site, value: str, reason: str) -> None:
    site.install("attribute", "class Plugin: pass", value=value)
    report = report_on(Plugins.load({}, allow=["attribute"]), "attribute")
    assert report.state is PluginState.BROKEN
    assert reason in report.reason


def test_a_package_with_broken_metadata_hides_no_other(site: Site) -> None:
    site.describe("mangled", "[jackfield]\nthis is no entry point\n")
    site.install("good", GOOD)
    assert tool_names(Plugins.load({}, allow=["good"])) == ["good.ping"]


def test_a_plugin_that_is_partly_wrong_is_used_for_the_rest(site: Site) -> None:
    site.install(
        "partial",
        """
        import jackfield

        def fine(number: int) -> int:
            '''Fine.'''
            return number

        def untyped(number):
            '''Not fine.'''

        @jackfield.hookimpl
        def register_tools(register):
            register(untyped)
            register(fine)
            register(fine)

        @jackfield.hookimpl
        def register_providers(register):
            raise ValueError("no providers today")
        """,
    )
    plugins = Plugins.load({}, allow=["partial"])
    report = report_on(plugins, "partial")
    assert report.state is PluginState.PARTIAL
    assert report.tools == ("partial.fine",)
    assert "partial.untyped: `number` has no type hint" in report.reason
    assert "its register_providers raised ValueError: no providers today" in report.reason
    (source,) = plugins.tool_sources()
    assert set(source.aside()) == {"partial.untyped", "partial.fine"}


def test_a_hook_of_a_later_version_may_be_marked_optional(site: Site) -> None:
    site.install(
        "modern",
        GOOD
        + """
    @jackfield.hookimpl(optionalhook=True)
    def answer_in_rhymes(register):
        pass
    """,
    )
    assert report_on(Plugins.load({}, allow=["modern"]), "modern").state is PluginState.LOADED


def test_of_two_packages_with_one_plugin_name_the_second_is_told_so(site: Site) -> None:
    site.install("twin", GOOD)
    (site.folder / "probe_other.py").write_text(dedent(GOOD))
    site.describe("zwilling", "[jackfield]\ntwin = probe_other\n")
    reports = [each for each in Plugins.load({}, allow=["twin"]).report() if each.name == "twin"]
    assert [each.state for each in reports] == [PluginState.LOADED, PluginState.BROKEN]
    assert reports[1].reason == "another plugin is called twin already; uninstall one of the two"


def test_the_same_package_twice_on_the_path_is_one_plugin(site: Site, tmp_path: Path) -> None:
    site.install("good", GOOD)
    (tmp_path / "older").mkdir()
    Site(tmp_path / "older").install("good", GOOD, version="0.9")
    sys.path.append(str(tmp_path / "older"))
    try:
        assert report_on(Plugins.load({}, allow=["good"]), "good").version == "1.2"
    finally:
        sys.path.remove(str(tmp_path / "older"))


# --- the allow-list -------------------------------------------------------------------------------------


def test_only_allowed_plugins_are_imported_and_the_others_are_reported_as_skipped(site: Site) -> None:
    site.install("good", GOOD)
    site.install("exits", "raise SystemExit(3)")
    plugins = Plugins.load({}, allow=["good"])
    report = report_on(plugins, "exits")
    assert (report.state, report.next_step) == (
        PluginState.SKIPPED,
        f"add exits to `allow_plugins` or {ALLOW_LIST}",
    )
    assert "probe_exits" not in sys.modules


def test_the_environment_says_which_plugins_are_allowed() -> None:
    assert allowed({}) is None
    assert allowed({ALLOW_LIST: ""}) == frozenset()
    assert allowed({ALLOW_LIST: " clock, hours,"}) == {"clock", "hours"}


def test_our_own_plugins_are_always_loaded_and_named_after_their_modules() -> None:
    def make(settings: object) -> object:
        return settings

    @jackfield.hookimpl
    def register_providers(register):  # type: ignore[no-untyped-def]
        register("moon", make)

    ours = SimpleNamespace(__name__="jackfield.providers.moon", register_providers=register_providers)
    plugins = Plugins.load({}, allow=[], extra=[ours])
    assert plugins.provider_kinds() == {"moon": make}
    report = report_on(plugins, "moon")
    assert (report.distribution, report.state) == ("jackfield", PluginState.LOADED)


def test_a_provider_kind_that_is_taken_stays_with_the_first(site: Site) -> None:
    source = """
        import jackfield

        @jackfield.hookimpl
        def register_providers(register):
            register("moon", dict)
        """
    site.install("first", source)
    site.install("second", source)
    plugins = Plugins.load({}, allow=["first", "second"])
    assert report_on(plugins, "first").state is PluginState.LOADED
    assert (
        "the provider kind moon is offered by another plugin already" in report_on(plugins, "second").reason
    )


def test_a_voice_for_the_callers_side_may_come_from_a_plugin(site: Site) -> None:
    site.install(
        "hum",
        """
        import jackfield

        @jackfield.hookimpl
        def register_voices(register):
            register("hum", lambda sentence: bytes(2 * len(sentence)))
        """,
    )
    voices = Plugins.load({}, allow=["hum"]).voices()
    assert voices["hum"]("hello") == bytes(10)


def test_settings_for_a_plugin_that_is_not_there_are_reported(site: Site) -> None:
    site.install("good", GOOD)
    report = report_on(Plugins.load({"goood": {}}, allow=["good"]), "goood")
    assert report.state is PluginState.MISSING
    assert 'nothing installed is called goood (did you mean "good"?)' in report.reason


# --- notices --------------------------------------------------------------------------------------------


def test_a_listener_that_raises_harms_nobody_and_is_logged_now_and_then(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.install(
        "angry",
        """
        import jackfield

        @jackfield.hookimpl
        def notice(session_id):
            raise RuntimeError("not again")
        """,
    )
    site.install(
        "calm",
        """
        import jackfield

        heard = []

        @jackfield.hookimpl
        def notice(notice, session_id):
            heard.append((session_id, notice.type))
        """,
    )
    plugins = Plugins.load({}, allow=["angry", "calm"])
    for _ in range(12):
        plugins.notify(CallerStartedSpeaking(0.5), "session_1")
    plugins.notify(AgentSaying(1.0, "item_1", "Hello"), "session_2")
    plugins.close()
    heard = sys.modules["probe_calm"].heard
    assert heard == [("session_1", "caller_started_speaking")] * 12 + [("session_2", "agent_saying")]
    assert [record.getMessage() for record in caplog.records] == [
        "plugin angry: its notice hook failed (1 times)",
        "plugin angry: its notice hook failed (10 times)",
    ]
    assert plugins.failures["angry.notice"] == 13
    assert report_on(plugins, "calm").state is PluginState.LOADED


def test_a_hook_may_ask_for_fewer_arguments_than_are_offered(site: Site) -> None:
    site.install(
        "good", GOOD.replace("register, settings", "register").replace('settings.get("timeout", 1.0)', "2")
    )
    assert Plugins.load({}, allow=["good"]).policies == {"good.ping": CallPolicy(timeout=2)}


def test_every_hook_is_used_by_a_plugin_of_this_repository() -> None:
    settings = {"hours": {"timezone": "UTC", "open": {"monday": "9:00-17:00"}}}
    plugins = Plugins.load(settings, allow=["clock", "local", "guard", "hours", "http", "keyring"])
    used = {hook for report in plugins.report() for hook in report.hooks}
    assert used == {hook.__name__ for hook in HOOKS}


def test_every_hook_is_named_by_a_test() -> None:
    tests = [*Path(__file__).parent.rglob("test_*.py"), *PLUGINS.glob("*/tests/**/test_*.py")]
    words = " ".join(re.findall(r"^(?:async )?def (test_\w+)", "\n".join(map(Path.read_text, tests)), re.M))
    assert not [hook.__name__ for hook in HOOKS if hook.__name__ not in words]


def test_no_plugin_can_take_the_name_of_a_command_of_ours() -> None:
    assert {*COMMANDS} <= {*TAKEN["command"]}

"""What is concluded from what was found: pure, so every case is a row."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from jackfield.doctor import network, page, plugins, servers, variables, versions
from jackfield.doctor.file import looked_at
from jackfield.doctor.finding import Finding, fail, ok, table, warn
from jackfield.doctor.terms import Terms
from jackfield.mcp.state import ServerState, ServerStatus
from jackfield.plugins import PluginReport, PluginState

FILE = Path("agents.yaml")


def short(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(each.verdict.value, each.what) for each in findings]


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (Terms(FILE, {}), [("ok", "page"), ("ok", "page microphone")]),
        (Terms(FILE, {}, host="::1"), [("ok", "page"), ("ok", "page microphone")]),
        (Terms(FILE, {}, host="0.0.0.0"), [("fail", "page"), ("warn", "page microphone")]),
        (Terms(FILE, {}, host="0.0.0.0", has_token=True), [("ok", "page"), ("warn", "page microphone")]),
        (Terms(FILE, {}, host="10.1.1.1", has_token=True, origins=("https://v.example",)), [("ok", "page")]),
        (
            Terms(FILE, {}, origins=("v.example", "http://v.example")),
            [("ok", "page"), ("fail", "page origin"), ("warn", "page origin"), ("ok", "page microphone")],
        ),
    ],
)
def test_a_page_needs_a_token_beyond_this_machine_and_https_for_a_microphone(
    terms: Terms, told: list[tuple[str, str]]
) -> None:
    assert short(list(page.judged(terms))) == told


def test_one_interface_without_udp_is_a_warning_and_none_with_it_a_failure() -> None:
    found = list(network.judged({"10.0.0.1": "", "fd00::1": "Operation not permitted"}, ""))
    assert short(found) == [("warn", "UDP fd00::1"), ("ok", "UDP"), ("ok", "ICE")]
    found = list(network.judged({"10.0.0.1": "timed out"}, "no connection within 10 s"))
    assert short(found) == [("warn", "UDP 10.0.0.1"), ("fail", "UDP"), ("fail", "ICE")]


def test_a_package_that_is_missing_or_too_old_is_told_with_the_command() -> None:
    needed = [Requirement("httpx>=0.28,<1"), Requirement("mcp>=2.3")]
    old, missing, shown = versions.judged(needed, {"httpx": "0.20", "mcp": "", "jackfield": "0.1.0"})
    assert (old.detail, old.fix) == ("httpx is 0.20, not <1,>=0.28", 'pip install "httpx<1,>=0.28"')
    assert missing.detail == "mcp is not installed"
    assert shown.detail.endswith("jackfield 0.1.0, httpx 0.20")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (PluginState.LOADED, "ok"),
        (PluginState.PARTIAL, "warn"),
        (PluginState.BROKEN, "fail"),
        (PluginState.MISSING, "fail"),
        (PluginState.IDLE, "ok"),
        (PluginState.OFF, "ok"),
    ],
)
def test_every_state_of_a_plugin_has_its_verdict(state: PluginState, told: str) -> None:
    report = PluginReport("clock", "jackfield-clock", "1.0", (), (), state, "why", "what to do", 0.1)
    (finding,) = plugins.judged([report])
    assert finding.verdict == told


def test_a_server_that_says_nothing_is_told_apart_from_one_that_says_why() -> None:
    silent = ServerStatus("silent", ServerState.STARTING)
    broken = ServerStatus("broken", ServerState.FAILED, error="no such database")
    degraded = ServerStatus("slow", ServerState.DEGRADED, tools=("a",))
    assert [each.detail for each in servers.judged([silent, broken, degraded], 5.0)] == [
        "no answer within 5 s",
        "no such database",
        "connected, 1 tools",
    ]


def test_a_variable_is_private_by_the_name_of_its_setting_and_cut_out_everywhere() -> None:
    text = "a: {endpoint: '${URL}', api_key: '${KEY}', headers: {X: 'a ${OTHER}'}, b: '$${NOT}'}"
    found = variables.mentioned(text)
    assert [each.name for each in found] == ["URL", "KEY", "OTHER"]
    environ = {"URL": "https://x.example", "KEY": "secret-1", "OTHER": "secret-1-longer"}
    hidden = variables.secrets(found, environ)
    assert hidden == ["secret-1-longer", "secret-1"]
    told = fail("secret-1", "secret-1-longer at https://x.example", "set secret-1").without(hidden)
    assert table([told]) == "fail  …  … at https://x.example — set …"


def test_a_variable_in_the_form_of_another_program_is_not_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "agents.yaml"
    file.write_text("mcp_servers: {x: {command: [a, '${env:NOWHERE}']}}\nagents: {a: {}}\n")
    looked = looked_at(Terms(file, {}))
    (finding,) = looked.findings
    assert finding.detail.startswith("1:33: the environment variable NOWHERE is not set")


def test_where_a_stand_in_does_not_do_the_reader_is_told(tmp_path: Path) -> None:
    file = tmp_path / "agents.yaml"
    file.write_text("concurrency: ${HOW_MANY}\nagents: {a: {}}\n")
    looked = looked_at(Terms(file, {}))
    assert looked.config is None
    assert short(list(looked.findings)) == [("fail", str(file)), ("fail", "variable HOW_MANY")]


def test_every_finding_is_one_line_whatever_is_in_it() -> None:
    findings = [ok("a", "x\ny"), warn("longer", "z"), fail("b", "c", "d\n\ne")]
    assert table(findings) == "ok    a       x y\nwarn  longer  z\nfail  b       c — d e"

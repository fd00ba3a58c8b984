"""`jackfield check` and `jackfield agents`: what they print and how they exit.

With real plugins and real MCP servers; as processes where the exit matters, in this one elsewhere.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jackfield.cli import cli
from jackfield.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
BAD_SERVER = "import sys; sys.exit('no such database')"

Run = Callable[..., subprocess.CompletedProcess[str]]
Invoke = Callable[..., Result]


@pytest.fixture
def jackfield(tmp_path: Path) -> Run:
    """Run a command line in an empty folder, or in one that holds a text as agents.yaml."""

    def run(*words: str, file: str | None = None) -> subprocess.CompletedProcess[str]:
        if file is not None:
            (tmp_path / "agents.yaml").write_text(file, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-c", "from jackfield.cli import main; main()", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            env={**os.environ, "JACKFIELD_PLUGINS": "clock,hours,local"},
        )

    return run


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    """Run a command on a text, in this process."""

    def run(command: str, *words: str, file: str) -> Result:
        path = tmp_path / "agents.yaml"
        path.write_text(file, encoding="utf-8")
        environ = {"JACKFIELD_PLUGINS": "clock,hours,local"}
        return CliRunner().invoke(cli, [command, str(path), *words], env=environ)

    return run


def test_the_file_at_the_root_is_fine(jackfield: Run) -> None:
    done = jackfield("check", str(ROOT / "agents.yaml"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:6] == [
        f"{ROOT / 'agents.yaml'} is fine.",
        "",
        "  agents       receptionist (marin, 6 tools), workshop (cedar, 8 tools)",
        "  providers    local",
        "  plugins      clock, hours, local",
        "  MCP servers  tickets (7 tools)",
    ]
    assert done.stdout.count(": note: ") == 2


def test_a_wrong_file_is_told_on_stderr_with_status_2(jackfield: Run) -> None:
    done = jackfield("check", file="agents: {receptionist: {voise: marin}}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "jackfield: agents.yaml has a problem\n"
        "\n"
        'agents.yaml:1:25: unknown key "voise" in agents.receptionist; did you mean "voice"?\n'
        "    1 | agents: {receptionist: {voise: marin}}\n"
        "      |                         ^^^^^\n"
    )


def test_a_missing_file_is_one_sentence(jackfield: Run) -> None:
    done = jackfield("check")
    assert done.returncode == 2
    assert done.stderr == (
        "jackfield: agents.yaml cannot be read (No such file or directory); name another file, or create it\n"
    )


def test_what_is_not_there_is_told_where_the_file_counts_on_it(jackfield: Run) -> None:
    done = jackfield(
        "check",
        file=f"""provider: mine
providers: {{mine: {{kind: locl}}}}
mcp_servers:
  tickets: {{command: [python, -m, jackfield_tickets]}}
  broken: {{command: [python, -c, "{BAD_SERVER}"]}}
plugins: {{horus: {{}}}}
agents:
  receptionist:
    tools:
      - clock.now
      - clock.nwo
      - clok.now
      - tickets.fnd_ticket
      - tickets.find_*
      - broken.anything
""",
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith("agents.yaml:")]
    assert [line for line in told if "broken" not in line] == [
        'agents.yaml:2:26: no plugin here offers the kind of provider "locl"; did you mean "local"?',
        'agents.yaml:6:11: no plugin named "horus" is installed; did you mean "hours"?',
        'agents.yaml:11:9: "clock" has no tool "nwo"; did you mean "clock.now"?',
        'agents.yaml:12:9: nothing named "clok" offers tools; did you mean "clock"?',
        'agents.yaml:13:9: "tickets" has no tool "fnd_ticket"; did you mean "tickets.find_ticket"?',
    ]
    [broken] = [line for line in told if "broken" in line]
    assert broken.startswith('agents.yaml:5:3: the MCP server "broken" does not start: ')
    assert "no such database" in broken


def test_offline_takes_servers_on_trust_and_starts_none(invoke: Invoke) -> None:
    file = """
mcp_servers: {tickets: {command: [no-such-program]}}
agents: {receptionist: {instructions: Be kind., tools: [tickets.find, clock.now]}}
"""
    done = invoke("check", "--offline", file=file)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "MCP servers  tickets (not asked)" in done.stdout
    refused = invoke("check", file=file).exception
    assert isinstance(refused, ConfigurationError) and 'server "tickets" does not start: ' in str(refused)


def test_an_exception_for_a_tool_that_nobody_has_is_noted(invoke: Invoke, tmp_path: Path) -> None:
    done = invoke(
        "check",
        file="""agents:
  receptionist:
    instructions: Be kind.
    tools: [clock.now]
    calls: {tools: {clock.naw: {timeout: 1s}, clock.*: {timeout: 2s}}}
""",
    )
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == (
        f'{tmp_path}/agents.yaml:5:21: note: no tool here is named "clock.naw"; did you mean "clock.now"?'
    )


def test_attempts_that_are_asked_for_in_vain_are_noted(tmp_path: Path) -> None:
    """A tool of an MCP server that says nothing of itself is not run twice."""
    (tmp_path / "agents.yaml").write_text(
        """mcp_servers:
  tickets: {command: [python, -m, jackfield_tickets]}
agents:
  receptionist:
    instructions: Be kind.
    tools: [clock.now, tickets.*]
    calls:
      retry: 2
      tools:
        tickets.open_ticket: {retry: 1}
        tickets.find_ticket: {retry: 1}
        clock.now: {retry: 1}
"""
    )
    done = CliRunner().invoke(
        cli, ["check", str(tmp_path / "agents.yaml")], env={"JACKFIELD_PLUGINS": "clock,local"}
    )
    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if "note:" in line] == [
        f"{tmp_path}/agents.yaml:10:38: note: nothing is tried again: "
        "tickets.open_ticket does not say that it may be repeated"
    ]


def test_a_plain_function_is_not_put_on_the_loop(invoke: Invoke, tmp_path: Path) -> None:
    refused = invoke(
        "check",
        file="""defaults: {calls: {isolation: loop}}
agents:
  receptionist:
    instructions: Be kind.
    tools: [clock.now]
  workshop:
    instructions: Be kind.
    tools: [clock.now]
    calls: {tools: {clock.*: {isolation: process}}}
""",
    ).exception
    assert str(refused).splitlines()[2] == (
        f'{tmp_path}/agents.yaml:1:31: "clock.now" is a plain function, which would block the loop; '
        "use thread or process"
    )
    assert str(refused).count("agents.yaml:") == 1


def test_show_prints_what_the_model_is_told(invoke: Invoke) -> None:
    done = invoke(
        "check",
        "--show",
        "receptionist",
        file="""agents:
  receptionist:
    greeting: Good day.
    tone: warm
    instructions: You answer the telephone.
    tools: [clock.now]
    calls: {timeout: 5s, announce_after: never}
""",
    )
    assert (done.exit_code, done.stderr) == (0, "")
    shown = done.stdout
    assert "receptionist at local, greeting: Good day." in shown
    assert "  You answer the telephone.\n\n  Tone: warm\n" in shown
    assert '"voice": "marin"' in shown and '"silence_duration_ms": 500' in shown
    assert "  clock.now  at most 5s, when_quiet" in shown


def test_show_knows_only_declared_agents(invoke: Invoke) -> None:
    done = invoke("check", "--show", "recepcionist", file="agents: {receptionist: {}}")
    assert isinstance(done.exception, ConfigurationError)
    assert "agents.yaml has no agent 'recepcionist'; did you mean \"receptionist\"?" in str(done.exception)


def test_the_schema_is_printed_without_any_file(invoke: Invoke) -> None:
    done = invoke("check", "--schema", file="")
    assert done.exit_code == 0
    printed, kept = json.loads(done.stdout), json.loads((ROOT / "agents.schema.json").read_text("utf-8"))
    assert printed["properties"].keys() == kept["properties"].keys()
    assert printed["properties"]["agents"] == kept["properties"]["agents"]


def test_agents_are_listed_as_a_table(invoke: Invoke) -> None:
    file = """
agents:
  receptionist: {tools: [clock.now], handoffs: [{to: human, when: it is urgent}]}
  human: {transfer: "tel:112"}
"""
    done = invoke("agents", file=file)
    assert done.exit_code == 0
    assert done.stdout == (
        "agent         voice  provider  tools      hands over to\n"
        "receptionist  marin  local     clock.now  human\n"
        "human         -      -         -          tel:112\n"
    )


def test_agents_are_listed_as_json(invoke: Invoke) -> None:
    done = invoke("agents", "--json", file="agents: {receptionist: {}}")
    assert done.stdout.startswith('[\n  {\n    "name": "receptionist",\n    "first": true,\n')

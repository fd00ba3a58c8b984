"""What a right file comes to."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from jackfield.config import load
from jackfield.config.loader import Reading
from jackfield.errors import ConfigurationError

Interpret = Callable[..., Reading]
ROOT = Path(__file__).parents[2]


def test_the_file_at_the_root_needs_no_environment() -> None:
    config = load(ROOT / "agents.yaml", {})
    assert list(config.agents) == ["receptionist", "workshop"]
    assert config.first_agent == "receptionist"
    assert config.folder == ROOT
    assert [agent.voice for agent in config.agents.values()] == ["marin", "cedar"]
    assert config.providers["local"].kind == "local"


def test_the_smallest_file_is_one_agent(reading: Interpret) -> None:
    config = reading("agents: {receptionist: {}}").config
    agent = config.agents["receptionist"]
    assert (agent.provider, agent.voice, agent.speed, agent.instructions) == ("local", "marin", 1.0, "")


def test_an_agent_has_the_defaults_unless_it_says_otherwise(reading: Interpret) -> None:
    config = reading("""
        provider: azure
        providers: {azure: {endpoint: "https://a.example", deployment: d, credential: default}}
        defaults: {voice: sage, tone: warm, turn_detection: {silence: 300ms}}
        agents:
          receptionist: {tone: cool}
          workshop: {provider: local, voice: cedar, turn_detection: {type: semantic_vad}}
    """).config
    receptionist, workshop = config.agents.values()
    assert (receptionist.voice, receptionist.tone, receptionist.provider) == ("sage", "cool", "azure")
    assert (workshop.voice, workshop.tone, workshop.provider) == ("cedar", "warm", "local")
    assert receptionist.turn_detection.silence == 0.3
    assert workshop.turn_detection.type == "semantic_vad"


def test_a_key_with_nothing_after_it_is_as_good_as_absent(reading: Interpret) -> None:
    config = reading("""
        provider:
        providers:
        mcp_servers:
        plugins: {clock: }
        defaults:
        agents: {receptionist: , workshop: {voice: , tools: , calls: }}
    """).config
    assert config.agents["workshop"].voice == "marin"
    assert config.plugins == {"clock": {}}


def test_words_mean_what_editors_take_them_for(reading: Interpret) -> None:
    config = reading("""
        plugins: {hours: {open: 10:30, closed: off, days: 0o7, rate: 1e3, date: 2026-11-22, yes: 1}}
        agents: {receptionist: {languages: [no, "en"]}}
    """).config
    assert config.agents["receptionist"].languages == ["no", "en"]
    assert config.plugins["hours"] == {
        "open": "10:30",
        "closed": "off",
        "days": 7,
        "rate": 1000.0,
        "date": "2026-11-22",
        "yes": 1,
    }


def test_anchors_and_merges_save_repetition(reading: Interpret) -> None:
    config = reading("""
        x-voice: &voice {voice: sage, tone: warm}
        agents:
          receptionist: {<<: *voice, tone: cool}
          workshop: *voice
    """).config
    receptionist, workshop = config.agents.values()
    assert (receptionist.voice, receptionist.tone) == ("sage", "cool")
    assert (workshop.voice, workshop.tone) == ("sage", "warm")


def test_the_environment_is_filled_in(reading: Interpret) -> None:
    text = """
        mcp_servers:
          weather: {url: "https://${HOST}/mcp", headers: {Authorization: "Bearer ${TOKEN}", X: "$$${HOST}"}}
        agents:
          receptionist: {greeting: "${GREETING:-Good day}", speed: "${SPEED}", tone: "${EMPTY:-}plain, $5"}
    """
    config = reading(text, {"HOST": "example.com", "TOKEN": "t", "SPEED": "1.2", "EMPTY": ""}).config
    assert config.mcp_servers["weather"].url == "https://example.com/mcp"
    assert config.mcp_servers["weather"].headers == {"Authorization": "Bearer t", "X": "$example.com"}
    agent = config.agents["receptionist"]
    assert (agent.greeting, agent.speed, agent.tone) == ("Good day", 1.2, "plain, $5")


def test_a_provider_nobody_uses_needs_no_environment(reading: Interpret) -> None:
    text = """
        providers: {openai: {model: gpt-realtime, api_key: "${OPENAI_API_KEY}"}}
        agents: {receptionist: {provider: %s}}
    """
    found = reading(text % "local")
    assert [note.message for note in found.notes if "OPENAI" in note.message] == [
        "the environment variable OPENAI_API_KEY is not set; set it, or write ${OPENAI_API_KEY:-default} "
        "before an agent uses openai"
    ]
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY is not set"):
        reading(text % "openai")
    config = reading(text % "openai", {"OPENAI_API_KEY": "k"}).config
    assert config.providers["openai"].settings == {"model": "gpt-realtime", "api_key": "k"}


def test_settings_of_unknown_kinds_pass_through(reading: Interpret) -> None:
    config = reading("""
        provider: mine
        providers: {mine: {kind: theirs, colour: [blue, 3]}, local: {mind: script}}
        agents: {receptionist: {}}
    """).config
    assert config.providers["mine"].kind == "theirs"
    assert config.providers["mine"].settings == {"colour": ["blue", 3]}
    assert config.providers["local"].settings == {"mind": "script"}


def test_instructions_may_stand_in_a_file_beside_this_one(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "workshop.md").write_text("You mend ${THINGS}.\n", encoding="utf-8")
    file = tmp_path / "agents.yaml"
    file.write_text("agents: {workshop: {instructions: file://prompts/workshop.md}}", encoding="utf-8")
    assert load(file, {}).agents["workshop"].instructions == "You mend ${THINGS}."


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(Path("nowhere.yaml"))
    assert str(refused.value) == (
        "nowhere.yaml cannot be read (No such file or directory); name another file, or create it"
    )


def test_a_file_that_is_not_utf8_is_told_its_line(tmp_path: Path) -> None:
    file = tmp_path / "agents.yaml"
    file.write_bytes(b"agents:\n  caf\xe9: {}\n")
    with pytest.raises(ConfigurationError, match=r"agents.yaml:2: not UTF-8 text; save the file as UTF-8"):
        load(file)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "agents.yaml"
    file.write_bytes(b"\xef\xbb\xbfagents: {receptionist: {}}\r\n")
    assert list(load(file, {}).agents) == ["receptionist"]


def test_a_command_is_a_list_or_text_and_runs_beside_the_file(reading: Interpret, tmp_path: Path) -> None:
    config = reading("""
        mcp_servers:
          one: {command: "npx -y 'a server'", args: [--port, 8080], env: {PORT: 8080}}
          two: {command: [python, -m, two], cwd: data, start_timeout: 500ms}
        agents: {receptionist: {}}
    """).config
    one, two = config.mcp_servers.values()
    assert (one.command, one.args, one.env) == (
        ["npx", "-y", "a server"],
        ["--port", "8080"],
        {"PORT": "8080"},
    )
    assert (one.transport, one.cwd, two.cwd) == ("stdio", str(tmp_path), str(tmp_path / "data"))
    assert (one.start_timeout, two.start_timeout) == (15.0, 0.5)


def test_the_transport_of_an_address_is_inferred(reading: Interpret) -> None:
    config = reading("""
        mcp_servers:
          plain: {url: https://example.com/mcp/}
          old: {url: https://example.com/sse}
          said: {url: https://example.com/sse, transport: http}
        agents: {receptionist: {}}
    """).config
    assert [server.transport for server in config.mcp_servers.values()] == ["http", "sse", "http"]


def test_a_block_of_servers_pasted_from_elsewhere_is_read_as_it_stands(reading: Interpret) -> None:
    config = reading("""
        mcpServers:
          files: {command: npx, args: [-y, server-filesystem, /tmp], type: stdio, autoApprove: [read_file]}
          weather: {type: streamable-http, url: https://example.com/mcp, description: The weather}
          asleep: {command: never, disabled: true}
        agents: {receptionist: {}}
    """).config
    assert list(config.mcp_servers) == ["files", "weather"]
    assert [server.transport for server in config.mcp_servers.values()] == ["stdio", "http"]


def test_an_agent_says_its_part_of_the_session_object(reading: Interpret) -> None:
    config = reading("""
        agents:
          a: {languages: [pt-BR], speed: 1.1}
          b: {turn_detection: {type: semantic_vad, eagerness: low}, transcription: {model: none}}
          c: {turn_detection: {type: none}, languages: [en, es]}
    """).config
    a, b, c = config.agents.values()
    assert a.session()["audio"]["output"] == {"voice": "marin", "speed": 1.1}
    assert a.session()["audio"]["input"] == {
        "turn_detection": {
            "type": "server_vad",
            "create_response": True,
            "interrupt_response": True,
            "threshold": 0.5,
            "prefix_padding_ms": 300,
            "silence_duration_ms": 500,
        },
        "transcription": {"model": "whisper-1", "language": "pt"},
    }
    assert b.session()["audio"]["input"] == {
        "turn_detection": {
            "type": "semantic_vad",
            "create_response": True,
            "interrupt_response": True,
            "eagerness": "low",
        },
        "transcription": None,
    }
    assert c.session() == {
        "audio": {
            "input": {"turn_detection": None, "transcription": {"model": "whisper-1"}},
            "output": {"voice": "marin", "speed": 1.0},
        }
    }


def test_the_commented_providers_of_the_file_at_the_root_can_be_uncommented(reading: Interpret) -> None:
    text = (ROOT / "agents.yaml").read_text(encoding="utf-8")
    uncommented = re.sub(r"^  # (?=azure:|openai:|  )", "  ", text, flags=re.MULTILINE)
    assert list(reading(uncommented).config.providers) == ["local", "azure", "openai"]
    environ = {"AZURE_OPENAI_ENDPOINT": "https://brightside.openai.azure.com"}
    at_azure = reading(uncommented.replace("provider: local", "provider: azure"), environ).config
    assert at_azure.agents["receptionist"].provider == "azure"
    assert at_azure.providers["azure"].settings["endpoint"] == environ["AZURE_OPENAI_ENDPOINT"]

"""Whatever a file holds, it is read or refused in words: nothing else comes out."""

import re
import string
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.config import load
from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.errors import ConfigurationError

HERE = Path(__file__).parent
GOOD = (HERE.parents[1] / "agents.yaml").read_text(encoding="utf-8")
KEYS = re.findall(
    r"\S+",
    """version provider providers mcp_servers mcpServers plugins defaults agents x-base local azure openai
    kind endpoint api_key credential command args env url transport type headers disabled include
    voice speed languages tone pace calls tools timeout deliver turn_detection silence threshold
    transcription model language handoffs to when transfer instructions greeting receptionist <<""",
)
WORDS = re.findall(
    r"\S+",
    """${NAME} ${SET} ${NAME:-x} $$ ${ file://x 20s local receptionist clock.now tickets.* sip:a@b https://a
    en server_vad marin never ' \ud800 file://\0""",
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(WORDS)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=25,
)


def interpret_or_refuse(text: str) -> None:
    try:
        interpret(Page("agents.yaml", text), HERE, {"SET": "set"})
    except ConfigurationError as refused:
        assert str(refused).startswith("agents.yaml has ")


@given(st.text())
def test_any_text(text: str) -> None:
    interpret_or_refuse(text)


@given(st.text(alphabet="ab:- \n\t[]{},&*!|>'\"%@`#$<?~.0x\\U\u2028\x85\ufeff"))
def test_any_text_made_of_yaml_signs(text: str) -> None:
    interpret_or_refuse(text)


@given(VALUES)
@settings(max_examples=300)
def test_any_data(data: object) -> None:
    interpret_or_refuse(yaml.safe_dump(data, allow_unicode=True))


@given(
    st.dictionaries(st.sampled_from(KEYS[:12]), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
)
@settings(max_examples=300)
def test_any_sections(data: object) -> None:
    interpret_or_refuse(yaml.safe_dump(data, sort_keys=False))


@given(
    st.integers(0, len(GOOD)),
    st.integers(0, 30),
    st.text(alphabet=string.printable, max_size=10) | st.sampled_from(KEYS),
)
@settings(max_examples=300)
def test_any_change_of_a_good_file(start: int, length: int, put: str) -> None:
    interpret_or_refuse(GOOD[:start] + put + GOOD[start + length :])


@given(st.binary(max_size=200))
def test_any_bytes_in_a_file(content: bytes) -> None:
    with NamedTemporaryFile(suffix=".yaml") as file:
        file.write(content)
        file.flush()
        with suppress(ConfigurationError):
            load(Path(file.name), {})


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_bounded(opening: str) -> None:
    with pytest.raises(ConfigurationError, match="nested more than 40 levels deep"):
        interpret(Page("agents.yaml", opening * 5000), HERE, {})


def test_aliases_cannot_blow_up() -> None:
    lines = ["x-0: &a0 [x, x]", *(f"x-{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30))]
    with pytest.raises(ConfigurationError, match="more than 50000 values, aliases counted"):
        interpret(Page("agents.yaml", "\n".join(lines)), HERE, {})


def test_an_anchor_cannot_contain_itself() -> None:
    with pytest.raises(ConfigurationError, match='"&a" cannot contain itself'):
        interpret(Page("agents.yaml", "x-a: &a [*a]"), HERE, {})

"""Keys from a key store: keyring's own kinds of it, and no mock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import PasswordDeleteError

from jackfield.config import load
from jackfield.errors import ConfigurationError, ProviderRefused
from jackfield.plugins import Plugins, PluginState
from jackfield.runtime import Runtime
from jackfield_keyring import KIND

AGENTS = """\
provider: {kind}
providers:
  {kind}:
    credential: keyring
    {more}
agents:
  receptionist: {{}}
"""


class Drawer(KeyringBackend):  # type: ignore[misc] # keyring has no type information
    """A key store that forgets when the process ends."""

    priority = 0

    def __init__(self) -> None:
        self.keys: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.keys.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.keys[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError


@pytest.fixture(autouse=True)
def store() -> Iterator[Drawer]:
    before, drawer = keyring.get_keyring(), Drawer()
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


def plugins(**settings: object) -> Plugins:
    return Plugins.load({"keyring": settings} if settings else {}, allow=["keyring"])


async def headers(found: Plugins, provider: str = "openai", header: str = "Authorization") -> object:
    return await found.credentials()[KIND](provider, header).headers()


def test_register_credentials_offers_the_kind_keyring() -> None:
    (report,) = [each for each in plugins().report() if each.name == "keyring"]
    assert (report.state, report.hooks) == (PluginState.LOADED, ("register_credentials",))


async def test_the_key_of_the_moment_goes_into_the_header_of_the_service() -> None:
    found = plugins()
    keyring.set_password("jackfield", "openai", "sk-one\n")
    assert await headers(found) == {"Authorization": "Bearer sk-one"}
    keyring.set_password("jackfield", "openai", "sk-two")
    assert await headers(found) == {"Authorization": "Bearer sk-two"}
    keyring.set_password("shop", "desk", "abc")
    assert await headers(plugins(service="shop"), "desk", "api-key") == {"api-key": "abc"}


async def test_a_key_that_is_not_there_is_told_with_the_command_that_puts_it_there() -> None:
    with pytest.raises(
        ProviderRefused, match="no key for openai; put it there: `keyring set jackfield openai`"
    ):
        await headers(plugins())
    keyring.set_keyring(null.Keyring())
    with pytest.raises(ProviderRefused, match="no key for openai"):
        await headers(plugins())


async def test_a_machine_without_a_key_store_is_told_so() -> None:
    keyring.set_keyring(fail.Keyring())
    with pytest.raises(
        ProviderRefused, match="the key store gives no key for openai: No recommended backend"
    ):
        await headers(plugins())


@pytest.mark.parametrize(
    ("kind", "more"),
    [("openai", ""), ("azure", "endpoint: https://desk.openai.azure.com\n    deployment: voice")],
)
async def test_a_provider_in_agents_yaml_opens_with_it(tmp_path: Path, kind: str, more: str) -> None:
    (tmp_path / "agents.yaml").write_text(AGENTS.format(kind=kind, more=more))
    async with Runtime(load(tmp_path / "agents.yaml")) as runtime:
        assert runtime.plugins.credentials()[KIND]


async def test_without_the_plugin_the_provider_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACKFIELD_PLUGINS", "")
    (tmp_path / "agents.yaml").write_text(AGENTS.format(kind="openai", more=""))
    with pytest.raises(ConfigurationError, match="no plugin offers the kind of credential 'keyring'"):
        async with Runtime(load(tmp_path / "agents.yaml")):
            pass

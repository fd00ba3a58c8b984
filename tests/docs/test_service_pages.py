"""What the pages about services say is what the code does, and commands of others are spelled right."""

import re
import shlex

from jackfield.config.kinds import AZURE_CREDENTIALS
from jackfield.doctor.answers import FIXES
from jackfield.providers.azure_identity import SCOPES

from .listings import ROOT, listings

AZURE = ROOT / "docs" / "how-to" / "azure.md"

GLOBAL = {"--output", "--query", "--name", "--resource-group"}
AZ = {
    "login": set[str](),
    "group create": {"--location"},
    "cognitiveservices account create": {"--location", "--kind", "--sku", "--custom-domain"},
    "cognitiveservices account list-models": set(),
    "cognitiveservices account show": set(),
    "cognitiveservices account keys list": set(),
    "cognitiveservices account deployment create": {
        "--deployment-name",
        "--model-name",
        "--model-version",
        "--model-format",
        "--sku-name",
        "--sku-capacity",
    },
    "role assignment create": {"--role", "--assignee", "--scope"},
}
"""Of the Azure CLI's reference: the commands that the page uses, and their options."""


def az_commands() -> list[str]:
    """Those in listings, also within `$(…)`."""
    text = "\n".join(each.text for each in listings(AZURE) if each.language == "console")
    inner = re.findall(r"\$\((az [^)]*)\)", text)
    outer = re.findall(r"\$ (az .*)$", re.sub(r"\$\(az [^)]*\)", "X", text), flags=re.MULTILINE)
    return [*inner, *outer]


def test_commands_of_azure_and_their_options_are_spelled_as_its_reference_has_them() -> None:
    commands = az_commands()
    assert len(commands) >= 8
    for line in commands:
        words = shlex.split(line)[1:]
        first_option = next((at for at, word in enumerate(words) if word.startswith("--")), len(words))
        name = " ".join(words[:first_option])
        options = {word for word in words if word.startswith("--")}
        assert name in AZ and options <= AZ[name] | GLOBAL, line


def test_the_page_names_every_credential_scope_role_and_region_of_the_code() -> None:
    text = AZURE.read_text()
    assert [scope for scope in SCOPES if scope not in text] == []
    assert [kind for kind in AZURE_CREDENTIALS if f"`{kind}`" not in text] == []
    role = re.search(r"the role ([\w ]+?) on the resource", FIXES["azure", "role"])
    assert role is not None and f"**{role[1]}**" in text
    assert "**East US 2**" in text and "**Sweden Central**" in text and "swedencentral" in text

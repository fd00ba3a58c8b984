"""What a service's answers mean when an ephemeral key is asked for (realtime protocol §1.2, §1.3). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from jackfield.doctor.finding import Finding, fail, ok, warn
from jackfield.errors import ProviderError, ProviderRefused

CREDENTIAL, ROLE, MODEL, SERVICE = "credential", "role", "model", "service"
"""What an answer is about."""

ABOUT: Mapping[int, str] = {401: CREDENTIAL, 403: ROLE, 404: MODEL}

PERMISSION = ("permissiondenied", "data action", "permission", "principal")
"""Words by which a 401 is about a role, and not about who one is. Their spelling is not documented."""

FIXES: Mapping[tuple[str, str], str] = {
    ("azure", CREDENTIAL): "copy the key of this very resource again; with Entra ID check tenant and scope",
    ("azure", ROLE): "give the role Cognitive Services OpenAI User on the resource, and wait some minutes; "
    "check its network rules and its region (East US 2, Sweden Central)",
    ("azure", MODEL): "write the deployment's name letter by letter, capitals too; check the endpoint",
    ("openai", CREDENTIAL): "make a new key, and check the organization and project it belongs to",
    ("openai", ROLE): "let the project of this key use the model; check that your country is served",
    ("openai", MODEL): "choose a realtime model that this project may use",
}


def about(trouble: ProviderRefused) -> str:
    """Which of the things that can be wrong a refusal is about."""
    told = ABOUT.get(trouble.status, SERVICE)
    if told == CREDENTIAL and any(word in str(trouble).lower() for word in PERMISSION):
        return ROLE
    if trouble.status == 400 and any(word in str(trouble).lower() for word in ("model", "deployment")):
        return MODEL
    return told


def judged(what: str, kind: str, trouble: ProviderError) -> Finding:
    """The line for an answer that is no."""
    if not isinstance(trouble, ProviderRefused):
        return fail(what, str(trouble), "check the address and the network")
    subject = about(trouble)
    fix = FIXES.get((kind, subject), "")
    if trouble.status == 429:
        return warn(f"{what} quota", str(trouble), "wait, or raise the quota")
    if trouble.status >= 500:
        return fail(what, str(trouble), "wait: the service itself is in trouble")
    return fail(f"{what} {subject}", str(trouble), fix or "the service's own words say what it wants")


def voice(what: str, name: str, trouble: ProviderError | None) -> Finding:
    """The line for a key that was asked for with this voice, after one without was given."""
    if trouble is None:
        return ok(f"{what} voice", f"{name} is taken")
    if isinstance(trouble, ProviderRefused) and trouble.status == 400:
        return fail(f"{what} voice", f"{name} is not taken: {trouble}", "choose another `voice`")
    return warn(f"{what} voice", f"{name} could not be tried: {trouble}")

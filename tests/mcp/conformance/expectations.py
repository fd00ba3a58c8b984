"""Scenarios that Jackfield does not pass, each with the reason, and the checks of it that fail."""

from __future__ import annotations

from collections.abc import Mapping

PROMPTS = "prompts are not served: plugins have tools"
RESOURCES = "resources are not served: plugins have tools"
CONTENT = "a plugin's tool gives text, structured values and images, no other content"
SAMPLING = "a plugin's tool cannot ask the client's model, nor for its roots"
TASKS = "an extension of the protocol (tasks), which is not offered"

SERVER: Mapping[str, tuple[int, str]] = {
    "logging-set-level": (1, "logs go to stderr; logging is deprecated since 2026-07-28"),
    "tools-call-with-logging": (1, "logs go to stderr; logging is deprecated since 2026-07-28"),
    "completion-complete": (1, "completion is for arguments of prompts and resources, which are not served"),
    "tools-call-audio": (1, CONTENT),
    "tools-call-embedded-resource": (1, CONTENT),
    "tools-call-mixed-content": (1, CONTENT),
    "tools-call-sampling": (1, SAMPLING),
    "resources-list": (1, RESOURCES),
    "resources-read-text": (1, RESOURCES),
    "resources-read-binary": (1, RESOURCES),
    "resources-templates-read": (1, RESOURCES),
    "resources-subscribe": (1, RESOURCES),
    "resources-unsubscribe": (1, RESOURCES),
    "prompts-list": (1, PROMPTS),
    "prompts-get-simple": (1, PROMPTS),
    "prompts-get-with-args": (1, PROMPTS),
    "prompts-get-embedded-resource": (1, PROMPTS),
    "prompts-get-with-image": (1, PROMPTS),
    "server-stateless": (1, f"one check wants a tool that needs sampling: {SAMPLING}"),
    "caching": (3, "the hints of tools/list are right; the others are of prompts and resources"),
    "input-required-result-basic-elicitation": (
        1,
        "the question is asked, under a key of ours; the suite looks for one of its own, `user_name`",
    ),
    "input-required-result-basic-sampling": (1, SAMPLING),
    "input-required-result-basic-list-roots": (1, SAMPLING),
    "input-required-result-multiple-input-requests": (1, SAMPLING),
    "input-required-result-capability-check": (1, SAMPLING),
    "input-required-result-non-tool-request": (1, PROMPTS),
}

CLIENT: Mapping[str, tuple[int, str]] = {
    "json-schema-2020-12-preservation": (
        3,
        "schemas are adapted to what Realtime services take, and the suite looks at one with `allOf` at the "
        "top, which these refuse",
    ),
}


def reason(expected: Mapping[str, tuple[int, str]], name: str) -> str:
    """Why a scenario is not passed, or ""."""
    if name.startswith("tasks-"):
        return TASKS
    return expected.get(name, (0, ""))[1]


def most_failed(expected: Mapping[str, tuple[int, str]], name: str) -> int:
    return 99 if name.startswith("tasks-") else expected.get(name, (0, ""))[0]

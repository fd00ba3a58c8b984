"""The suite of the protocol's authors, on the hub and on `jackfield mcp serve`.

`conformance/run.py` runs it on the bare SDK, too, and writes docs/reference/mcp-conformance.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.mcp.conformance import expectations, peers, suite

# Each is two processes; `run.py` has them all.
NAMES = {
    "2025-11-25": ["initialize", "elicitation-sep1034-client-defaults", "sse-retry"],
    "2026-07-28": [
        "request-metadata",
        "sep-2322-client-request-state",
        "http-invalid-tool-headers",
        "auth/basic-cimd",
        "auth/scope-step-up",
    ],
}


@pytest.fixture(scope="module")
def program(pytestconfig: pytest.Config) -> Path:
    """The suite, from the npm registry."""
    assert pytestconfig.cache is not None
    return suite.fetched(pytestconfig.cache.mkdir("mcp-conformance"))


@pytest.mark.parametrize("revision", suite.REVISIONS)
def test_the_hub_passes_the_client_scenarios(program: Path, revision: str, tmp_path: Path) -> None:
    scores = suite.client_scores(program, peers.client_command("hub"), revision, tmp_path, NAMES[revision])
    must_be_as_expected(scores, expectations.CLIENT)


def test_the_tools_that_are_served_pass_the_server_scenarios(program: Path, tmp_path: Path) -> None:
    with peers.jackfield_server(tmp_path) as url:
        for revision in suite.REVISIONS:
            scores = suite.server_scores(program, url, revision, tmp_path)
            assert len(scores) > 30
            must_be_as_expected(scores, expectations.SERVER)


def must_be_as_expected(scores: suite.Scores, expected: Mapping[str, tuple[int, str]]) -> None:
    worse = {
        name: str(score)
        for name, score in scores.items()
        if score.failed > expectations.most_failed(expected, name)
    }
    assert not worse

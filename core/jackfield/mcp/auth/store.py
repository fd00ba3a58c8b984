"""Where logins are kept between two runs: a file for each server, which its owner alone can read."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from jackfield.mcp.auth.login import Login


def state_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where programs keep what they know of a user, by the rules of the platform."""
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "jackfield"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "jackfield"
    return Path(environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "jackfield"


class LoginStore:
    """The logins of this user. Several processes may use it; a file is replaced as a whole."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / "mcp"

    def read(self, server: str) -> Login | None:
        """The login at this address, or None where there is none that can be read."""
        try:
            login = Login.model_validate_json(self._path(server).read_bytes())
        except (OSError, ValidationError):
            return None
        return login if login.server == server else None

    def write(self, login: Login) -> None:
        """Keep a login, in place of the one before it. Raises `OSError`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as file:  # 0600
            file.write(login.model_dump_json(exclude_none=True))
        os.replace(file.name, self._path(login.server))

    def forget(self, server: str) -> None:
        """There is no login at this address any more."""
        self._path(server).unlink(missing_ok=True)

    def _path(self, server: str) -> Path:
        return self._folder / f"{sha256(server.encode()).hexdigest()[:32]}.json"

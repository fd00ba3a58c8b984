"""The embedded server of a test run: one process, started when the first line wants it."""

from __future__ import annotations

import atexit
import json
import os
import secrets
import subprocess
import sys
import threading
from functools import cache
from http.client import HTTPConnection
from urllib.parse import urlsplit

from jackfield.errors import ConfigurationError, ProviderError

LEAVE_SECONDS = 5.0
SCRIPT_SECONDS = 10.0


COMMAND = (sys.executable, "-P", "-m", "jackfield_local", "serve", "--port", "0", "--parent-pipe")


class Service:
    """One server. Without `audio` it has neither ears nor a voice, and is ready in half a second."""

    def __init__(self, *, audio: bool) -> None:
        self.key = secrets.token_urlsafe(16)
        self._process = subprocess.Popen(
            [*COMMAND, "--log-level", "error", *([] if audio else ["--written"])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "JACKFIELD_LOCAL_KEY": self.key},
        )
        self._lock = threading.Lock()
        self._url = ""
        self._scripts: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Up to `/v1`. Blocks until the server is ready. Raises `ProviderError` if it never is."""
        with self._lock:
            if not self._url:
                self._url = self._announced()
        return self._url

    def _announced(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            return str(json.loads(line)["url"])
        except (ValueError, KeyError):
            raise ProviderError(
                "the embedded server did not start, see above; is jackfield-local installed here?"
            ) from None

    def model(self, script: str) -> str:
        """The model that follows this script. Raises `ConfigurationError` for one that is none."""
        if script not in self._scripts:
            self._scripts[script] = self.handed_in(script)
        return self._scripts[script]

    def handed_in(self, script: str) -> str:
        """A model of its own that follows this script. Raises as `model` does."""
        place = urlsplit(self.url)
        connection = HTTPConnection(place.netloc, timeout=SCRIPT_SECONDS)
        try:
            headers = {"Authorization": f"Bearer {self.key}"}
            connection.request("POST", f"{place.path}/jackfield/scripts", script.encode(), headers)
            reply = connection.getresponse()
            answer = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:
            raise ConfigurationError(str(answer["error"]["message"]))
        return str(answer["model"])

    def close(self) -> None:
        """Bounded; the process is gone afterwards. Idempotent."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@cache
def service(*, audio: bool) -> Service:
    """The one of this process; it ends with it."""
    started = Service(audio=audio)
    atexit.register(started.close)
    return started

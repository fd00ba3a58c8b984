"""How a plugin marks its hooks, and how the hooks themselves are marked."""

from __future__ import annotations

from pluggy import HookimplMarker, HookspecMarker

GROUP = "jackfield"
"""The entry point group, and pluggy's project name."""

PATIENCE = 1.0
"""Seconds that a hook that may be async can take, if its plugin does not say."""

hookspec = HookspecMarker(GROUP)
hookimpl = HookimplMarker(GROUP)

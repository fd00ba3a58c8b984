"""Agents that carry too many tools are named in the log, once for each amount."""

from __future__ import annotations

import logging
from functools import lru_cache

from jackfield.session.persona import Persona
from jackfield.tools.burden import Burden

log = logging.getLogger(__name__)


def weigh(persona: Persona) -> None:
    """Warn of a persona that is too heavy, if that was not said before."""
    if (warning := Burden.of(persona.function_tools).warning(persona.agent)) is not None:
        _warn(warning)


@lru_cache(maxsize=256)
def _warn(warning: str) -> None:
    log.warning("%s", warning)

"""What must not be read anywhere: the credentials of an API."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_SHORTEST = 4
"""Shorter ones are found everywhere, and hide nothing."""


class Secrets:
    """Takes credentials out of texts, however they are written there."""

    def __init__(self, values: Iterable[str]) -> None:
        forms = {
            form
            for value in values
            if len(value) >= _SHORTEST
            for form in (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])
        }
        self._forms = sorted(forms, key=len, reverse=True)

    def hidden(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, "[secret]")
        return text

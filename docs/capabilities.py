"""Writes the tables of docs/reference/capabilities.md from the table that the providers obey.

    python docs/capabilities.py

A test compares the page with it.
"""

import re
from pathlib import Path

from jackfield.providers.capabilities import KINDS, MODELS, OPTIONS, TRANSCRIBERS, capabilities_of

PAGE = Path(__file__).parent / "reference" / "capabilities.md"
KEYS = ("language", "languages", "prompt", "keywords", "delay")


def tables() -> dict[str, str]:
    """What stands between `<!-- NAME -->` and `<!-- /NAME -->` on the page."""
    columns = [(kind, model) for kind in ("openai", "azure") for model in MODELS] + [("local", "")]
    head = [f"`{kind}`" + (f" {model}" if model else "") for kind, model in columns]
    known = [capabilities_of(kind, model) for kind, model in columns]
    options = [[f"`{option}`", *(_yes(option in each.options) for each in known)] for option in OPTIONS]
    efforts = [[f"`{kind}`", ", ".join(f"`{effort}`" for effort in KINDS[kind].efforts)] for kind in KINDS]
    recognisers = [[f"`{name}`", *(_yes(key in keys) for key in KEYS)] for name, keys in TRANSCRIBERS.items()]
    return {
        "options": _table(["key", *head], options),
        "efforts": _table(["kind", "efforts"], efforts),
        "recognisers": _table(["model", *(f"`{key}`" for key in KEYS)], recognisers),
    }


def _yes(known: bool) -> str:
    return "yes" if known else ""


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def written(page: str) -> str:
    """The page with its tables as they are to be."""
    for name, table in tables().items():
        place = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        page = place.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", page)
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))

"""What was found out about one thing, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum


class Verdict(StrEnum):
    """`WARN` is for what a call may do without, and for what could not be looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `fix` is the next step, "" where there is nothing to do."""

    verdict: Verdict
    what: str
    detail: str
    fix: str = ""

    def without(self, secrets: Iterable[str]) -> Finding:
        """The same with every secret cut out."""
        what, detail, fix = self.what, self.detail, self.fix
        for secret in secrets:
            what, detail, fix = (text.replace(secret, "…") for text in (what, detail, fix))
        return replace(self, what=what, detail=detail, fix=fix)

    def as_dict(self) -> dict[str, str]:
        """As JSON-able data."""
        return {**asdict(self), "verdict": self.verdict.value}


def ok(what: str, detail: str) -> Finding:
    return Finding(Verdict.OK, what, detail)


def warn(what: str, detail: str, fix: str = "") -> Finding:
    return Finding(Verdict.WARN, what, detail, fix)


def fail(what: str, detail: str, fix: str) -> Finding:
    return Finding(Verdict.FAIL, what, detail, fix)


def table(findings: Iterable[Finding]) -> str:
    """One line each: verdict, what, detail and, after a dash, the fix."""
    findings = list(findings)
    width = max((len(each.what) for each in findings), default=0)
    return "\n".join(
        f"{each.verdict.value:<4}  {each.what:<{width}}  {one_line(each.detail)}"
        + (f" — {one_line(each.fix)}" if each.fix else "")
        for each in findings
    )


def one_line(text: str) -> str:
    return " ".join(text.split())

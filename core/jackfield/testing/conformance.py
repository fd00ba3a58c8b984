"""What a check found: named checks, each with the reason why it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found: which one, about what, and what is wrong."""

    check: str
    subject: str
    fault: str


@dataclass(slots=True)
class Conformance:
    """`checks` are all that were made, by name, with the reason of each; `findings` are what they found."""

    subject: str
    reasons: Mapping[str, str]
    checks: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def made(self, check: str) -> None:
        """This check was made."""
        if check not in self.checks:
            self.checks.append(check)

    def found(self, check: str, subject: str, fault: str) -> None:
        """This check found something."""
        self.made(check)
        self.findings.append(Finding(check, subject, fault))

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        kept = len(self.checks) - len({each.check for each in self.findings})
        yield f"{self.subject}: {kept} of {len(self.checks)} checks passed"
        for check in self.checks:
            found = [each for each in self.findings if each.check == check]
            if found:
                yield f"  {check}: {self.reasons[check]}"
            for each in found:
                yield f"    {each.subject}: {each.fault}"

    def demand(self) -> None:
        """Raises `AssertionError`, with everything that was found, if anything was."""
        if self.findings:
            raise AssertionError(str(self))

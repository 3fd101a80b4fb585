"""What the doctor finds: code, severity, what is wrong, remedy; and how a remote's problem becomes a finding."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ledgerloop.outcome import CredentialsRefused, RemoteProblem
from ledgerloop.remotes.loop.errors import CODES as LOOP_CODES
from ledgerloop.remotes.netsuite.errors import CODES as NETSUITE_CODES
from ledgerloop.remotes.shopify.errors import CODES as SHOPIFY_CODES
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable

REMEDIES: Final = {
    code: remedy for codes in (LOOP_CODES, SHOPIFY_CODES, NETSUITE_CODES) for code, (_, remedy) in codes.items()
}
"""What to do about a remote's problem, by code."""

NOTHING_THERE: Final = frozenset({"loop_wrong_address", "shopify_wrong_address", "netsuite_wrong_address"})
"""Codes of a remote that says for certain that what is configured does not exist."""


class Severity(StrEnum):
    """From good to bad."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One thing examined. `about` says where: a shop and its remote, or the database."""

    code: str
    severity: Severity
    problem: str
    remedy: str = ""
    about: str = ""

    def as_dict(self) -> dict[str, str]:
        """As one JSON document shows it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "about": self.about,
            "problem": self.problem,
            "remedy": self.remedy,
        }

    def at(self, about: str) -> "Finding":
        """The same, with its place where it has none yet."""
        return self if self.about else replace(self, about=about)


def fine(text: str) -> Finding:
    """Something that is in order."""
    return Finding("ok", Severity.OK, text)


def warning(code: str, problem: str, remedy: str, *, about: str = "") -> Finding:
    """Something that may go wrong, or that could not be verified."""
    return Finding(code, Severity.WARNING, problem, remedy, about)


def broken(code: str, problem: str, remedy: str, *, about: str = "") -> Finding:
    """Something without which the work cannot go on."""
    return Finding(code, Severity.BROKEN, problem, remedy, about)


def refused(what: str, problem: RemoteProblem) -> Finding:
    """A remote that cannot be used: broken where it refuses us or is not there, else only not verified."""
    certain = isinstance(problem, CredentialsRefused) or problem.code in NOTHING_THERE
    if not certain:
        return unverified(what, problem)
    return Finding(problem.code, Severity.BROKEN, f"{what}: {problem.message}", REMEDIES.get(problem.code, ""))


def unverified(what: str, problem: RemoteProblem) -> Finding:
    """Something that the remote did not let us see."""
    text = f"{what}: could not be verified, {problem.message}"
    return Finding(problem.code, Severity.WARNING, text, REMEDIES.get(problem.code, ""))


def of_database(problem: DatabaseUnusable | DatabaseBusy) -> Finding:
    """A database that cannot be used."""
    if isinstance(problem, DatabaseUnusable):
        return Finding(problem.code, Severity.BROKEN, problem.message, problem.remedy, "database")
    remedy = "Try again; if it lasts, look for a program that keeps the database open."
    return Finding(problem.code, Severity.BROKEN, f"Another process holds the database: {problem}", remedy, "database")


def exit_status(findings: Iterable[Finding]) -> int:
    """0 all right, 1 warnings, 2 broken."""
    return max((list(Severity).index(one.severity) for one in findings), default=0)

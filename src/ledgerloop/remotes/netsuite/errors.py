"""What NetSuite's refusals mean: one table, read from the top; the first row that fits decides.

Source: docs.oracle.com, NetSuite online help, SuiteTalk REST error handling and error messages (read 2026-11-21).
"""

import re
from dataclasses import dataclass
from typing import Any

from ledgerloop.outcome import (
    CredentialsRefused,
    NotThere,
    Refused,
    RemoteProblem,
    Throttled,
    Unclear,
    Unreachable,
)
from ledgerloop.remotes.http import Answer

REMOTE = "netsuite"
"""The remote's name in problems and evidence."""

RECORD_CHANGED = "record_changed"
"""Code of a save that met another save of the same record; nothing was executed."""

_LONGEST_MESSAGE = 1000


@dataclass(frozen=True)
class Row:
    """An answer that fits all that is given (statuses, patterns for code and detail) stands for this problem."""

    kind: type[RemoteProblem]
    code: str
    source: str
    statuses: range | tuple[int, ...] = range(300, 1000)
    error_code: str = ""
    detail: str = ""

    def fits(self, status: int, codes: str, detail: str) -> bool:
        return (
            status in self.statuses
            and (not self.error_code or re.search(self.error_code, codes) is not None)
            and (not self.detail or re.search(self.detail, detail, re.IGNORECASE) is not None)
        )


_REFUSALS = range(400, 500)
_HELP = "docs.oracle.com NetSuite online help, "
_SEEN = "seen in public connectors: "

TABLE: tuple[Row, ...] = (
    Row(Throttled, "netsuite_throttled", _HELP + "REST error handling", error_code="CONCURRENCY_LIMIT_EXCEEDED"),
    Row(Throttled, "netsuite_throttled", _HELP + "concurrency errors", error_code="SSS_REQUEST_LIMIT_EXCEEDED"),
    Row(Throttled, "netsuite_throttled", _HELP + "concurrency errors", (429,)),
    Row(Unreachable, RECORD_CHANGED, _SEEN + "optimistic lock", error_code="RCRD_HAS_BEEN_CHANGED"),
    Row(CredentialsRefused, "netsuite_credentials", _HELP + "OAuth 2.0 error messages", (401,)),
    Row(CredentialsRefused, "netsuite_credentials", _HELP + "REST error handling", _REFUSALS, "INVALID_LOGIN"),
    Row(CredentialsRefused, "netsuite_permission", _HELP + "REST error handling (the status alone)", (403,)),
    Row(CredentialsRefused, "netsuite_permission", "Assumed: SuiteScript's code", _REFUSALS, "INSUFFICIENT_PERMISSION"),
    Row(NotThere, "netsuite_not_there", _HELP + "REST error handling", (404,)),
    Row(NotThere, "netsuite_not_there", _HELP + "REST error handling", _REFUSALS, "NONEXISTENT_ID"),
    Row(
        Refused,
        "netsuite_duplicate_external_id",
        "Assumed: the text is documented nowhere",
        _REFUSALS,
        "",
        r"external ?id.*(already|unique|exists|in use)|(already|duplicate).*external ?id|record already exists",
    ),
    Row(Refused, "netsuite_duplicate_external_id", "Assumed: the code of SOAP", _REFUSALS, "DUP_RCRD"),
    Row(Refused, "netsuite_invalid_reference", _SEEN + "fyle-netsuite-api", error_code="INVALID_KEY_OR_REF"),
    Row(
        Refused,
        "closed_period",
        _SEEN + "fyle-netsuite-api",
        _REFUSALS,
        "",
        r"not within the date range of your accounting period|period.{0,40}(clos|lock)ed|(clos|lock)ed.{0,40}period",
    ),
    Row(Refused, "netsuite_value_missing", _SEEN + "fyle-netsuite-api", _REFUSALS, "", r"please enter value"),
    Row(Refused, "netsuite_rule_refused", _HELP + "REST record actions", _REFUSALS, "USER_ERROR"),
    Row(Refused, "netsuite_invalid_value", _HELP + "REST error handling", _REFUSALS, "INVALID_CONTENT"),
    Row(Refused, "netsuite_invalid_request", _HELP + "REST error handling", _REFUSALS, "INVALID_(REQUEST|PARAMETER)"),
    Row(Unclear, "netsuite_failed", "RFC 9110, 15.5.9 and RFC 8470: the answer came too late or early", (408, 425)),
    Row(Refused, "netsuite_refused", _HELP + "REST error handling", _REFUSALS),
    Row(Refused, "netsuite_wrong_address", _HELP + "URLs for account-specific domains", range(300, 400)),
    Row(Unclear, "netsuite_failed", _HELP + "REST error handling, UNEXPECTED_ERROR"),
)  # fmt: skip
"""Status, error code and detail -> what happened. The last row takes what no other does."""

CODES: dict[str, tuple[str, str]] = {
    "netsuite_throttled": (
        "NetSuite had more requests at once than the account or the integration may have; it executed nothing.",
        "Nothing to do: it is tried again, slower. If it lasts, lower `netsuite.concurrency`.",
    ),
    RECORD_CHANGED: (
        "Another user, script or workflow saved the same record at the same moment; NetSuite executed nothing.",
        "Nothing to do: it is tried again. If it lasts, look for scripts that save this record after every change.",
    ),
    "netsuite_credentials": (
        "NetSuite does not accept the token or the signature.",
        "Look at the Login Audit Trail in NetSuite; check `netsuite.account`, the user, and that the role may log in.",
    ),
    "netsuite_token_refused": (
        "NetSuite does not give out a token for the client id, certificate id and private key in the configuration.",
        "Upload the certificate anew (it may have expired, or a sandbox refresh took it) and set `certificate_id`.",
    ),
    "netsuite_permission": (
        "The integration's role may not do this.",
        "Add the permission named in the message to the role; docs/remotes/netsuite.md lists all that are needed.",
    ),
    "netsuite_not_there": (
        "NetSuite has no such record, or the role cannot see it.",
        "If somebody deleted it, retry the return; else check the role's restrictions on subsidiaries and records.",
    ),
    "netsuite_duplicate_external_id": (
        "Another record already has this external id, and it is of another type.",
        "Search for the external id in NetSuite and clear it on the record that should not have it; then retry.",
    ),
    "netsuite_invalid_reference": (
        "An internal id in the mappings does not exist, is inactive, or belongs to another subsidiary.",
        "Correct the mapping that the message names, then retry.",
    ),
    "closed_period": (
        "The date lies in an accounting period that is closed or locked.",
        'Open the period, or set `policy.closed_period = "next_open"`; then retry.',
    ),
    "netsuite_value_missing": (
        "The form or a script demands a value that is not sent.",
        "Make the field optional on the form that the integration uses, or give it a default there.",
    ),
    "netsuite_rule_refused": (
        "A rule, script or workflow of the account refused the record.",
        "Read NetSuite's message; change what it names, then retry.",
    ),
    "netsuite_invalid_value": (
        "NetSuite does not accept a value or a field name.",
        "Check the field that the message names against the form, the mappings and `netsuite.fields`; then retry.",
    ),
    "netsuite_invalid_request": (
        "NetSuite does not understand the request.",
        "Check `netsuite.fields`: a field that does not exist in a query answers like this. Then retry.",
    ),
    "netsuite_refused": (
        "NetSuite refused for a reason that Ledgerloop does not know.",
        "Read NetSuite's message; change what it names, then retry.",
    ),
    "netsuite_wrong_address": (
        "NetSuite answers that it is somewhere else.",
        "Take the SuiteTalk address from Setup, Company Information, Company URLs and set `netsuite.base_url`.",
    ),
    "netsuite_too_many_rows": (
        "A query has more rows than can be read at once.",
        "Narrow the window: run `backfill` in shorter steps.",
    ),
    "netsuite_failed": (
        "NetSuite failed while it worked on the request; what was asked may have been done.",
        "Nothing to do: it is looked up and tried again. If it lasts, give Oracle the error id of the message.",
    ),
    "netsuite_unreachable": (
        "NetSuite cannot be reached; nothing was sent.",
        "Nothing to do: it is tried again. If it lasts, check `netsuite.account`, `netsuite.base_url` and the network.",
    ),
    "netsuite_unclear": (
        "NetSuite's answer was lost; what was asked may have been done.",
        "Nothing to do: it is looked up by its external id before it is tried again.",
    ),
    "netsuite_malformed": (
        "NetSuite's answer cannot be read; what was asked may have been done.",
        "Nothing to do: it is looked up and tried again. If it lasts, check that no proxy answers in NetSuite's place.",
    ),
}
"""Code -> (cause, remedy), in the operator's words."""


@dataclass(frozen=True)
class _Said:
    codes: tuple[str, ...]
    message: str


def _details(body: Any) -> list[dict[str, Any]]:
    """The members that carry a code or a text: REST's details, the envelope itself, a SuiteScript error."""
    if not isinstance(body, dict):
        return []
    details = body.get("o:errorDetails")
    found = [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []
    return [*found, *(one for one in (body.get("error"),) if isinstance(one, dict)), body]


def _sentence(detail: dict[str, Any]) -> str:
    words = str(detail.get("detail") or detail.get("message") or "").removeprefix("Error while accessing a resource. ")
    path = detail.get("o:errorPath") or detail.get("o:errorQueryParam") or detail.get("o:errorHeader")
    return f"{words} ({path})" if words and path else words


def _said(answer: Answer) -> _Said:
    try:
        body = answer.json()
    except Unclear:
        return _Said((), "")
    details = _details(body)
    codes = tuple(dict.fromkeys(str(one.get("o:errorCode") or one.get("code") or "") for one in details))
    sentences = tuple(dict.fromkeys(filter(None, map(_sentence, details))))
    title = str(body.get("title") or body.get("error_description") or "") if isinstance(body, dict) else ""
    return _Said(tuple(filter(None, codes)), "; ".join(sentences) or title)


def problem_of(answer: Answer) -> RemoteProblem:
    """Say what an answer outside 2xx stands for."""
    said = _said(answer)
    codes = " ".join(said.codes)
    row = next(row for row in TABLE if row.fits(answer.status, codes, said.message))
    message = said.message[:_LONGEST_MESSAGE] or f"HTTP status {answer.status}"
    problem = row.kind(REMOTE, row.code, message, status=answer.status, detail=codes)
    if isinstance(problem, Throttled):
        problem.retry_after_s = _seconds(answer.headers.get("retry-after", ""))
    return problem


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None


def judge(answer: Answer) -> None:
    """Raise the problem that an answer outside 2xx stands for."""
    if not 200 <= answer.status < 300:
        raise problem_of(answer)

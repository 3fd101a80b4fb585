"""What the account refuses, in NetSuite's words: one exception that knows its HTTP status, code and path."""

from __future__ import annotations

from typing import Any

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
"""Title of an error body by HTTP status. Source: docs.oracle.com section_156570709583 (read 2026-11-21)."""

SECTIONS = {400: "4.1", 401: "4.2", 403: "4.4", 404: "4.5", 405: "4.6", 429: "4.1", 500: "5.1"}
"""Section of RFC 2616 that the `type` of an error body points to."""


class Refused(Exception):  # noqa: N818
    """NetSuite does not do it; carries everything its error body says."""

    def __init__(self, code: str, detail: str, *, path: str = "", status: int = 400, query_param: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.path = path
        self.status = status
        self.query_param = query_param

    def body(self) -> dict[str, Any]:
        """Render the error body of the REST services."""
        detail: dict[str, Any] = {"detail": self.detail, "o:errorCode": self.code}
        if self.path:
            detail["o:errorPath"] = self.path
        if self.query_param:
            detail["o:errorQueryParam"] = self.query_param
        answer: dict[str, Any] = {
            "type": f"https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.{SECTIONS.get(self.status, '4.1')}",
            "title": TITLES.get(self.status, "Bad Request"),
            "status": self.status,
            "o:errorDetails": [detail],
        }
        if self.code == "CONCURRENCY_LIMIT_EXCEEDED":
            answer["o:errorCode"] = "USER_ERROR"
        return answer


def user_error(detail: str, path: str = "") -> Refused:
    """A business rule says no.

    Source: docs.oracle.com section_156631158782 (read 2026-11-21).
    """
    return Refused("USER_ERROR", detail, path=path)


def invalid_content(detail: str, path: str = "") -> Refused:
    """A value or reference in the body is wrong.

    Source: docs.oracle.com section_156570709583 (read 2026-11-21).
    """
    return Refused("INVALID_CONTENT", f"Error while accessing a resource. {detail}", path=path)


def invalid_value(value: object, field: str, path: str) -> Refused:
    """The sentence for a value that a field does not take."""
    return invalid_content(f"You have entered an Invalid Field Value {value} for the following field: {field}", path)


def invalid_request(detail: str, query_param: str = "") -> Refused:
    """The URL, a header or a query is malformed."""
    return Refused("INVALID_REQUEST", detail, query_param=query_param)


def missing_values(labels: str) -> Refused:
    """A mandatory field is empty.

    Source: github.com/fylein/fyle-netsuite-api tests/test_netsuite/fixtures.py (read 2026-11-21).
    """
    return user_error(f"Please enter value(s) for: {labels}")


def nonexistent() -> Refused:
    """No such record.

    Source: docs.oracle.com section_156570709583 (read 2026-11-21).
    """
    return Refused("NONEXISTENT_ID", "Record does not exist.", status=404)


STATIC_SUBLIST = (
    "Invalid sublist or line item operation. You cannot add or remove lines, or select a line that is not listed, "
    "on the static sublist: item."
)
"""Assumed wording around the documented "static sublist" (docs.oracle.com section_1545297048, read 2026-11-21)."""


def static_sublist(path: str) -> Refused:
    """The sublist has exactly the lines it was given; none may be added, removed or guessed."""
    return invalid_content(STATIC_SUBLIST, path)

"""NetSuite's refusals, translated."""

import json
from typing import Any

import pytest

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
from ledgerloop.remotes.netsuite.errors import CODES, RECORD_CHANGED, TABLE, judge, problem_of
from tests.support.netsuite_stub import error_body

PERIOD = "The transaction date you specified is not within the date range of your accounting period."


def answer(status: int, body: Any = "", **headers: str) -> Answer:
    return Answer(status, headers, (body if isinstance(body, str) else json.dumps(body)).encode(), "netsuite")


@pytest.mark.parametrize(
    ("status", "code", "detail", "kind", "expected"),
    [
        (429, "CONCURRENCY_LIMIT_EXCEEDED", "Request blocked.", Throttled, "netsuite_throttled"),
        (429, "", "", Throttled, "netsuite_throttled"),
        (400, "SSS_REQUEST_LIMIT_EXCEEDED", "", Throttled, "netsuite_throttled"),
        (500, "SSS_REQUEST_LIMIT_EXCEEDED", "", Throttled, "netsuite_throttled"),
        (400, "RCRD_HAS_BEEN_CHANGED", "Record has been changed", Unreachable, RECORD_CHANGED),
        (500, "RCRD_HAS_BEEN_CHANGED", "Record has been changed", Unreachable, RECORD_CHANGED),
        (401, "INVALID_LOGIN", "Invalid login attempt.", CredentialsRefused, "netsuite_credentials"),
        (403, "", "", CredentialsRefused, "netsuite_permission"),
        (404, "NONEXISTENT_ID", "Record does not exist.", NotThere, "netsuite_not_there"),
        (400, "INVALID_KEY_OR_REF", "Invalid item reference key 5.", Refused, "netsuite_invalid_reference"),
        (500, "INVALID_KEY_OR_REF", "Invalid item reference key 5.", Refused, "netsuite_invalid_reference"),
        (400, "USER_ERROR", PERIOD, Refused, "closed_period"),
        (400, "USER_ERROR", "The period Feb 2026 is locked.", Refused, "closed_period"),
        (400, "USER_ERROR", "Please enter value(s) for: Location", Refused, "netsuite_value_missing"),
        (400, "USER_ERROR", "A script threw.", Refused, "netsuite_rule_refused"),
        (400, "INVALID_CONTENT", "Invalid Field Value 9999", Refused, "netsuite_invalid_value"),
        (400, "INVALID_CONTENT", "This record already exists", Refused, "netsuite_duplicate_external_id"),
        (400, "USER_ERROR", "External ID LOOP-RA-1 must be unique.", Refused, "netsuite_duplicate_external_id"),
        (400, "INVALID_REQUEST", "Bad URL", Refused, "netsuite_invalid_request"),
        (409, "SOMETHING_NEW", "Whatever", Refused, "netsuite_refused"),
        (302, "", "", Refused, "netsuite_wrong_address"),
        (408, "", "", Unclear, "netsuite_failed"),
        (500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: x1", Unclear, "netsuite_failed"),
        (503, "", "", Unclear, "netsuite_failed"),
    ],
)
def test_each_refusal_has_its_class_and_code(
    status: int, code: str, detail: str, kind: type[RemoteProblem], expected: str
) -> None:
    problem = problem_of(answer(status, error_body(status, code, detail)))
    assert (type(problem), problem.code, problem.status, problem.detail) == (kind, expected, status, code)
    assert detail in problem.message


def test_the_message_is_netsuite_s_own_with_the_place() -> None:
    body = error_body(
        400, "INVALID_CONTENT", "Error while accessing a resource. Invalid value 9.", "item.items[0].item"
    )
    body["o:errorDetails"].append({"detail": "And another.", "o:errorCode": "INVALID_CONTENT"})
    problem = problem_of(answer(400, body))
    assert problem.message == "Invalid value 9. (item.items[0].item); And another."


def test_a_code_at_the_top_does_not_hide_the_one_in_the_details() -> None:
    body = {**error_body(429, "CONCURRENCY_LIMIT_EXCEEDED", "blocked"), "o:errorCode": "USER_ERROR"}
    assert type(problem_of(answer(400, body))) is Throttled


def test_a_script_s_error_is_read_too() -> None:
    problem = problem_of(answer(400, {"error": {"code": "SSS_REQUEST_LIMIT_EXCEEDED", "message": "Too many."}}))
    assert (type(problem), problem.message) == (Throttled, "Too many.")


@pytest.mark.parametrize("body", ["", "<html>no</html>", "[]", "null", {"o:errorDetails": "odd"}, {"error": "odd"}])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_a_body_of_any_shape_is_survived(status: int, body: Any) -> None:
    problem = problem_of(answer(status, body))
    assert problem.status == status
    assert problem.message == f"HTTP status {status}"


def test_how_long_to_wait_is_taken_over() -> None:
    problem = problem_of(answer(429, **{"retry-after": "7"}))
    assert isinstance(problem, Throttled)
    assert problem.retry_after_s == 7.0


def test_success_is_no_problem() -> None:
    for status in (200, 201, 202, 204):
        judge(answer(status))
    with pytest.raises(Refused):
        judge(answer(400))


def test_every_code_has_a_cause_and_a_remedy_and_every_row_its_source() -> None:
    assert {row.code for row in TABLE} <= CODES.keys()
    assert all(cause.endswith(".") and remedy.endswith(".") for cause, remedy in CODES.values())
    assert all(row.source for row in TABLE)

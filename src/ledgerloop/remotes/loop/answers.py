"""What counts as Loop having done what was asked: one function per kind of request."""

from typing import Any, Final

from ledgerloop.outcome import RemoteProblem, Throttled, Unclear
from ledgerloop.remotes.http import Answer
from ledgerloop.remotes.loop.errors import REMOTE, classify, not_as_asked

LONGEST_RETRY_AFTER_S: Final = 120.0
"""Cap on what a Retry-After header may ask of us. Assumed: Loop's limit is per minute, so two minutes are plenty."""


def done(answer: Answer, action: str) -> None:
    """Accept HTTP 2xx with `true` alone; a body that cannot be read is Unclear: it may have been executed."""
    body = body_of(answer)
    if not (_fine(answer) and (body is True or body == "true")):
        raise problem_of(answer, body, action)


def found(answer: Answer) -> Any:
    """Accept HTTP 2xx with JSON, and give it."""
    body = body_of(answer)
    if not _fine(answer) or body is None:
        raise problem_of(answer, body)
    return body


def saved(answer: Answer) -> Any:
    """Accept HTTP 2xx with an empty body or with JSON that is no refusal, and give the JSON."""
    body = body_of(answer)
    if (
        not _fine(answer)
        or (body is None and answer.body)
        or (isinstance(body, dict) and {"errors", "error"} & set(body))
    ):
        raise problem_of(answer, body)
    return body


def notes(answer: Answer) -> Any:
    """Accept a list of notes, or HTTP 422 with `false`, which says that there are none."""
    return [] if answer.status == 422 and body_of(answer) is False else found(answer)


def rows(body: object, *keys: str) -> list[dict[str, Any]]:
    """Take the rows out of a bare array or of the first of these keys."""
    held = next((body[key] for key in keys if key in body), None) if isinstance(body, dict) else body
    if not isinstance(held, list):
        raise not_as_asked(body)
    return [row for row in held if isinstance(row, dict)]


def body_of(answer: Answer) -> Any:
    """Parse the body; None where it is empty or not JSON."""
    try:
        return answer.json()
    except Unclear:
        return None


def problem_of(answer: Answer, body: object, action: str = "") -> RemoteProblem:
    """Say what went wrong, with the pause that Loop asked for."""
    if _fine(answer) and body is None:
        return Unclear(REMOTE, "loop_malformed", f"HTTP {answer.status} without a readable body", status=answer.status)
    problem = classify(answer.status, body, action)
    if isinstance(problem, Throttled):
        problem.retry_after_s = _retry_after_s(answer)
    return problem


def _fine(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _retry_after_s(answer: Answer) -> float | None:
    """Read a numeric Retry-After, capped; None where there is none. Assumed: Loop sends seconds."""
    text = answer.headers.get("retry-after", "").strip()
    return min(float(text), LONGEST_RETRY_AFTER_S) if text.isdecimal() else None

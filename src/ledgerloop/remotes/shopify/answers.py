"""What may be used of Shopify's answers: whole data, or data whose only holes are where the caller can do without."""

from collections.abc import Sequence
from typing import Any

from ledgerloop.outcome import RemoteProblem, Throttled, Unclear
from ledgerloop.remotes.http import Answer
from ledgerloop.remotes.shopify.auth import retry_after_s
from ledgerloop.remotes.shopify.cost import SHORTEST_WAIT_S, Bucket
from ledgerloop.remotes.shopify.errors import REMOTE, by_errors, by_status, by_user_errors


def take_data(answer: Answer, operation: str, bucket: Bucket, optional: Sequence[str]) -> dict[str, Any]:
    """Give `data`, or raise what went wrong.

    Errors beside data are borne only where each lies at or below one of the `optional` paths ("order.retailLocation").
    """
    body = _body(answer)
    bucket.note(operation, body)
    if not 200 <= answer.status < 300:
        raise _timed(by_status(answer.status, body), answer, operation, bucket)
    if not isinstance(body, dict):
        raise Unclear(REMOTE, "shopify_malformed", "the answer is no JSON object", status=answer.status)
    data, errors = body.get("data"), body.get("errors")
    if errors and not (isinstance(data, dict) and _bearable(errors, optional)):
        problem = by_errors(errors if isinstance(errors, list) else [errors])
        raise _timed(problem, answer, operation, bucket)
    if not isinstance(data, dict):
        raise Unclear(REMOTE, "shopify_malformed", "the answer holds no data", status=answer.status)
    return data


def take_payload(data: dict[str, Any], mutation: str) -> dict[str, Any]:
    """Give a mutation's payload, or raise its `userErrors`."""
    payload = data.get(mutation)
    if not isinstance(payload, dict):
        raise Unclear(REMOTE, "shopify_malformed", f"the answer holds no {mutation}")
    if payload.get("userErrors"):
        raise by_user_errors(payload["userErrors"])
    return payload


def _body(answer: Answer) -> Any:
    try:
        return answer.json()
    except Unclear:
        return None


def _timed(problem: RemoteProblem, answer: Answer, operation: str, bucket: Bucket) -> RemoteProblem:
    """Add to a throttling when to ask again: as the header says, else when the bucket has filled up."""
    if isinstance(problem, Throttled):
        problem.retry_after_s = retry_after_s(answer) or max(SHORTEST_WAIT_S, bucket.wait_s(operation))
    return problem


def _bearable(errors: object, optional: Sequence[str]) -> bool:
    return isinstance(errors, list) and all(_within(error, optional) for error in errors)


def _within(error: object, optional: Sequence[str]) -> bool:
    path = error.get("path") if isinstance(error, dict) else None
    if not isinstance(path, list) or not path:
        return False
    spelled = ".".join(str(step) for step in path if not isinstance(step, int)) + "."
    return any(spelled.startswith(f"{one}.") for one in optional)

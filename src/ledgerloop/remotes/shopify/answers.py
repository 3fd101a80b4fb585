"""What may be used of Shopify's answers: whole data, or data whose only holes are where the caller can do without."""

from collections.abc import Sequence
from typing import Any, Final

from ledgerloop.outcome import RemoteProblem, Throttled, Unclear
from ledgerloop.remotes.http import Answer
from ledgerloop.remotes.shopify.auth import retry_after_s
from ledgerloop.remotes.shopify.cost import SHORTEST_WAIT_S, Bucket
from ledgerloop.remotes.shopify.errors import REMOTE, by_errors, by_status, by_user_errors

PERSONAL: Final = (
    "email",
    "phone",
    "customer.firstName",
    "customer.lastName",
    "customer.defaultEmailAddress",
    "customer.defaultPhoneNumber",
    "billingAddress",
    "shippingAddress.name",
    "shippingAddress.firstName",
    "shippingAddress.lastName",
    "shippingAddress.company",
    "shippingAddress.phone",
)
"""Personal fields that an order can do without where the app may not read them. Which customer it is, whether it is
shipped and where to are not among them. Source: shopify.dev, protected customer data (read 2026-11-21).
"""


def take_data(answer: Answer, operation: str, bucket: Bucket, optional: Sequence[str]) -> dict[str, Any]:
    """Give `data`, or raise what went wrong.

    Errors beside data are borne only where each lies at or below one of the `optional` paths ("order.retailLocation"),
    or refuses a personal field of an order that is there.
    """
    body = _body(answer)
    bucket.note(operation, body)
    if not 200 <= answer.status < 300:
        raise _timed(by_status(answer.status, body), answer, operation, bucket)
    if not isinstance(body, dict):
        raise Unclear(REMOTE, "shopify_malformed", "the answer is no JSON object", status=answer.status)
    data, errors = body.get("data"), body.get("errors")
    if errors and not (isinstance(data, dict) and _bearable(errors, data, optional)):
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


def personal_refused(answer: Answer) -> frozenset[str]:
    """The personal fields of orders that Shopify refused in this answer, such as "customer.firstName"."""
    body = _body(answer)
    errors = body.get("errors") if isinstance(body, dict) else None
    return frozenset(one for error in errors if (one := _personal(error))) if isinstance(errors, list) else frozenset()


def _bearable(errors: object, data: dict[str, Any], optional: Sequence[str]) -> bool:
    whole = all(value is not None for value in data.values())
    return isinstance(errors, list) and all(
        _within(_path(error), optional) or (whole and _personal(error)) for error in errors
    )


def _personal(error: object) -> str:
    """The personal field of an order that this error refuses; empty for any other error."""
    spelled = _path(error).removeprefix("orders.nodes.").removeprefix("order.")
    said = error.get("extensions") if isinstance(error, dict) else None
    denied = isinstance(said, dict) and said.get("code") == "ACCESS_DENIED"
    return next((one for one in PERSONAL if _within(spelled, (one,))), "") if denied else ""


def _path(error: object) -> str:
    """Where an error lies, without positions in lists: order.customer.firstName."""
    path = error.get("path") if isinstance(error, dict) else None
    return ".".join(str(step) for step in path if not isinstance(step, int)) if isinstance(path, list) else ""


def _within(path: str, wanted: Sequence[str]) -> bool:
    return bool(path) and any(f"{path}.".startswith(f"{one}.") for one in wanted)

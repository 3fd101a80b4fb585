"""Shopify's refusals: one table from HTTP status and error code to what happened.

Source: shopify.dev admin-graphql rate limits, status and error codes (read 2026-11-21).
Assumed: the extension codes other than THROTTLED and ACCESS_DENIED, and HTTP 402 and 423.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledgerloop.outcome import (
    CredentialsRefused,
    NotThere,
    Refused,
    RemoteProblem,
    Throttled,
    Unclear,
    Unreachable,
)
from ledgerloop.remotes import redact

REMOTE: Final = "shopify"
"""This remote's name in problems, evidence and logs."""

LONGEST_MESSAGE: Final = 500
"""Characters of Shopify's own words that a problem carries."""

CODES: Final[dict[str, tuple[str, str]]] = {
    "shopify_credentials": (
        "Shopify does not accept the access token, or the app's client id and secret.",
        "Check `shopify.access_token`, or `client_id` and `client_secret`, and that the app is installed in the store.",
    ),
    "shopify_access_denied": (
        "The app lacks a scope for what was asked.",
        "Give the app read_orders, read_all_orders, read_returns, read_customers, read_locations; install it again.",
    ),
    "shopify_shop_frozen": (
        "The Shopify store is frozen or inactive.",
        "The store's owner must settle its bill or reactivate it; then everything goes on by itself.",
    ),
    "shopify_shop_locked": (
        "The Shopify store is locked.",
        "Ask Shopify's support; then everything goes on by itself.",
    ),
    "shopify_wrong_address": (
        "Shopify has nothing at this address.",
        "Check `shopify.domain` (the myshopify.com name) and `shopify.api_version`.",
    ),
    "shopify_throttled": (
        "The app asked more of Shopify than its plan allows at once.",
        "Nothing to do: it is tried again. If it lasts, another program is using the same app.",
    ),
    "shopify_unreachable": (
        "Shopify could not be reached; nothing was executed.",
        "Nothing to do: it is tried again. If it lasts, check `shopify.domain` and the network.",
    ),
    "shopify_unclear": ("Shopify's answer was lost or late.", "Nothing to do: it is asked again."),
    "shopify_failed": (
        "Shopify failed (HTTP 5xx).",
        "Nothing to do: it is tried again. If it lasts, see Shopify's status page.",
    ),
    "shopify_malformed": (
        "Shopify's answer could not be understood.",
        "Nothing to do: it is tried again. If it lasts, check `shopify.base_url` and `shopify.api_version`.",
    ),
    "shopify_query_too_costly": (
        "The query costs more points than the store's bucket holds.",
        "It is a fault of ours: report it with the shop's plan.",
    ),
    "shopify_query_refused": (
        "Shopify does not accept the query.",
        "Check that `shopify.api_version` is 2026-10; if it is, it is a fault of ours: report it with the message.",
    ),
    "shopify_refused": ("Shopify refused the change.", "Read Shopify's message and put it right, then try again."),
    "shopify_not_there": ("Shopify does not have this.", "Nothing to do if it was removed there."),
    "shopify_order_too_large": (
        "The order has more payments or refunds than can be read at once (250, and 100 payments per refund).",
        "Settle this return by hand.",
    ),
    "shopify_bulk_failed": (
        "Shopify could not collect the orders of the window.",
        "Run `backfill --orders` again, with a smaller window; after ACCESS_DENIED give the app its scopes first.",
    ),
    "shopify_bulk_broken": (
        "The file in which Shopify collected the orders did not come whole.",
        "Run `backfill --orders` again: what was read is kept, and nothing is read twice in vain.",
    ),
    "shopify_order_unreadable": (
        "Shopify shows an order without something that its money or identity depends on.",
        "Look at the order in Shopify; if it is complete there, report the message, and settle the order by hand.",
    ),
    "shopify_order_changed": (
        "An order changed while it was read, page by page.",
        "Nothing to do: it is read again.",
    ),
    "shopify_pages_broken": (
        "Shopify's list did not go on: the next page was one already read.",
        "Nothing to do: it is tried again. If it lasts, read a smaller window.",
    ),
}
"""Every code of this remote: cause and remedy, as the operator reads them."""


@dataclass(frozen=True)
class Row:
    """One refusal, by HTTP status or by the code in a GraphQL error's extensions."""

    kind: type[RemoteProblem]
    code: str
    status: range = range(0)
    extension: str = ""


def _only(status: int) -> range:
    return range(status, status + 1)


ROWS: Final[tuple[Row, ...]] = (
    Row(Throttled, "shopify_throttled", _only(429), "THROTTLED"),
    Row(Refused, "shopify_query_too_costly", extension="MAX_COST_EXCEEDED"),
    Row(CredentialsRefused, "shopify_credentials", _only(401), "UNAUTHORIZED"),
    Row(CredentialsRefused, "shopify_access_denied", _only(403), "ACCESS_DENIED"),
    Row(Refused, "shopify_shop_frozen", _only(402), "SHOP_INACTIVE"),
    Row(Refused, "shopify_shop_locked", _only(423)),
    Row(Unclear, "shopify_failed", range(500, 600), "INTERNAL_SERVER_ERROR"),
    Row(Unclear, "shopify_failed", extension="TIMEOUT"),
    Row(Refused, "shopify_wrong_address", range(300, 400)),
    Row(Refused, "shopify_wrong_address", _only(404)),
)
"""First match wins; what no row knows is `shopify_query_refused`."""


def by_status(status: int, body: object) -> RemoteProblem:
    """Translate an answer with an HTTP status other than 2xx."""
    row = next((row for row in ROWS if status in row.status), None)
    kind, code = (row.kind, row.code) if row else (Refused, "shopify_query_refused")
    return kind(REMOTE, code, message_of(body) or f"answered HTTP {status}", status=status)


def by_errors(errors: Iterable[Any]) -> RemoteProblem:
    """Translate the `errors` beside or instead of `data`; the row highest in the table speaks for all."""
    listed = list(errors)
    codes = [_extension_code(error) for error in listed]
    for row in ROWS:
        if row.extension and row.extension in codes:
            error = listed[codes.index(row.extension)]
            return row.kind(REMOTE, row.code, message_of(error) or row.extension, status=200, detail=row.extension)
    words = "; ".join(filter(None, map(message_of, listed))) or "answered with errors that say nothing"
    return Refused(
        REMOTE, "shopify_query_refused", words[:LONGEST_MESSAGE], status=200, detail=next(filter(None, codes), "")
    )


def by_user_errors(errors: Iterable[Mapping[str, Any]]) -> RemoteProblem:
    """Translate the `userErrors` of a mutation."""
    words = "; ".join(str(error.get("message")) for error in errors)[:LONGEST_MESSAGE]
    gone = "does not exist" in words or "not found" in words.lower()
    kind, code = (NotThere, "shopify_not_there") if gone else (Refused, "shopify_refused")
    return kind(REMOTE, code, words, status=200)


def harmless(problem: RemoteProblem) -> RemoteProblem:
    """State a failed read for what it is: nothing was executed, whatever became of the answer."""
    if not isinstance(problem, Unclear):
        return problem
    return Unreachable(problem.remote, problem.code, problem.message, status=problem.status, detail=problem.detail)


def message_of(body: object) -> str:
    """Find Shopify's words: `errors` as text, list or object, `error_description`, `error`, `message`."""
    if isinstance(body, str):
        return redact.text(body.strip()[:LONGEST_MESSAGE])
    if isinstance(body, list):
        return next(filter(None, map(message_of, body)), "")
    if not isinstance(body, Mapping):
        return ""
    places = ("message", "errors", "error_description", "error")
    return next(filter(None, (message_of(body.get(place)) for place in places)), "")


def _extension_code(error: object) -> str:
    extensions = error.get("extensions") if isinstance(error, Mapping) else None
    return str(extensions.get("code") or "") if isinstance(extensions, Mapping) else ""

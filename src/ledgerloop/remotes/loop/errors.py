"""Loop's refusals: one table from what Loop answered to what happened.

Loop refuses with HTTP 200 as readily as with 4xx, in several envelopes; an action succeeded only if the body is `true`.
Source: docs.loopreturns.com error codes, return actions, authentication (read 2026-11-21).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledgerloop.outcome import CredentialsRefused, NotThere, Refused, RemoteProblem, Throttled, Unclear, Unreachable
from ledgerloop.remotes import redact

REMOTE: Final = "loop"
"""This remote's name in problems, evidence and logs."""

LONGEST_MESSAGE: Final = 500
"""Characters of Loop's own words that a problem carries."""

CODES: Final[dict[str, tuple[str, str]]] = {
    "loop_credentials": (
        "Loop does not accept the API key, or the key lacks a scope.",
        "Make a key with the scopes Returns and Developer Tools in Loop Admin, and set it as `loop.api_key`.",
    ),
    "loop_forbidden": (
        "The API key may not do this.",
        "Give the key the scopes Returns, Developer Tools and Destinations (read) in Loop Admin.",
    ),
    "loop_throttled": (
        "Loop allows 300 requests a minute per key, and that was exceeded.",
        "Nothing to do: it is tried again. If it lasts, another program is using the same key: give it one of its own.",
    ),
    "loop_unreachable": (
        "Loop could not be reached; nothing was executed.",
        "Nothing to do: it is tried again. If it lasts, check `loop.base_url` and the network.",
    ),
    "loop_unclear": (
        "Loop's answer was lost or late: the action may have been executed.",
        "Nothing to do: the return is read again before anything else is sent.",
    ),
    "loop_failed": (
        "Loop failed (HTTP 5xx): an action may have been executed.",
        "Nothing to do: it is looked at again. If it lasts, ask Loop's support.",
    ),
    "loop_malformed": (
        "Loop's answer could not be understood.",
        "Nothing to do: it is tried again. If it lasts, check `loop.base_url` and `loop.api_version`.",
    ),
    "loop_pages_broken": (
        "Loop's list of returns did not go on: a page was full, but the next one had no new cursor.",
        "Read a smaller window (`backfill --from --to`), and tell Loop's support.",
    ),
    "loop_not_found": (
        "Loop does not know this return.",
        "Check the return id, and that the API key belongs to the same Loop shop.",
    ),
    "loop_wrong_address": (
        "Loop has nothing at this address.",
        "Check `loop.base_url` and `loop.api_version`; Loop may have retired that version.",
    ),
    "loop_refused_closed": (
        "The return is closed in Loop already.",
        "Nothing to do if Loop processed it: it is read again. If it was closed by hand, decide in Loop.",
    ),
    "loop_refused_cancelled": ("The return is cancelled in Loop.", "Nothing to do: the cancellation is followed."),
    "loop_refused_expired": (
        "The return expired in Loop.",
        "Reopen or process it in Loop Admin; it is asked again by itself.",
    ),
    "loop_refused_review": (
        "The return is in review in Loop.",
        "Finish the review in Loop Admin; it then goes on by itself.",
    ),
    "loop_refused_flagged": (
        "The return is flagged in Loop.",
        "Finish the review in Loop Admin, or let flagged returns be processed there; it is asked again by itself.",
    ),
    "loop_refused_state": (
        "The return's state in Loop does not allow this.",
        "Look at the return in Loop Admin; it is asked again by itself.",
    ),
    "loop_refused_lines": (
        "Loop does not let these units be removed from the return.",
        "Only units whose outcome is a refund or store credit can be removed: decide in Loop Admin.",
    ),
    "loop_refused": ("Loop refused.", "Read Loop's message, put it right in Loop Admin, then retry."),
    "loop_validation": (
        "Loop did not accept what was sent.",
        "Read Loop's message; it is a fault of ours if it lasts.",
    ),
}
"""Every code of this remote: cause and remedy, as the operator reads them."""


@dataclass(frozen=True)
class Row:
    """One refusal: all given parts must match. `source` says where it was seen."""

    kind: type[RemoteProblem]
    code: str
    source: str
    status: range | None = None
    message: str = ""
    loop_code: str = ""
    action: str = ""

    def fits(self, status: int, said: "Said", action: str) -> bool:
        """Say whether an answer is this refusal."""
        return (
            (self.status is None or status in self.status)
            and (not self.action or self.action == action)
            and (not self.message or re.search(self.message, said.message, re.IGNORECASE) is not None)
            and (not self.loop_code or re.search(self.loop_code, said.code, re.IGNORECASE) is not None)
        )


@dataclass(frozen=True)
class Said:
    """What Loop said: its message and its code, empty where it gave none."""

    message: str
    code: str


def _only(status: int) -> range:
    return range(status, status + 1)


_ACTIONS: Final = "docs.loopreturns.com return actions (read 2026-11-21)"
_PUBLIC: Final = "public integrations' code (read 2026-11-21)"

ROWS: Final[tuple[Row, ...]] = (
    Row(CredentialsRefused, "loop_credentials", "docs.loopreturns.com authentication (read 2026-11-21)", _only(401)),
    Row(CredentialsRefused, "loop_credentials", _PUBLIC, loop_code="^GEN-UNAUTHORIZED$|^NOT_AUTHORIZED$"),
    Row(Throttled, "loop_throttled", "docs.loopreturns.com rate limit (read 2026-11-21)", _only(429)),
    Row(Unclear, "loop_failed", "Assumed: any 5xx may have been executed", range(500, 600)),
    Row(NotThere, "loop_not_found", _PUBLIC, message=r"no return found|return not found|no query results"),
    Row(
        NotThere,
        "loop_not_found",
        "docs.loopreturns.com error codes (read 2026-11-21)",
        loop_code="NOT_FOUND$|^RemoveReturnNotFound$",
    ),
    Row(NotThere, "loop_not_found", _ACTIONS, _only(403), action="remove"),
    Row(Refused, "loop_refused_flagged", _ACTIONS, loop_code="^UNPROCESSABLE_FLAGGED_RETURN$"),
    Row(Refused, "loop_refused_closed", _ACTIONS, message=r"\breturn is (already )?(closed|processed)\b"),
    Row(Refused, "loop_refused_cancelled", _ACTIONS, message=r"\breturn is (already )?cancell?ed\b"),
    Row(Refused, "loop_refused_expired", _ACTIONS, message=r"\breturn is (already )?expired\b"),
    Row(Refused, "loop_refused_review", _ACTIONS, message=r"\breturn is (already )?(in |under )?review\b"),
    Row(Refused, "loop_refused_flagged", _ACTIONS, message=r"\breturn is (already )?flagged\b"),
    Row(Refused, "loop_refused_lines", _ACTIONS, message=r"line items? (that )?qualify for removal"),
    Row(Refused, "loop_refused_state", _ACTIONS, message=r"\breturn cannot be modified\b"),
    Row(Refused, "loop_refused_state", _ACTIONS, loop_code="^UNPROCESSABLE_RETURN$|^UnprocessableStateReturn$"),
    Row(Refused, "loop_refused_state", _ACTIONS, message=r"\breturn is \w+ and (therefore )?cannot be\b"),
    Row(Refused, "loop_validation", _ACTIONS, _only(400)),
    Row(Refused, "loop_validation", _ACTIONS, _only(422)),
    Row(CredentialsRefused, "loop_forbidden", _ACTIONS, _only(403)),
    Row(
        Refused,
        "loop_wrong_address",
        "Assumed: a 404 or redirect that names no return is a wrong address",
        range(300, 400),
    ),
    Row(Refused, "loop_wrong_address", "Assumed: as above", _only(404)),
    Row(Refused, "loop_wrong_address", "Assumed: a version after its sunset", _only(410)),
)
"""First match wins; what no row knows is `loop_refused`."""


def classify(status: int, body: object, action: str = "") -> RemoteProblem:
    """Translate an answer that is not what was asked for. `body` is the parsed JSON, or None where it was none."""
    said = extract(body)
    words = said.message or f"answered HTTP {status} with {_short(body)}"
    row = next((row for row in ROWS if row.fits(status, said, action)), None)
    kind, code = (row.kind, row.code) if row else (Refused, "loop_refused")
    return kind(REMOTE, code, words, status=status, detail=said.code)


def not_as_asked(body: object) -> RemoteProblem:
    """Say what a read with HTTP 200 came to that does not hold what was asked for: a refusal, or nonsense."""
    said = extract(body)
    if said.message or said.code:
        return classify(200, body)
    return Unreachable(REMOTE, "loop_malformed", f"answered with {_short(body)}", status=200)


def extract(body: object) -> Said:
    """Find message and code in any of Loop's envelopes; empty where there are none."""
    if not isinstance(body, Mapping):
        return Said("", "")
    errors, error = body.get("errors"), body.get("error")
    candidates = (*_messages(errors), *_messages(error), body.get("message"), body.get("content"), _first_of(errors))
    message = next((text for text in candidates if isinstance(text, str) and text.strip()), "")
    return Said(redact.text(message.strip()[:LONGEST_MESSAGE]), _code(errors, error, body))


def _messages(envelope: object) -> tuple[object, ...]:
    if isinstance(envelope, list):
        return _messages(envelope[0]) if envelope else ()
    if isinstance(envelope, Mapping):
        return (envelope.get("message"),)
    return (envelope,)


def _first_of(errors: object) -> object:
    """Read the first complaint of a validation that gives no message: `{"from": ["..."]}`."""
    first = next(iter(errors.values()), None) if isinstance(errors, Mapping) else None
    return first[0] if isinstance(first, list) and first else None


def _code(errors: object, error: object, body: Mapping[str, object]) -> str:
    """Loop's own code; the gateway's `http_code` comes before its `code`, for it has them the wrong way round."""
    first = errors[0] if isinstance(errors, list) and errors else errors
    places = ((first, "code"), (error, "http_code"), (error, "code"), (body, "code"))
    found = (place.get(key) for place, key in places if isinstance(place, Mapping))
    return next((str(code) for code in found if code), "")


def _short(body: object) -> str:
    return "no JSON" if body is None else f"`{body}`"[:80]

"""Hands a text over to an address that people gave: one attempt, and what became of it.

The address itself may be a secret, so neither it nor the text is logged or kept.
"""

from collections.abc import Mapping
from typing import Final

import httpx2

from ledgerloop.outcome import Refused, Unclear, Unreachable
from ledgerloop.remotes.http import CONNECT_TIMEOUT_S, NEVER_SENT, Transport

REMOTE: Final = "alerts"

LATER: Final = (408, 425, 429, 503)
"""Answers that say that nothing was done and that it may be asked again.

Source: RFC 9110, section 15; RFC 6585, section 4; RFC 8470, section 5.2.
"""

SHOWN: Final = 200
"""Characters of a refusal that are told."""


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float, transport: Transport | None = None
) -> None:
    """Send it once. Raises Unreachable when nothing was taken, Refused when it was refused, Unclear when it may have
    been taken.
    """
    timeout = httpx2.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s))
    try:
        encrypted = not url.startswith("http:")
        with httpx2.Client(timeout=timeout, trust_env=False, verify=encrypted, transport=transport) as client:
            sent = {"User-Agent": "ledgerloop", "Accept-Encoding": "identity", **headers}
            with client.stream("POST", url, content=body, headers=sent) as answer:
                status = answer.status_code
                said = "" if 200 <= status < 300 else _beginning(answer)
    except NEVER_SENT as problem:
        raise Unreachable(REMOTE, "alert_unreachable", f"it cannot be reached ({type(problem).__name__})") from None
    except httpx2.RequestError as problem:
        raise Unclear(REMOTE, "alert_unclear", f"the answer was lost ({type(problem).__name__})") from None
    _judge(status, said)


def _beginning(answer: httpx2.Response) -> str:
    for some in answer.iter_raw():
        return " ".join(some[: 4 * SHOWN].decode("utf-8", "replace").split())[:SHOWN]
    return ""


def _judge(status: int, said: str) -> None:
    told = f"it answered {status}" + (f": {said}" if said else "")
    if 200 <= status < 300:
        return
    if status in LATER:
        raise Unreachable(REMOTE, "alert_unreachable", told, status=status)
    if status >= 500:
        raise Unclear(REMOTE, "alert_unclear", told, status=status)
    raise Refused(REMOTE, "alert_refused", told, status=status)

"""Access tokens for Shopify: a fixed one, or 24-hour ones by client credentials.

Source: shopify.dev client credentials grant (read 2026-11-21).
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlencode

from ledgerloop.clock import Clock
from ledgerloop.outcome import CredentialsRefused, Throttled, Unclear, Unreachable
from ledgerloop.remotes.http import Answer, Http
from ledgerloop.remotes.shopify.errors import REMOTE, by_status, harmless, message_of

TOKEN_PATH: Final = "/admin/oauth/access_token"  # noqa: S105  (a path)
"""Where tokens are asked for."""

RENEW_AFTER: Final = 0.8
"""Part of a token's life after which a new one is asked for, so that none expires while it is used."""

DEFAULT_LIFE_S: Final = 86_399
"""Seconds a token lives where the answer does not say. Source: shopify.dev client credentials (read 2026-11-21)."""


class TokenProvider(Protocol):
    """Gives the token to send."""

    def token(self) -> str:
        """The token in force, renewed before it expires."""
        ...

    def renew(self, refused: str) -> str | None:
        """Another token than the one that was refused; None where there can be none."""
        ...


@dataclass(frozen=True)
class StaticToken:
    """A token that was shown once and does not expire."""

    value: str = field(repr=False)

    def token(self) -> str:
        return self.value

    def renew(self, refused: str) -> str | None:  # noqa: ARG002  (there is only one)
        return None


@dataclass(frozen=True)
class _Held:
    value: str = field(repr=False)
    renew_at: datetime


class ClientCredentials:
    """Tokens of an app in the store's own organisation. Many threads share one token; one of them renews it."""

    def __init__(self, http: Http, client_id: str, client_secret: str, clock: Clock) -> None:
        self._http = http
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def token(self) -> str:
        """The token in force, renewed at 80 % of its life."""
        held = self._held
        if held is not None and self._clock() < held.renew_at:
            return held.value
        with self._lock:
            if self._held is None or self._clock() >= self._held.renew_at:
                self._held = self._ask()
            return self._held.value

    def renew(self, refused: str) -> str | None:
        """A new token, unless another thread has put one in the refused one's place already."""
        with self._lock:
            if self._held is None or self._held.value == refused:
                self._held = self._ask()
            return self._held.value

    def _ask(self) -> _Held:
        """Fetch a token. A lost answer did no harm, so everything but a refusal is Unreachable."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }
        asked_at = self._clock()
        try:
            answer = self._http.send(
                "POST",
                TOKEN_PATH,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                content=urlencode(form),
                judge=_accept,
            )
            body = answer.json()
        except Unclear as problem:
            raise harmless(problem) from problem
        life_s = _seconds(body.get("expires_in"))
        return _Held(str(body["access_token"]), asked_at + timedelta(seconds=life_s * RENEW_AFTER))


def _seconds(value: object) -> float:
    text = str(value)
    return float(text) if text.isdecimal() else float(DEFAULT_LIFE_S)


def _accept(answer: Answer) -> None:
    """Let a token pass; an OAuth refusal (400, 401, 403) is one of the credentials."""
    if answer.status in (429,) or answer.status >= 500:
        problem = by_status(answer.status, None)
        if isinstance(problem, Throttled):
            problem.retry_after_s = retry_after_s(answer)
        raise problem
    try:
        body = answer.json()
    except Unclear:
        body = None
    if answer.status in (400, 401, 403):
        words = message_of(body) or f"answered HTTP {answer.status}"
        raise CredentialsRefused(REMOTE, "shopify_credentials", f"no access token: {words}", status=answer.status)
    if not 200 <= answer.status < 300:
        raise by_status(answer.status, body)
    if not isinstance(body, dict) or not body.get("access_token"):
        raise Unreachable(REMOTE, "shopify_malformed", "the answer holds no access token", status=answer.status)


def retry_after_s(answer: Answer) -> float | None:
    """Read a numeric Retry-After; None where there is none. Shopify's has a fraction."""
    text = answer.headers.get("retry-after", "").strip()
    return float(text) if text.replace(".", "", 1).isdecimal() else None

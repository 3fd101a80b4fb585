"""The Loop client: reads returns, acts on them, and keeps its webhook subscriptions.

An action has no id and cannot be undone, so it is sent once and never repeated here; reads are, for some seconds.
Source: docs.loopreturns.com return data, return actions, programmatic webhooks (read 2026-11-21).
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ledgerloop.clock import Clock
from ledgerloop.outcome import NotThere, Throttled, Unreachable
from ledgerloop.remotes.http import Answer, Http
from ledgerloop.remotes.loop import answers, paging
from ledgerloop.remotes.loop.errors import REMOTE, not_as_asked
from ledgerloop.remotes.loop.reading import READ_BUDGET_S, read_patiently
from ledgerloop.remotes.ports import Pace

ALL_FIVE: Final = ("open", "review", "closed", "cancelled", "expired")
"""Every documented state. The list leaves out cancelled and review unless they are asked for, one state per request."""

NOTE_LENGTH: Final = 254
"""Characters of a note. Source: docs.loopreturns.com create note: less than 255 (read 2026-11-21)."""

_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9_-]+")
"""What may stand in a path; anything else is no id of Loop's."""


def as_noted(text: str) -> str:
    """A note's text as Loop keeps it: cut where it is too long."""
    return text if len(text) <= NOTE_LENGTH else text[: NOTE_LENGTH - 1] + "…"


class LoopClient:
    """One Loop shop through one API key. Safe to share between threads."""

    def __init__(
        self,
        http: Http,
        api_key: str,
        api_version: str,
        pace: Pace,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = time.sleep,
        read_budget_s: float = READ_BUDGET_S,
    ) -> None:
        self._http = http
        self._headers = {"X-Authorization": api_key}
        self._root = f"/{api_version}"
        self._pace = pace
        self._clock = clock
        self._sleep = sleep
        self._read_budget_s = read_budget_s

    def list_returns(
        self,
        *,
        since: datetime,
        until: datetime,
        states: Sequence[str] = ALL_FIVE,
        filter: str = "updated_at",  # noqa: A002  (Loop's own word)
        page_size: int = 250,
    ) -> Iterator[dict[str, Any]]:
        """Read every return of a window of any length; one that changes state meanwhile may come twice or not at all.

        Raises Unreachable with code `loop_pages_broken` rather than leave returns out.
        """
        for start, end in paging.windows(since, until):
            for state in states:
                asked = paging.parameters(start, end, state, filter, page_size)
                yield from paging.follow(lambda params: self._read("/warehouse/return/list", params), asked, page_size)

    def details(self, return_id: str, *, currency_type: str = "") -> dict[str, Any]:
        """Read one return, refunds included; `currency_type` is shop or presentment, empty leaves it to Loop.

        Raises NotThere.
        """
        asked = {"return_id": return_id, **({"currency_type": currency_type} if currency_type else {})}
        body = self._read("/warehouse/return/details", asked, subject=return_id)
        if not isinstance(body, dict) or not body.get("id"):
            raise not_as_asked(body)
        if str(body["id"]) != return_id:
            raise Unreachable(REMOTE, "loop_malformed", f"asked for return {return_id}, was given {body['id']}")
        return body

    def process(self, return_id: str, body: Mapping[str, str]) -> None:
        """Queue the return for processing. Acceptance is no proof: look for the closed, processed return."""
        self._act(return_id, "process", json=dict(body))

    def flag(self, return_id: str) -> None:
        """Flag the return for manual review."""
        self._act(return_id, "flag")

    def cancel(self, return_id: str) -> None:
        """Cancel the return; the shopper may return the same items again."""
        self._act(return_id, "cancel")

    def close(self, return_id: str) -> None:
        """Close the return with nothing issued; its items can never be returned again."""
        self._act(return_id, "close")

    def remove_lines(self, return_id: str, ids: Sequence[str]) -> None:
        """Remove these Loop lines in one call, which processes the return at once."""
        self._act(return_id, "remove", params={"line_item_id": ",".join(ids)})

    def note(self, return_id: str, text: str) -> None:
        """Add a note, cut to what Loop takes."""
        self._act(return_id, "note", json={"content": as_noted(text)})

    def notes(self, return_id: str) -> list[dict[str, Any]]:
        """Read the return's notes."""
        path = f"/warehouse/return/{_plain(return_id)}/notes"
        return answers.rows(self._read(path, subject=return_id, accept=answers.notes), "notes")

    def destinations(self) -> list[dict[str, Any]]:
        """Read the warehouses that returns are sent to."""
        return answers.rows(self._read("/destinations"), "destinations", "data")

    def webhooks(self) -> list[dict[str, Any]]:
        """Read the webhook subscriptions, those made in Loop Admin included."""
        return answers.rows(self._read("/webhooks"), "webhooks", "data")

    def create_webhook(self, topic: str, trigger: str, url: str) -> dict[str, Any]:
        """Subscribe, active from the start: what Loop does by default is told differently by its documents."""
        wanted = {"topic": topic, "trigger": trigger, "url": url, "status": "active"}
        body = self._call("POST", "/webhooks", accept=answers.saved, json=wanted, write=True)
        return body if isinstance(body, dict) else {}

    def update_webhook(self, webhook_id: str, topic: str, trigger: str, url: str, *, status: str = "active") -> None:
        """Change a subscription whole, or wake it up again."""
        wanted = {"topic": topic, "trigger": trigger, "url": url, "status": status}
        self._call("PUT", f"/webhooks/{_plain(webhook_id)}", accept=answers.saved, json=wanted, write=True)

    def delete_webhook(self, webhook_id: str) -> None:
        """End a subscription. Raises NotThere."""
        self._call("DELETE", f"/webhooks/{_plain(webhook_id)}", accept=answers.saved, write=True)

    def probe(self) -> None:
        """Check that Loop accepts the key, by the cheapest read there is. Raises CredentialsRefused."""
        paging.rows_of(self._read("/warehouse/return/list", {"paginate": "true", "pageSize": "1"}))

    def _act(
        self, return_id: str, action: str, *, json: dict[str, str] | None = None, params: dict[str, str] | None = None
    ) -> None:
        self._call(
            "POST",
            f"/warehouse/return/{_plain(return_id)}/{action}",
            accept=lambda answer: answers.done(answer, action),
            params=params,
            json=json,
            subject=return_id,
            write=True,
        )

    def _read(
        self,
        path: str,
        params: dict[str, str] | None = None,
        *,
        subject: str = "",
        accept: Callable[[Answer], Any] = answers.found,
    ) -> Any:
        return read_patiently(
            lambda: self._call("GET", path, accept=accept, params=params, subject=subject),
            clock=self._clock,
            sleep=self._sleep,
            budget_s=self._read_budget_s,
        )

    def _call(
        self,
        method: str,
        path: str,
        *,
        accept: Callable[[Answer], Any],
        params: dict[str, str] | None = None,
        json: dict[str, str] | None = None,
        subject: str = "",
        write: bool = False,
    ) -> Any:
        """Send one request; `accept` gives what is wanted of the answer, or raises what went wrong."""
        taken: list[Any] = []
        self._pace.take()
        try:
            self._http.send(
                method,
                self._root + path,
                headers=self._headers,
                params=params,
                json=json,
                subject=subject,
                write=write,
                judge=lambda answer: taken.append(accept(answer)),
            )
        except Throttled as problem:
            self._pace.slow_down(problem.retry_after_s)
            raise
        return taken[0]


def _plain(identity: str) -> str:
    if not _PLAIN_ID.fullmatch(identity):
        raise NotThere(REMOTE, "loop_not_found", f"{identity!r} cannot be an id of Loop's")
    return identity

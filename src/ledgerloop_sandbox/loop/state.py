"""Loop in memory: its returns, what happens to them, who hears of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from ledgerloop_sandbox.clock import iso_z
from ledgerloop_sandbox.money import ZERO, money

from . import render, rules
from .model import STATES, TOTALS, Label, Line, Return, ShopOrder

SCOPES = ("returns", "orders", "developer_tools", "destinations:read")
"""Scopes of a new API key."""


@dataclass
class LoopSettings:
    """What a test may change about Loop."""

    job_delay_s: float | None = 0.2
    """Seconds between `process` and its execution; None: only when told."""
    allow_flagged: bool = False
    """The merchant's setting *Allow flagged returns to process*."""
    flag_moves_to_review: bool = True
    """False: a flagged return stays `open`, as an older sentence of the API suggests."""
    details_have_processed: bool = False
    """True: details and webhooks carry the list's three fields about processing."""
    rate_limit: int = 300
    """Calls per minute and key."""
    rate_window: str = "sliding"
    """`sliding` or `fixed` (a minute that begins with the first call)."""
    list_order: str = "desc"
    """`desc` or `asc` by the filtered timestamp; undocumented."""
    cursor_ties: str = "skip"
    """`skip`: rows that share the second of a page's last row are lost; `keep`: they come on the next page."""
    max_window_days: int = 120
    label_on_create: bool = True
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    retries_s: list[float] = field(default_factory=lambda: [0.2, 0.4, 0.8, 1.6, 3.2])
    """Pauses before the five repeated webhook attempts, shortened for tests."""
    restocks: bool = False
    """Loop restocks in Shopify when it processes (off where NetSuite is master of the stock)."""
    refund_status: str = "SUCCESS"
    """Status of the refund transactions that Loop causes; PENDING until settled."""
    exchange_mode: str = "separate"
    """`separate`: an order of its own per exchange; `native`: exchange lines on the original order."""
    native_exchange_order_id: str = "null"
    """What `exchange_order_id` holds then: `null`, or the id of the `original`; undocumented."""
    loop_discount: bool = True
    """The setting *Loop discount*: return credit shows as discount code `loop-discount`."""
    credit_cuts_value: bool = False
    """Whether `loop-discount` lowers the value of exchange items that come back; assumed not, as it is a payment."""
    exchange_prefix: str = "EXC-"
    exchange_marks: list[str] = field(default_factory=lambda: ["attributes", "note", "tag"])
    """How an exchange order names the original one; at the remote a merchant's settings and Loop's version decide."""
    exchange_payment: str = ""
    """Gateway of a transaction over what an exchange order costs; empty: it is marked as paid without any."""
    pos_exchange_location: bool = True
    """An exchange order of the point of sale carries the store's location."""
    gift_card_orders: bool = False
    """The old method: store credit is a Shopify order named LGC-…"""


class Shop(Protocol):
    """What Loop does in Shopify."""

    def open_return(self, found: Return) -> str:
        """Mirror a new return; gives Shopify's return id."""

    def end_return(self, found: Return, status: str) -> None:
        """Mirror the end of a return: CLOSED or CANCELED."""

    def issue_outcomes(self, found: Return) -> None:
        """Refund, and whatever else the return promises; fills `refunds`, `refund_objects`, `processed_at`."""


Emit = Callable[[str, str, str, bytes, str], None]
"""Hands a webhook over: topic, trigger, subject, body, signature."""

Schedule = Callable[[float, Callable[[], None]], None]
"""Runs something later (seconds)."""


@dataclass
class PlannedFailure:
    """What the next execution of a return's process job will come to."""

    message: str
    state: str


class LoopState:
    """One shop's Loop account."""

    def __init__(self, clock: Callable[[], datetime], shop: Shop, emit: Emit, schedule: Schedule) -> None:
        self.clock = clock
        self.shop = shop
        self.emit = emit
        self.schedule = schedule
        self.settings = LoopSettings()
        self.api_key = ""
        self.webhook_secret = ""
        self.shop_id = 20417
        self.forget()

    def forget(self) -> None:
        """Empty the account; key, secret and settings stay."""
        self.returns: dict[int, Return] = {}
        self.orders: dict[str, ShopOrder] = {}
        self.subscriptions: dict[int, dict[str, Any]] = {}
        self.destinations: list[dict[str, Any]] = []
        self.jobs: list[int] = []
        self.failures: dict[int, list[PlannedFailure]] = {}
        self._ids = itertools.count(48210001)
        self._line_ids = itertools.count(71000001)
        self._other_ids = itertools.count(9930001)
        self._generation = getattr(self, "_generation", 0) + 1

    def now(self) -> datetime:
        """Give the present moment as Loop stores it: whole seconds."""
        return self.clock().replace(microsecond=0)

    def next_line_id(self) -> int:
        """Give a new Loop line id."""
        return next(self._line_ids)

    def next_id(self) -> int:
        """Give a new id of anything else."""
        return next(self._other_ids)

    def get(self, return_id: object) -> Return:
        """Give a return by id. Raises KeyError."""
        text = str(return_id)
        if not text.isdigit() or int(text) not in self.returns:
            raise KeyError(f"Loop has no return {return_id}")
        return self.returns[int(text)]

    # -- what shoppers do ---------------------------------------------------------------------------------------

    def submit(
        self,
        order: ShopOrder,
        lines: list[Line],
        *,
        outcome: str,
        handling_fee: Decimal = ZERO,
        exchanges: Iterable[dict[str, Any]] = (),
        destination_id: int | None = None,
        created_at: datetime | None = None,
        is_pos: bool = False,
        **more: Any,
    ) -> Return:
        """Enter a return as a shopper does in the portal; `return.created` goes out, then the label's events.

        `more` are further fields of the return.
        """
        made_at = (created_at or self.now()).replace(microsecond=0)
        found = Return(
            id=next(self._ids),
            order=order,
            created_at=made_at,
            updated_at=made_at,
            lines=lines,
            outcome=outcome,
            exchanges=list(exchanges),
            destination_id=destination_id,
            is_pos=is_pos,
            **more,
        )
        rules.compute_totals(found, handling_fee)
        self.returns[found.id] = found
        found.shopify_return_id = self.shop.open_return(found)
        self._tell(found, "return.created", bare=True)
        if self.settings.label_on_create and not is_pos:
            self.set_label(found, "pre_transit", at=made_at)
        return found

    def taken_units(self, provider_order_id: str, provider_line_item_id: str) -> int:
        """Count the units of an order line that stand in returns which are not cancelled."""
        return sum(
            1
            for found in self.returns.values()
            if found.order.provider_order_id == provider_order_id and found.state != "cancelled"
            for line in found.lines
            if line.provider_line_item_id == provider_line_item_id
        )

    def set_label(self, found: Return, status: str, *, at: datetime | None = None) -> None:
        """Make the label or change its status; `label.*` and `return.updated` go out."""
        new = not found.labels
        moment = at or self.now()
        if new:
            url = f"https://example.loopreturns.com/labels/{found.id}.pdf"
            found.labels.append(Label(status, "USPS", f"9400{found.id:016d}", url, "4.50", moment))
        found.labels[0].status = status
        found.labels[0].updated_at = moment
        found.updated_at = max(found.updated_at, moment)
        body = render.label_webhook(found, "label.created" if new else "label.updated", self.shop_id)
        self._emit(body, str(found.id))
        self._tell(found, "return.updated")

    # -- what people and programs do ----------------------------------------------------------------------------

    def queue_process(self, found: Return, fields: dict[str, Any]) -> None:
        """Accept a process call: a job is queued, nothing is done yet."""
        found.process_fields.update(fields)
        found.timeline.append("process requested" + (f": {fields}" if fields else ""))
        self.jobs.append(found.id)
        delay, generation = self.settings.job_delay_s, self._generation
        if delay is not None:
            self.schedule(delay, lambda: self._run_due(generation))

    def _run_due(self, generation: int) -> None:
        """Run the jobs, unless the account was emptied in between."""
        if generation == self._generation:
            self.run_jobs()

    def run_jobs(self) -> list[int]:
        """Execute the queued process jobs; gives the return ids."""
        queued, self.jobs = self.jobs, []
        for return_id in queued:
            self.execute(self.returns[return_id], source="api")
        return queued

    def execute(self, found: Return, *, source: str) -> None:
        """Process a return now: issue its outcomes and close it, or fail as planned. A second time does nothing."""
        planned = self.failures.get(found.id)
        if planned:
            self._fail(found, planned.pop(0), source)
            return
        if found.state in ("closed", "cancelled"):
            return
        now = self.now()
        found.was_processed = True
        found.processed_at["return_processed"] = now
        self.shop.issue_outcomes(found)
        found.flagged = False
        self._move(found, "closed")
        self.shop.end_return(found, "CLOSED")

    def flag(self, found: Return) -> None:
        """Flag for review."""
        found.flagged = True
        self._move(found, "review" if self.settings.flag_moves_to_review else found.state)

    def review_done(self, found: Return) -> None:
        """A person ends the review; the return is open again."""
        found.flagged = False
        self._move(found, "open")

    def cancel(self, found: Return) -> None:
        """Cancel; the shopper may return the same items again."""
        found.flagged = False
        self._move(found, "cancelled")
        self.shop.end_return(found, "CANCELED")

    def close(self, found: Return) -> None:
        """Close without outcomes; the items can never be returned again."""
        found.flagged = False
        self._move(found, "closed")
        self.shop.end_return(found, "CLOSED")

    def expire(self, found: Return) -> None:
        """Let it expire, as after 28 days without a scan."""
        self._move(found, "expired")

    def remove_lines(self, found: Return, line_ids: Iterable[int]) -> None:
        """Take lines out and compute the money anew."""
        gone = set(line_ids)
        found.removed_lines += [line for line in found.lines if line.line_item_id in gone]
        found.lines = [line for line in found.lines if line.line_item_id not in gone]
        rules.compute_totals(found, found.totals["handling_fee"])
        found.edited_at = self.now()

    def edit(self, found: Return, line_ids: Iterable[int]) -> None:
        """A person edits the return in Loop's admin: lines go, the return stays."""
        self.remove_lines(found, line_ids)
        self._move(found, found.state)

    def note_exchange(self, found: Return) -> None:
        """The exchange order was made; `return.updated` goes out."""
        self._move(found, found.state)

    def add_note(self, found: Return, content: str) -> None:
        """Add a note."""
        found.notes.append({"id": self.next_id(), "content": content, "created_at": iso_z(self.now())})

    def tamper(self, found: Return, changes: dict[str, Any]) -> None:
        """Overwrite money fields, state or line amounts without any consistency. Raises ValueError."""
        for name, value in changes.items():
            if name in TOTALS:
                found.totals[name] = money(value)
            elif name == "state" and value in STATES:
                found.state = value
            elif name in ("outcome", "was_processed", "refunds", "refund_objects"):
                setattr(found, name, value)
            elif name == "lines":
                for line, new in zip(found.lines, value, strict=False):
                    for key, amount in new.items():
                        setattr(line, key, money(amount) if key in ("price", "discount", "tax", "refund") else amount)
            else:
                raise ValueError(f"tamper does not know {name!r}")
        self._move(found, found.state)

    # -- who hears of it ----------------------------------------------------------------------------------------

    def sign(self, body: bytes) -> str:
        """Base64 of the HMAC-SHA256 of the raw body with the webhook secret as text."""
        return base64.b64encode(hmac.new(self.webhook_secret.encode(), body, hashlib.sha256).digest()).decode()

    def _fail(self, found: Return, planned: PlannedFailure, source: str) -> None:
        body = {
            "topic": "return.processing",
            "trigger": "return.processing.failed",
            "return_id": found.id,
            "return_state": planned.state,
            "message": planned.message,
            "source": source,
        }
        found.timeline.append(f"processing failed: {planned.message}")
        self._emit(body, str(found.id))
        if planned.state != found.state:
            found.flagged = planned.state == "review"
            self._move(found, planned.state)

    def _move(self, found: Return, state: str) -> None:
        found.state = state
        found.updated_at = max(self.now(), found.updated_at)
        self._tell(found, "return.updated")
        if state == "closed":
            self._tell(found, "return.closed")

    def _tell(self, found: Return, trigger: str, *, bare: bool = False) -> None:
        with_processed = self.settings.details_have_processed
        body = render.webhook(found, trigger, self.shop_id, bare=bare, with_processed=with_processed)
        self._emit(body, str(found.id))

    def _emit(self, body: dict[str, Any], subject: str) -> None:
        raw = render.php_json(body)
        self.emit(body["topic"], body["trigger"], subject, raw, self.sign(raw))

"""A Shopify shop in memory, and what happens in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.money import ZERO, share

from .model import (
    Adjustment,
    Customer,
    Fulfilment,
    LineItem,
    Order,
    Refund,
    RefundLine,
    ReturnLine,
    ShopReturn,
    Transaction,
)

SCOPES = ("read_orders", "read_all_orders", "read_returns", "read_customers", "read_products", "read_locations")
"""Access scopes of the app."""

READABLE_DAYS = 60
"""Without `read_all_orders` older orders cannot be read. Source: schema 2026-10, `Order` (read 2026-11-21)."""


@dataclass
class ShopifySettings:
    """What a test may change about Shopify."""

    restore_rate: float = 100.0
    """Query cost points restored per second; the bucket holds twenty times as many."""
    throttled_status: int = 200
    """HTTP status of a throttled answer: 200, or 429 as also reported."""
    max_query_cost: int = 1000
    token_lifetime_s: int = 86399
    """Of tokens from the client-credentials grant."""
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    refused_fields: list[str] = field(default_factory=list)
    """Fields that the app may not read although it has their scope (protected customer data): `Customer.firstName`."""
    retries_s: list[float] = field(default_factory=lambda: [0.1, 0.2, 0.4, 0.8, 1.2, 1.6, 2.0, 2.4])
    """Pauses before the eight repeated webhook attempts, shortened for tests."""
    drops_subscriptions: bool = True
    """A subscription whose delivery failed nine times is deleted."""
    index_lag_s: float = 0.0
    """Seconds until a change is found by search."""
    domain: str = "example.myshopify.com"
    currency: str = "USD"
    time_zone: str = "America/New_York"
    bulk_delay_s: float = 0.1
    """Seconds until a bulk operation begins to run."""
    bulk_fails: str = ""
    """Error code with which bulk operations fail (INTERNAL_SERVER_ERROR, TIMEOUT), leaving what they have so far."""
    api_versions: list[str] = field(default_factory=lambda: ["2026-01", "2026-04", "2026-07", "2026-10"])
    served_version: str = "2026-10"


@dataclass
class BulkOperation:
    """A bulk query, its state and its result (JSON lines), under a name that nobody can guess."""

    id: int
    query: str
    created_at: datetime
    secret: str
    status: str = "CREATED"
    error_code: str | None = None
    completed_at: datetime | None = None
    objects: int = 0
    roots: int = 0
    result: bytes = b""


Emit = Callable[[str, str, Any], None]
"""Hands a webhook over: topic (`orders/create`), subject id, the object it is about."""


class ShopifyState:
    """One shop."""

    def __init__(self, clock: Callable[[], datetime], emit: Emit) -> None:
        self.clock = clock
        self.emit = emit
        self.settings = ShopifySettings()
        self.token = ""
        self.client_id = ""
        self.client_secret = ""
        self.granted: dict[str, datetime] = {}
        self.address = ""
        self.later: Callable[[float, Callable[[], None]], None] = lambda _seconds, what: what()
        self.forget()

    def forget(self) -> None:
        """Empty the shop; credentials and settings stay."""
        self.orders: dict[int, Order] = {}
        self.customers: dict[str, Customer] = {}
        self.locations: list[dict[str, Any]] = []
        self.subscriptions: dict[int, dict[str, Any]] = {}
        self.indexed: dict[int, datetime] = {}
        self.bulk: dict[int, BulkOperation] = {}
        self._order_ids = itertools.count(5920000000001)
        self._line_ids = itertools.count(14802233000001)
        self._ids = itertools.count(880000000001)
        self._numbers = itertools.count(1)

    def now(self) -> datetime:
        """Give the present moment as Shopify stores it: whole seconds."""
        return self.clock().replace(microsecond=0)

    def next_order_id(self) -> int:
        """Give a new order id."""
        return next(self._order_ids)

    def next_line_id(self) -> int:
        """Give a new line id."""
        return next(self._line_ids)

    def next_id(self) -> int:
        """Give a new id of anything else."""
        return next(self._ids)

    def next_number(self) -> int:
        """Give the next order number of the shop."""
        return next(self._numbers)

    def get(self, order_id: object) -> Order:
        """Give an order by id. Raises KeyError."""
        text = str(order_id).rsplit("/", 1)[-1]
        if not text.isdigit() or int(text) not in self.orders:
            raise KeyError(f"Shopify has no order {order_id}")
        return self.orders[int(text)]

    def customer(self, email: str, first_name: str, last_name: str) -> Customer:
        """Give the customer with this address, made if new."""
        if email not in self.customers:
            self.customers[email] = Customer(7100000000000 + len(self.customers) + 1, email, first_name, last_name)
        return self.customers[email]

    # -- what happens to orders -----------------------------------------------------------------------------------

    def place(self, order: Order, payments: Sequence[tuple[str, Decimal]]) -> None:
        """Enter an order with its SALE transactions; `orders/create` and `orders/paid` go out."""
        for gateway, amount in payments:
            moment = order.processed_at
            order.transactions.append(Transaction(self.next_id(), "SALE", "SUCCESS", gateway, amount, moment, moment))
        self.enter(order)

    def enter(self, order: Order, body: bytes | None = None, *, announce: bool = True) -> None:
        """Take in an order as it stands; `body` is sent for `orders/create` instead of our own rendering."""
        for one in order.transactions:
            one.id = one.id or self.next_id()
        self.orders[order.id] = order
        self._indexed(order)
        if not announce:
            return
        self.emit("orders/create", str(order.id), order if body is None else body)
        for one in order.transactions:
            self.emit("order_transactions/create", str(order.id), (order, one))
        if order.outstanding <= 0:
            self.emit("orders/paid", str(order.id), order)

    def replace(self, order: Order, body: bytes) -> None:
        """Put another state of an order in its place; `orders/updated` goes out with this body."""
        for one in order.transactions:
            one.id = one.id or self.next_id()
        self.orders[order.id] = order
        self._indexed(order)
        self.emit("orders/updated", str(order.id), body)

    def fulfil(self, order: Order, location_id: int, *, at: datetime | None = None) -> None:
        """Ship everything that is not shipped; `orders/fulfilled` and `orders/updated` go out."""
        left = [
            (self.next_id(), line, line.quantity - line.fulfilled)
            for line in order.lines
            if line.quantity > line.fulfilled
        ]
        if not left:
            return
        name = f"{order.name}.{len(order.fulfilments) + 1}"
        order.fulfilments.append(Fulfilment(self.next_id(), name, at or self.now(), location_id, left))
        for _, line, quantity in left:
            line.fulfilled += quantity
        self.touch(order)
        self.emit("orders/fulfilled", str(order.id), order)

    def touch(self, order: Order) -> None:
        """Note a change; `orders/updated` goes out."""
        order.updated_at = max(self.now(), order.updated_at)
        self._indexed(order)
        self.emit("orders/updated", str(order.id), order)

    def open_return(self, order: Order, units: dict[int, int], reason: str, at: datetime) -> ShopReturn:
        """Open a return of these units (line id to quantity); `returns/approve` and `orders/updated` go out."""
        lines = [
            ReturnLine(self.next_id(), order.line(line_id), quantity, reason) for line_id, quantity in units.items()
        ]
        made = ShopReturn(self.next_id(), f"{order.name}-R{len(order.returns) + 1}", "OPEN", at, lines)
        order.returns.append(made)
        self.emit("returns/approve", str(order.id), (order, made))
        self.touch(order)
        return made

    def end_return(self, order: Order, return_id: int, status: str) -> None:
        """Close or cancel a return; `returns/close` or `returns/cancel` goes out."""
        found = next(one for one in order.returns if one.id == return_id)
        found.status = status
        found.closed_at = self.now() if status == "CLOSED" else None
        self.emit("returns/close" if status == "CLOSED" else "returns/cancel", str(order.id), (order, found))
        self.touch(order)

    def refund(
        self,
        order: Order,
        *,
        units: dict[int, int],
        payments: Sequence[tuple[str, Decimal]],
        return_id: int | None = None,
        shipping: Decimal = ZERO,
        duties: Decimal = ZERO,
        note: str | None = None,
        status: str = "SUCCESS",
        processed_at: datetime | None = None,
        location_id: int | None = None,
        balanced: bool = False,
    ) -> Refund:
        """Refund units (line id to quantity) and money; `refunds/create` and `orders/updated` go out.

        What the lines are worth beyond the money becomes a pending discrepancy (negative), as with exchanges, unless
        it is `balanced` by new lines on the same order.
        """
        moment = (processed_at or self.now()).replace(microsecond=0)
        made = Refund(self.next_id(), moment, moment, note, shipping=shipping, return_id=return_id, duties=duties)
        for line_id, quantity in units.items():
            made.lines.append(self._refund_line(order.line(line_id), quantity, location_id))
        for gateway, amount in payments:
            parent = next((one.id for one in order.transactions if one.kind == "SALE" and one.gateway == gateway), None)
            paid = Transaction(self.next_id(), "REFUND", status, gateway, amount, moment, moment, parent, made.id)
            made.transactions.append(paid)
            order.transactions.append(paid)
        if not balanced:
            self._adjust(order, made)
        order.refunds.append(made)
        self._processed(order, made)
        self.emit("refunds/create", str(order.id), (order, made))
        for one in made.transactions:
            self.emit("order_transactions/create", str(order.id), (order, one))
        self.touch(order)
        return made

    def settle(self, order: Order, transaction_id: int, status: str) -> None:
        """Change the status of a transaction, as when a pending refund succeeds."""
        found = next(one for one in order.transactions if one.id == transaction_id)
        found.status = status
        self.emit("order_transactions/create", str(order.id), (order, found))
        self.touch(order)

    def _refund_line(self, line: LineItem, quantity: int, location_id: int | None) -> RefundLine:
        if quantity > line.quantity - line.removed:
            raise ValueError(f"line {line.id} has only {line.quantity - line.removed} units left to refund")
        first = line.removed
        value = sum(
            (line.price - share(line.discount, first + n, line.quantity) for n in range(quantity)),
            ZERO,
        )
        tax = sum((share(line.tax, first + n, line.quantity) for n in range(quantity)), ZERO)
        line.removed += quantity
        restock = "return" if location_id is not None else "no_restock"
        return RefundLine(self.next_id(), line, quantity, value, tax, restock, location_id)

    def _adjust(self, order: Order, made: Refund) -> None:
        value = sum((one.subtotal + (ZERO if order.taxes_included else one.tax) for one in made.lines), ZERO)
        money = sum((one.amount for one in made.transactions), ZERO)
        short = value + made.shipping + made.duties - money
        if made.lines and short > 0:
            made.adjustments.append(Adjustment(self.next_id(), "PENDING_REFUND_DISCREPANCY", -short))
        elif short < 0:
            made.adjustments.append(Adjustment(self.next_id(), "REFUND_DISCREPANCY", short))

    def _processed(self, order: Order, made: Refund) -> None:
        found = next((one for one in order.returns if one.id == made.return_id), None)
        for line in found.lines if found else []:
            refunded = sum(one.quantity for one in made.lines if one.line.id == line.line.id)
            line.processed = min(line.quantity, line.processed + refunded)

    # -- who may read, who hears ----------------------------------------------------------------------------------

    def _indexed(self, order: Order) -> None:
        self.indexed[order.id] = self.clock() + timedelta(seconds=self.settings.index_lag_s)

    def readable(self, order: Order) -> bool:
        """Tell whether the app may read an order of this age."""
        if "read_all_orders" in self.settings.scopes:
            return True
        return self.clock() - order.created_at <= timedelta(days=READABLE_DAYS)

    def knows_token(self, token: str | None) -> bool:
        """Tell whether a call with this token is let in."""
        if not token:
            return False
        if hmac.compare_digest(token.encode(), self.token.encode()):
            return True
        until = self.granted.get(token)
        return until is not None and self.clock() < until

    def sign(self, body: bytes) -> str:
        """Base64 of the HMAC-SHA256 of the raw body with the app's client secret."""
        return base64.b64encode(hmac.new(self.client_secret.encode(), body, hashlib.sha256).digest()).decode()

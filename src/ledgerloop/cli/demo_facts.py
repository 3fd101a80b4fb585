"""What the three systems show about one story of the demo, read from the systems themselves.

Source: the sandbox's control app, `GET /state`; nothing here comes from the connector's own memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledgerloop.domain.documents import AuthorizationStatus
from ledgerloop.domain.money import Money

CURRENCY = "USD"
"""The currency of the sandbox's shop and of its NetSuite account."""

NAMES = {
    "salesOrder": "sales order",
    "itemFulfillment": "item fulfillment",
    "invoice": "invoice",
    "customerPayment": "customer payment",
    "cashSale": "cash sale",
    "returnAuthorization": "return authorization",
    "customerDeposit": "customer deposit",
    "depositApplication": "deposit application",
    "itemReceipt": "item receipt",
    "creditMemo": "credit memo",
    "cashRefund": "cash refund",
    "customerRefund": "customer refund",
}
"""NetSuite's record types in words."""

STATES = {
    AuthorizationStatus.PENDING_APPROVAL: "Pending Approval",
    AuthorizationStatus.PENDING_RECEIPT: "Pending Receipt",
    AuthorizationStatus.CANCELLED: "Cancelled",
    AuthorizationStatus.PARTIALLY_RECEIVED: "Partially Received",
    AuthorizationStatus.PENDING_REFUND_PARTIALLY_RECEIVED: "Pending Refund/Partially Received",
    AuthorizationStatus.PENDING_REFUND: "Pending Refund",
    AuthorizationStatus.REFUNDED: "Refunded",
    AuthorizationStatus.CLOSED: "Closed",
}
"""Statuses of a return authorization as NetSuite's pages show them."""

RETURN_FIELD = "custbody_loop_return_id"
"""The field of the sandbox's account that holds Loop's return id."""

ORDER_FIELD = "custbody_shopify_order_id"
"""The field of the sandbox's account that holds Shopify's order id."""

OURS = ("LOOP-", "SHOP-")
"""How the external ids of our records begin. Source: interface section 4."""

CLEARING = "230"
"""Account id of exchange clearing in the sandbox's account."""


@dataclass(frozen=True)
class LoopFacts:
    """A return as Loop shows it; `asked` counts the process requests that Loop received.

    `credit` and `upsell` are what pays its exchange; `exchange_id` is the new order's id in Shopify.
    """

    return_id: str
    state: str
    processed: bool
    refund: Money
    units: int
    asked: int
    gift_card: Money
    credit: Money
    upsell: Money
    exchange_id: str


@dataclass(frozen=True)
class ShopifyFacts:
    """The order's successful refund transactions that belong to the return, and all of the order's."""

    order_name: str
    refunded: Money
    refunded_on_order: Money
    gateways: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """An exchange order as Shopify shows it."""

    name: str
    total: Money


@dataclass(frozen=True)
class Record:
    """A NetSuite record; `units` are goods, `applied` what it pays of other records (internal id to amount).

    `clearing` is what it posts to the exchange clearing account, debit positive.
    """

    kind: str
    internal_id: str
    number: str
    external_id: str
    status: str
    created_from: str
    total: Money
    remaining: Money
    units: int
    applied: Mapping[str, Money]
    clearing: Money

    @property
    def name(self) -> str:
        """Its type in words."""
        return NAMES.get(self.kind, self.kind)

    @property
    def is_ours(self) -> bool:
        """Whether Ledgerloop wrote it."""
        return self.external_id.startswith(OURS)

    @property
    def state(self) -> str:
        """Its status in words, where it has one worth telling."""
        if self.kind == "returnAuthorization":
            return STATES[AuthorizationStatus(self.status)]
        if self.kind == "creditMemo":
            return "Open" if self.remaining else "Fully Applied"
        return ""


@dataclass(frozen=True)
class Facts:
    """One story in the three systems; None where a system knows nothing of it yet."""

    loop: LoopFacts | None
    shopify: ShopifyFacts | None
    records: tuple[Record, ...]
    placed: Placed | None = None

    def of_kind(self, *kinds: str) -> tuple[Record, ...]:
        """The NetSuite records of these types, oldest first."""
        return tuple(one for one in self.records if one.kind in kinds)

    @property
    def authorizations(self) -> tuple[Record, ...]:
        return self.of_kind("returnAuthorization")

    @property
    def exchange_orders(self) -> tuple[Record, ...]:
        """The sales orders and cash sales that Ledgerloop wrote for Loop's exchange order."""
        return tuple(one for one in self.of_kind("salesOrder", "cashSale") if one.is_ours)

    @property
    def deposits(self) -> Money:
        """What pays the exchange order in NetSuite."""
        return Money.total((one.total for one in self.of_kind("customerDeposit")), CURRENCY)

    @property
    def clearing(self) -> Money:
        """What all its records leave on the exchange clearing account."""
        return Money.total((one.clearing for one in self.records), CURRENCY)

    @property
    def paid_out(self) -> Money:
        """What NetSuite paid back: cash refunds, and what customer refunds pay of this story's credit memos."""
        memos = {one.internal_id for one in self.of_kind("creditMemo")}
        parts = [one.total for one in self.of_kind("cashRefund")]
        for refund in self.of_kind("customerRefund"):
            parts += [amount for doc, amount in refund.applied.items() if doc in memos]
        return Money.total(parts, CURRENCY)


NOTHING = Facts(None, None, ())
"""Before the story begins."""


def money(value: object) -> Money:
    """An amount as the sandbox tells it."""
    return Money.of(value, CURRENCY)


def read_facts(state: Mapping[str, Any], order_id: str, return_id: str) -> Facts:
    """Pick one story out of everything that the three systems hold."""
    order = next((one for one in state["shopify"]["orders"] if one["id"] == order_id), None)
    found = next((one for one in state["loop"]["returns"] if one["return_id"] == return_id), None)
    loop = _loop(found) if found is not None else None
    exchange_id = loop.exchange_id if loop is not None else ""
    return Facts(
        loop=loop,
        shopify=_shopify(order, str(found["shopify_return_id"]) if found is not None else "") if order else None,
        records=_family(state["netsuite"]["records"], {order_id, exchange_id} - {""}, return_id, exchange_id),
        placed=next((_placed(one) for one in state["shopify"]["orders"] if one["id"] == exchange_id), None),
    )


def _loop(found: Mapping[str, Any]) -> LoopFacts:
    return LoopFacts(
        return_id=found["return_id"],
        state=found["state"],
        processed=found["was_processed"],
        refund=Money.total((money(row["amount"]) for row in found["refunds"]), CURRENCY),
        units=len(found["lines"]),
        asked=found["calls"].get("process", 0),
        gift_card=money(found["gift_card"]),
        credit=money(found["exchange_credit_total"]),
        upsell=money(found["upsell"]),
        exchange_id=str(found["exchange_order_id"] or ""),
    )


def _placed(order: Mapping[str, Any]) -> Placed:
    return Placed(order["name"], money(order["total"]))


def _shopify(order: Mapping[str, Any], shopify_return_id: str) -> ShopifyFacts:
    paid = [
        (one["return_id"], transaction)
        for one in order["refunds"]
        for transaction in one["transactions"]
        if transaction["status"] == "SUCCESS"
    ]
    mine = [transaction for about, transaction in paid if about and about == shopify_return_id]
    return ShopifyFacts(
        order_name=order["name"],
        refunded=Money.total((money(one["amount"]) for one in mine), CURRENCY),
        refunded_on_order=Money.total((money(one["amount"]) for _, one in paid), CURRENCY),
        gateways=tuple(dict.fromkeys(one["gateway"] for one in mine)),
    )


def _family(records: list[dict[str, Any]], order_ids: set[str], return_id: str, exchange_id: str) -> tuple[Record, ...]:
    """The orders' records, whatever was made from them, and the payments that are applied to any of these."""
    known: dict[str, Record] = {}
    for one in records:
        mine = one["custom"].get(ORDER_FIELD) in order_ids or (
            bool(return_id) and one["custom"].get(RETURN_FIELD) == return_id
        )
        mine = mine or (bool(exchange_id) and (one["externalId"] or "").startswith(f"SHOP-CD-{exchange_id}-"))
        applied = {row["doc"]: money(row["amount"]) for row in one["apply"]}
        if mine or one["createdFrom"] in known or known.keys() & applied.keys():
            known[one["id"]] = _record(one, applied)
    return tuple(known.values())


def _record(one: Mapping[str, Any], applied: Mapping[str, Money]) -> Record:
    goods = [line for line in one["lines"] if line["itemType"] == "InvtPart"]
    return Record(
        kind=one["type"],
        internal_id=one["id"],
        number=one["tranId"],
        external_id=one["externalId"] or "",
        status=one["status"],
        created_from=one["createdFrom"] or "",
        total=money(one["total"]),
        remaining=money(one["amountRemaining"]),
        units=sum(int(line["quantity"] or 0) for line in goods),
        applied=applied,
        clearing=money(one["postings"].get(CLEARING, "0.00")),
    )

"""Do the three systems agree? Compares what they show with each other and with what the story promises, to the cent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ledgerloop.cli.demo_exchange import ZERO, Exchange, Value, exchange_differences
from ledgerloop.cli.demo_facts import CURRENCY, Facts, LoopFacts, Record, ShopifyFacts
from ledgerloop.domain.documents import AuthorizationStatus
from ledgerloop.domain.money import Money

Billing = Literal["invoice", "cash_sale"]


@dataclass(frozen=True)
class Promise:
    """What must have happened at the end of a story; `asked` is how often Loop is asked to process the return."""

    billing: Billing
    sold: Value
    back: Value
    units: int
    asked: int
    exchange: Exchange | None = None
    gift_card: Money = ZERO
    bonus: Money = ZERO

    @property
    def credit(self) -> Money:
        """What the return pays of its exchange."""
        return self.exchange.credit(self.back) if self.exchange is not None else ZERO

    @property
    def due(self) -> Money:
        """Money that goes back to the shopper."""
        return self.back.total - self.credit - (self.gift_card - self.bonus)


def differences(promise: Promise, facts: Facts) -> tuple[str, ...]:
    """Everything that is not as it must be, in words; nothing: the story is in balance."""
    loop, shopify = facts.loop, facts.shopify
    if loop is None or shopify is None:
        return ("The return or its order is missing.",)
    found = [*_money(promise, loop, shopify, facts), *_records(promise, facts)]
    found += exchange_differences(promise.exchange, promise.back, facts)
    if loop.gift_card != promise.gift_card:
        found.append(f"Loop gave a gift card of {loop.gift_card}, not {promise.gift_card}.")
    if not (loop.state == "closed" and loop.processed):
        found.append(f"Loop's return is {loop.state}, {'' if loop.processed else 'not '}processed.")
    if loop.asked != promise.asked:
        found.append(f"Loop was asked {loop.asked} time(s) to process the return, not {promise.asked}.")
    return tuple(found)


def _money(promise: Promise, loop: LoopFacts, shopify: ShopifyFacts, facts: Facts) -> Iterator[str]:
    due = promise.due
    shown = {
        "Loop refunded": loop.refund,
        "Shopify refunded for this return": shopify.refunded,
        "Shopify refunded on this order": shopify.refunded_on_order,
        "NetSuite credited": Money.total((one.total for one in facts.of_kind("creditMemo", "cashRefund")), CURRENCY),
        "NetSuite paid out": facts.paid_out,
        "NetSuite's customer and cash refunds are": Money.total(
            (one.total for one in facts.of_kind("customerRefund", "cashRefund")), CURRENCY
        ),
    }
    for what, amount in shown.items():
        if amount != due:
            yield f"{what} {amount}, not {due}."
    authorized = Money.total((one.total for one in facts.authorizations), CURRENCY)
    if authorized != promise.back.total:
        yield f"NetSuite authorized {authorized}, not {promise.back.total}."
    for memo in facts.of_kind("creditMemo"):
        if memo.remaining:
            yield f"Credit memo {memo.number} is not paid out: {memo.remaining} remain."


def _records(promise: Promise, facts: Facts) -> Iterator[str]:
    by_invoice = promise.billing == "invoice"
    counts = {
        "returnAuthorization": 1,
        "creditMemo": int(by_invoice),
        "customerRefund": int(by_invoice and bool(promise.due)),
        "cashRefund": int(not by_invoice),
    }
    for kind, wanted in counts.items():
        held = facts.of_kind(kind)
        if len(held) != wanted:
            yield f"NetSuite has {len(held)} × {kind}, not {wanted}."
    received = sum(one.units for one in facts.of_kind("itemReceipt"))
    if received != promise.units:
        yield f"NetSuite received {received} unit(s), not {promise.units}."
    yield from (_not_refunded(one) for one in facts.authorizations if one.status != AuthorizationStatus.REFUNDED)


def _not_refunded(authorization: Record) -> str:
    return f"Return authorization {authorization.number} is {authorization.state}, not Refunded."


ACCOUNTS = {
    "inventory": "Inventory",
    "cogs": "Cost of goods sold",
    "ar": "Accounts receivable",
    "bank": "Bank (Shopify clearing)",
    "revenue": "Revenue",
    "discounts": "Discounts",
    "tax": "Sales tax payable",
    "shipping_income": "Shipping income",
    "exchange_clearing": "Exchange clearing",
    "upsell": "Upsells collected by Loop",
    "customer_deposits": "Customer deposits",
    "gift_card_liability": "Gift card liability",
    "incentive": "Bonus given",
}
"""Accounts that the stories move, by the role that the sandbox names them with."""


@dataclass(frozen=True)
class Account:
    """One line of the general ledger, debit positive: what sales and returns must have moved, and what is there."""

    name: str
    sold: Money
    back: Money
    shown: Money

    @property
    def due(self) -> Money:
        """What must be there."""
        return self.sold - self.back

    @property
    def agrees(self) -> bool:
        return self.shown == self.due


@dataclass(frozen=True)
class Ledger:
    """The general ledger after the stories; `strays` are balances of accounts that should not have moved at all."""

    accounts: tuple[Account, ...]
    strays: Mapping[str, Money] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        return not self.strays and all(one.agrees for one in self.accounts)


def ledger(promises: list[Promise], balances: Mapping[str, Money]) -> Ledger:
    """Compare NetSuite's balances, by role, with what the stories must have moved."""
    sold = [_sold(one) for one in promises]
    back = [_back(one) for one in promises]
    accounts = tuple(
        Account(
            name,
            Money.total((one[role] for one in sold), CURRENCY),
            Money.total((one[role] for one in back), CURRENCY),
            balances.get(role, ZERO),
        )
        for role, name in ACCOUNTS.items()
    )
    return Ledger(accounts, {role: held for role, held in balances.items() if role not in ACCOUNTS and held})


def _sold(promise: Promise) -> dict[str, Money]:
    """The original sale, and the exchange order, which return credit and upsell pay."""
    entries = _entries(promise.sold)
    if promise.exchange is not None:
        new = _entries(promise.exchange.new) | {"bank": ZERO}
        entries = {role: amount + new[role] for role, amount in entries.items()}
        entries |= {"exchange_clearing": promise.credit, "upsell": promise.exchange.upsell(promise.back)}
    return entries


def _back(promise: Promise) -> dict[str, Money]:
    """The return: its value leaves as money, as credit for an exchange, and as a gift card."""
    leaves = {
        "bank": promise.due,
        "exchange_clearing": promise.credit,
        "gift_card_liability": promise.gift_card,
        "incentive": -promise.bonus,
    }
    return _entries(promise.back) | leaves


def _entries(value: Value) -> dict[str, Money]:
    """What a paid and shipped sale moves in the end, debit positive; its return moves the same, the other way."""
    return {
        "inventory": -value.cost,
        "cogs": value.cost,
        "ar": ZERO,
        "bank": value.total,
        "revenue": -value.goods,
        "discounts": value.discount,
        "tax": -value.tax,
        "shipping_income": -value.shipping,
        **dict.fromkeys(("exchange_clearing", "upsell", "customer_deposits", "gift_card_liability", "incentive"), ZERO),
    }

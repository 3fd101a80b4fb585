"""Do the three systems agree? Compares what they show with each other and with what the story promises, to the cent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ledgerloop.cli.demo_facts import CURRENCY, Facts, LoopFacts, Record, ShopifyFacts
from ledgerloop.domain.documents import AuthorizationStatus
from ledgerloop.domain.money import Money

Billing = Literal["invoice", "cash_sale"]


def usd(text: str) -> Money:
    """An amount in the sandbox's currency."""
    return Money.of(text, CURRENCY)


ZERO = usd("0.00")


@dataclass(frozen=True)
class Value:
    """Goods that changed hands: price without tax, discount, tax, shipping, and what the goods had cost the shop."""

    goods: Money
    tax: Money
    cost: Money
    discount: Money = ZERO
    shipping: Money = ZERO

    @property
    def total(self) -> Money:
        """What was paid for it."""
        return self.goods - self.discount + self.tax + self.shipping


@dataclass(frozen=True)
class Promise:
    """What must have happened at the end of a story; `asked` is how often Loop is asked to process the return."""

    billing: Billing
    sold: Value
    back: Value
    units: int
    asked: int


def differences(promise: Promise, facts: Facts) -> tuple[str, ...]:
    """Everything that is not as it must be, in words; nothing: the story is in balance."""
    loop, shopify = facts.loop, facts.shopify
    if loop is None or shopify is None:
        return ("The return or its order is missing.",)
    found = [*_money(promise.back.total, loop, shopify, facts), *_records(promise, facts)]
    if not (loop.state == "closed" and loop.processed):
        found.append(f"Loop's return is {loop.state}, {'' if loop.processed else 'not '}processed.")
    if loop.asked != promise.asked:
        found.append(f"Loop was asked {loop.asked} time(s) to process the return, not {promise.asked}.")
    return tuple(found)


def _money(due: Money, loop: LoopFacts, shopify: ShopifyFacts, facts: Facts) -> Iterator[str]:
    shown = {
        "Loop refunded": loop.refund,
        "Shopify refunded for this return": shopify.refunded,
        "Shopify refunded on this order": shopify.refunded_on_order,
        "NetSuite credited": Money.total((one.total for one in facts.of_kind("creditMemo", "cashRefund")), CURRENCY),
        "NetSuite paid out": facts.paid_out,
        "NetSuite's customer and cash refunds are": Money.total(
            (one.total for one in facts.of_kind("customerRefund", "cashRefund")), CURRENCY
        ),
        "NetSuite authorized": Money.total((one.total for one in facts.authorizations), CURRENCY),
    }
    for what, amount in shown.items():
        if amount != due:
            yield f"{what} {amount}, not {due}."
    for memo in facts.of_kind("creditMemo"):
        if memo.remaining:
            yield f"Credit memo {memo.number} is not paid out: {memo.remaining} remain."


def _records(promise: Promise, facts: Facts) -> Iterator[str]:
    by_invoice = promise.billing == "invoice"
    counts = {
        "returnAuthorization": 1,
        "creditMemo": int(by_invoice),
        "customerRefund": int(by_invoice),
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
    sold = [_entries(one.sold) for one in promises]
    back = [_entries(one.back) for one in promises]
    accounts = tuple(
        Account(
            name,
            Money.total((one[role] for one in sold), CURRENCY),
            Money.total((one[role] for one in back), CURRENCY),
            balances[role],
        )
        for role, name in ACCOUNTS.items()
    )
    return Ledger(accounts, {role: held for role, held in balances.items() if role not in ACCOUNTS and held})


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
    }

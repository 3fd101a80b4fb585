"""An exchange in the demo: what the new goods cost, what pays them, and that the clearing account ends at 0.00."""

from collections.abc import Iterator
from dataclasses import dataclass

from ledgerloop.cli.demo_facts import CURRENCY, Facts
from ledgerloop.domain.money import Money


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
class Exchange:
    """New goods for those that came back. Loop's discount pays goods with goods; the rest of the credit pays tax."""

    new: Value
    in_store: bool = False

    def credit(self, back: Value) -> Money:
        """What the return pays of it."""
        return min(back.total, self.new.total, key=lambda one: one.amount)

    def upsell(self, back: Value) -> Money:
        """What the shopper pays in addition, outside Shopify."""
        return self.new.total - self.credit(back)

    def ordered(self, back: Value) -> Money:
        """Total of the exchange order in Shopify: less Loop's discount."""
        goods = (back.goods - back.discount, self.new.goods - self.new.discount)
        return self.new.total - min(goods, key=lambda one: one.amount)


def exchange_differences(promise: Exchange | None, back: Value, facts: Facts) -> Iterator[str]:
    """What is not as it must be about the exchange, in words."""
    orders = facts.exchange_orders
    if promise is None:
        if orders or facts.placed is not None:
            yield "There is an exchange order that nobody asked for."
        return
    if facts.loop is None or facts.placed is None or len(orders) != 1:
        yield f"The exchange has {len(orders)} order(s) in NetSuite, not 1."
        return
    credit, upsell, ordered = promise.credit(back), promise.upsell(back), promise.ordered(back)
    kind = "cashSale" if promise.in_store else "salesOrder"
    if orders[0].kind != kind:
        yield f"The exchange order is a {orders[0].name} in NetSuite."
    credited = Money.total((one.clearing for one in facts.of_kind("creditMemo", "cashRefund")), CURRENCY)
    shown = {
        "Loop's exchange credit is": (facts.loop.credit, credit),
        "Loop's upsell is": (facts.loop.upsell, upsell),
        "Shopify's exchange order is": (facts.placed.total, ordered),
        "NetSuite's exchange order is": (orders[0].total, upsell if promise.in_store else ordered),
        "Its deposits are": (facts.deposits, ZERO if promise.in_store else ordered),
        "The return credited to exchange clearing": (-credited, credit),
        "On exchange clearing there is": (facts.clearing, ZERO),
    }
    for what, (amount, due) in shown.items():
        if amount != due:
            yield f"{what} {amount}, not {due}."

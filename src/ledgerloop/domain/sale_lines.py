"""The lines of a new sale: goods at full price, discounts as lines of their own, taxes as charged.

A discount of a line, and a line's share of a discount on the order, stand directly below the goods, so that a later
return takes them along; Loop's return credit is one line at the end, for it is a payment and no price cut.
Source: rulebook section 8, mapping; interface section 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ledgerloop.domain.carried import due, kept_discount
from ledgerloop.domain.case import Sending
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import SaleLine
from ledgerloop.domain.order_store import Allocation, Order, OrderLine, TaxShare
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import LOOP_DISCOUNT
from ledgerloop.domain.sale_items import is_tip, item_of, not_configured
from ledgerloop.outcome import Attention


@dataclass(frozen=True)
class SaleSums:
    """Lines of a sale with its shipping, net of discounts; `total` is Shopify's."""

    lines: tuple[SaleLine, ...]
    shipping_cost: Money
    shipping_tax: Money
    total: Money

    def with_line(self, line: SaleLine) -> "SaleSums":
        """The same with another line at the end, which changes the total by its amount."""
        return replace(self, lines=(*self.lines, line), total=self.total + line.amount)


def sale_of(sending: Sending, policy: Policy, location_id: str) -> SaleSums | Attention:
    """Everything that was sold on the order, adding up to Shopify's total to the cent."""
    order = sending.order
    lines: list[SaleLine] = []
    for line in order.lines:
        drafted = _goods(sending, policy, line, location_id) if line.quantity else ()
        if isinstance(drafted, Attention):
            return drafted
        lines += drafted
    shipping = Money.total((_charged(one.price, one.allocations) for one in order.shipping), order.currency)
    shipping_tax = Money.total((_tax(one.taxes, order) for one in order.shipping), order.currency)
    if order.taxes_included:
        shipping = shipping - shipping_tax
    ends = _ends(order, policy)
    if isinstance(ends, Attention):
        return ends
    sums = SaleSums((*lines, *ends), shipping, shipping_tax, due(order, policy))
    return _with_variance(policy, order, sums)


def added_up(sums: SaleSums) -> Money:
    """What the lines, shipping and taxes come to."""
    parts = [part for line in sums.lines for part in (line.amount, line.tax) if part is not None]
    return Money.total((*parts, sums.shipping_cost, sums.shipping_tax), sums.total.currency)


def flat(item_id: str, amount: Money, text: str) -> SaleLine:
    """A line that has an amount alone, as one unit."""
    return SaleLine(item_id, amount, Decimal(1), amount, description=text)


def _goods(sending: Sending, policy: Policy, line: OrderLine, location_id: str) -> tuple[SaleLine, ...] | Attention:
    """A goods line and its discounts below it. Prices that include tax are made net."""
    item, order = item_of(sending, policy, line), sending.order
    if isinstance(item, Attention):
        return item
    gross = Money(line.unit_price.amount * line.quantity, order.currency)
    tax = _tax(line.taxes, order)
    amount, rate = gross, line.unit_price
    if order.taxes_included and tax:
        amount = gross - tax
        rate = Money(amount.amount / line.quantity, order.currency)
    discounts = _discounts(policy, line.allocations, order)
    if isinstance(discounts, Attention):
        return discounts
    goods = SaleLine(
        item_id=item,
        amount=amount,
        quantity=Decimal(line.quantity),
        rate=rate if rate.amount * line.quantity == amount.amount else None,
        tax=tax if tax else None,
        tax_basis=Money.total((amount, *(one.amount for one in discounts)), order.currency) if tax else None,
        tax_rate=_rate(line.taxes),
        description=line.title,
        location_id=location_id,
        shopify_line_id=line.shopify_line_id,
    )
    return goods, *discounts


def _discounts(policy: Policy, allocations: tuple[Allocation, ...], order: Order) -> tuple[SaleLine, ...] | Attention:
    lines: list[SaleLine] = []
    ours = [one for one in allocations if one.code.lower() != LOOP_DISCOUNT]
    kinds = (
        (False, "item_discount", policy.items.item_discount),
        (True, "order_discount", policy.items.order_discount),
    )
    for whole_order, key, item in kinds:
        some = [one for one in ours if one.whole_order is whole_order]
        amount = Money.total((one.amount for one in some), order.currency)
        if not amount:
            continue
        names = ", ".join(dict.fromkeys(one.code or one.title for one in some))
        if not item:
            return not_configured(key, f"A discount of {amount} ({names}) was given")
        lines.append(SaleLine(item, -amount, description=names))
    return tuple(lines)


def _ends(order: Order, policy: Policy) -> tuple[SaleLine, ...] | Attention:
    """What stands below all goods: a tip, and Loop's return credit as one discount line."""
    lines: list[SaleLine] = []
    if order.tip and not any(is_tip(order, line) for line in order.lines):
        if not policy.items.tip:
            return not_configured("tip", f"A tip of {order.tip} was given")
        lines.append(flat(policy.items.tip, order.tip, "Tip"))
    credit = kept_discount(order, policy)
    if credit:
        if not policy.items.loop_discount:
            return not_configured("loop_discount", f"Return credit of {credit} was used as a discount")
        lines.append(SaleLine(policy.items.loop_discount, -credit, description=LOOP_DISCOUNT))
    return tuple(lines)


def _with_variance(policy: Policy, order: Order, sums: SaleSums) -> SaleSums | Attention:
    """Close the last cents with a visible line, within the limit; beyond it the order is not sent."""
    variance = sums.total - added_up(sums)
    if not variance:
        return sums
    if abs(variance.amount) > policy.variance_limit:
        return Attention(
            "order_differs",
            f"Lines, discounts, shipping and taxes of order {order.name} come to {added_up(sums)}, its total in "
            f"Shopify is {sums.total}; {variance} is unexplained (limit {policy.variance_limit}).",
            "Look at the order in Shopify (removed lines, duties, rounding), and enter it in NetSuite by hand with its "
            "order name as reference.",
        )
    if not policy.items.variance:
        return not_configured("variance", f"The sums of the order differ by {variance}")
    return replace(sums, lines=(*sums.lines, flat(policy.items.variance, variance, "Variance")))


def _charged(price: Money, allocations: Iterable[Allocation]) -> Money:
    """A shipping charge after its discounts; return credit is not one of them."""
    cut = (one.amount for one in allocations if one.code.lower() != LOOP_DISCOUNT)
    return price - Money.total(cut, price.currency)


def _tax(taxes: Iterable[TaxShare], order: Order) -> Money:
    return Money.total((one.amount for one in taxes), order.currency)


def _rate(taxes: tuple[TaxShare, ...]) -> str:
    """The taxes' shares together, as text; empty where one of them is not known."""
    if not taxes or not all(one.rate for one in taxes):
        return ""
    return f"{sum((Decimal(one.rate) for one in taxes), Decimal(0)).normalize():f}"

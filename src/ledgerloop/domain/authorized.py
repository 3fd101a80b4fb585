"""A return authorization as it is drafted: what comes back, at the original sale's rate, discount and tax.

A discount line goes with the goods line above it, pro rata; of a header discount only the returned share is set.
Source: rulebook section 1, values.
"""

from decimal import Decimal

from ledgerloop.domain.case import Case
from ledgerloop.domain.mapping import local_date, location_of, refund_record
from ledgerloop.domain.matching import Unmatched, discount_lines_below, nearest
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import SourceLine, SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import DraftLine, NaturalKey, ReturnAuthorizationDraft
from ledgerloop.domain.returns import Return, ReturnLine
from ledgerloop.domain.shares import as_loop_rounds
from ledgerloop.domain.unmapped import not_on_order
from ledgerloop.outcome import Attention, NeedsReading, Source


def _order_level(policy: Policy, order: SourceOrder) -> frozenset[str]:
    """Discount items that belong to no single line. Return credit never does; on an order that we wrote, the discounts
    of the order are shared out below their lines.
    """
    ours = order.external_id.startswith((policy.external_id("SHOP-SO", ""), policy.external_id("SHOP-CS", "")))
    whole = "" if ours else policy.items.order_discount
    return frozenset(item for item in (whole, policy.items.loop_discount) if item)


def header_discount_unread(
    case: Case, policy: Policy, order: SourceOrder, matched: dict[int, list[ReturnLine]]
) -> NeedsReading | None:
    """A discount that no line explains may stand in the header, which only the record itself shows reliably."""
    need = case.must_read(Source.NETSUITE_HEADER_DISCOUNT, order.internal_id)
    if need is None:
        return None
    currency = case.the_return.currency
    lines = {line.line: line for line in order.lines}
    net = Money.zero(currency)
    for number, units in matched.items():
        line = lines[number]
        net = net + line.amount.share(Decimal(len(units)), line.quantity)
        for below in discount_lines_below(order, number, _order_level(policy, order)):
            net = net + lines[below].amount.share(Decimal(len(units)), line.quantity)
    units_net = Money.total((u.price - u.discount for units in matched.values() for u in units), currency)
    explained = abs(net.amount - units_net.amount) <= policy.variance_limit
    return need if order.header_discount is not None or not explained else None


def goods_line(case: Case, policy: Policy, line: SourceLine, units: list[ReturnLine]) -> DraftLine:
    """Draft the line of the goods: quantity, location, reason; rate and tax come from the sale by themselves."""
    return DraftLine(
        item_id=line.item_id,
        source_line=line.line,
        quantity=Decimal(len(units)),
        location_id=location_of(case, units[0], policy) or line.location_id,
        reason=", ".join(dict.fromkeys(unit.why for unit in units if unit.why)),
        shopify_line_id=line.shopify_line_id or units[0].shopify_line_id,
    )


def discount_shares(order: SourceOrder, policy: Policy, line: SourceLine, units: list[ReturnLine]) -> list[DraftLine]:
    """The discount lines below a goods line, pro rata; their sum as Loop rounds it."""
    numbers = discount_lines_below(order, line.line, _order_level(policy, order))
    lines = {one.line: one for one in order.lines}
    shares = as_loop_rounds([lines[number].amount for number in numbers], units, line.quantity)
    return [
        DraftLine(item_id=lines[number].item_id, source_line=number, amount=share)
        for number, share in zip(numbers, shares, strict=True)
    ]


def header_share(return_: Return, order: SourceOrder, on_lines: Money, return_credit_item: str = "") -> Money | None:
    """The returned share of a header discount (negative), never the whole again; None where the order has none.

    Return credit that paid the order is no price cut: nothing of it comes back with the goods.
    """
    if order.header_discount is None:
        return None
    if return_credit_item and order.header_discount_item_id == return_credit_item:
        return Money.zero(return_.currency)
    share = -Money.total((unit.discount for unit in return_.lines), return_.currency) - on_lines
    return max(min(share, Money.zero(return_.currency)), order.header_discount)


def draft_of(
    case: Case, policy: Policy, order: SourceOrder, external_id: str, matched: dict[int, list[ReturnLine]]
) -> ReturnAuthorizationDraft:
    """Draft the authorization of the return in question, from `matched` units by source line number."""
    return_ = case.the_return
    drafted: list[DraftLine] = []
    on_lines = Money.zero(return_.currency)
    for line in order.goods:
        units = matched.get(line.line)
        if not units:
            continue
        drafted.append(goods_line(case, policy, line, units))
        for share in discount_shares(order, policy, line, units):
            drafted.append(share)
            on_lines = on_lines + (share.amount or Money.zero(return_.currency))
    record = refund_record(case, policy)
    reasons = ", ".join(dict.fromkeys(unit.why for unit in return_.lines if unit.why))
    return ReturnAuthorizationDraft(
        external_id=external_id,
        key=NaturalKey(return_.loop_return_id, loop_line_ids=tuple(u.loop_line_id for u in return_.lines)),
        source_type=order.record_type,
        source_id=order.internal_id,
        on=local_date(return_.created_at, policy),
        memo=f"Loop return {return_.loop_return_id}" + (f": {reasons}" if reasons else ""),
        order_reference=return_.order_name,
        form_id={"cash_refund": policy.form_cash, "credit_memo": policy.form_credit, "": ""}[record],
        refund_record=record,
        location_id=location_of(case, return_.lines[0], policy),
        lines=tuple(drafted),
        header_discount=header_share(return_, order, on_lines, policy.items.loop_discount),
        expected_total=return_.promised,
    )


def item_not_found(order: SourceOrder, unmatched: tuple[Unmatched, ...], policy: Policy) -> Attention:
    """Why units that no line of the order has need a person; never a guess. The first SKU by name is the cause."""
    parts = [
        f"{one.unit.sku or 'no SKU'} “{one.unit.title}”, Shopify line {one.unit.shopify_line_id}"
        + _similar(order, one, policy)
        for one in unmatched
    ]
    skus = sorted({one.unit.sku for one in unmatched if one.unit.sku})
    mapped = f"map {skus[0]} to the internal id of the item that was sold for it" if skus else "correct the item's SKU"
    return Attention(
        "item_not_found",
        f"{order.record_type} {order.number} has no line for: {'; '.join(parts)}.",
        f"Put the Shopify line id on the order line in NetSuite, or {mapped} (mappings).",
        not_on_order(skus[0]) if skus else "",
    )


def _similar(order: SourceOrder, one: Unmatched, policy: Policy) -> str:
    """What the unit may be, by its SKU: lines of the order, and SKUs that are mapped already."""
    items = {line.sku: line.item_id for line in order.goods}
    on_order = ", ".join(f"{sku} = item {items[sku]}" for sku in one.suggestions)
    aliases = policy.sku_aliases
    known = ", ".join(f"{sku} = item {aliases[sku]}" for sku in nearest(one.unit.sku, sorted(aliases)))
    said = [f"similar on the order: {on_order}" if on_order else "", f"similar and mapped: {known}" if known else ""]
    if one.unit.sku in aliases:
        said.insert(0, f"mapped to item {aliases[one.unit.sku]}, which the order does not have")
    told = "; ".join(filter(None, said))
    return f" ({told})" if told else ""

"""A credit of something else than what was received on its authorization: units removed, missing, or kept.

NetSuite would credit a line's whole discount with any part of its quantity, and the whole header discount with any
line, so both are stated. Source: docs.oracle.com, transforming records (read 2026-11-21); rulebook sections 1 and 5.
"""

from decimal import Decimal

from ledgerloop.domain.authorized import header_share
from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.matching import match_units
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import DraftLine
from ledgerloop.domain.returns import ReturnLine
from ledgerloop.domain.shares import as_loop_rounds


def stated(case: Case, policy: Policy, authorization: Document) -> tuple[tuple[DraftLine, ...], Money | None]:
    """What a credit must say of the authorization's lines and header; nothing where it takes all that is on them."""
    return_ = case.the_return
    left = {line.line: line.quantity for line in authorization.goods}
    matched, _ = match_units(return_.lines, authorization.goods, left, policy.sku_aliases)
    if all(len(matched.get(line.line, ())) == line.quantity for line in authorization.goods):
        return tuple(_whole(line) for line in authorization.goods if not line.came), None
    order = next(iter(case.source_orders), None)
    lines: list[DraftLine] = []
    on_lines = Money.zero(return_.currency)
    for line in authorization.goods:
        units = matched.get(line.line, [])
        discounts = [(one.line, one.amount) for one in authorization.discounts_below(line.line)]
        shares = _shares(order, discounts, units, line.quantity)
        on_lines = on_lines + Money.total((share for _, share in shares), return_.currency)
        if units and (len(units) != line.quantity or not line.came):
            lines.append(DraftLine(line.item_id, line.line, Decimal(len(units))))
        if units and len(units) != line.quantity:
            lines += [DraftLine("", number, amount=share) for number, share in shares]
    header = header_share(return_, order, on_lines, policy.items.loop_discount) if order is not None else None
    return tuple(lines), header


def _whole(line: DocumentLine) -> DraftLine:
    """A line credited beyond what was received of it: NetSuite refuses it where the account does not refund first."""
    return DraftLine(line.item_id, line.line, line.quantity)


def _shares(
    order: SourceOrder | None, discounts: list[tuple[int, Money]], units: list[ReturnLine], quantity: Decimal
) -> list[tuple[int, Money]]:
    """The discount lines at the share of these units; one alone as Loop states it, where nothing else is discounted."""
    if not units or not quantity:
        return []
    if len(discounts) == 1 and (order is None or order.header_discount is None):
        return [(discounts[0][0], -Money.total((unit.discount for unit in units), units[0].discount.currency))]
    shares = as_loop_rounds([amount for _, amount in discounts], units, quantity)
    return [(number, share) for (number, _), share in zip(discounts, shares, strict=True)]

"""A return edited in Loop after it was authorised: what the authorization's own lines must become.

Source: rulebook section 1, edited in Loop afterwards.
"""

from decimal import Decimal

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.authorized import header_share, item_not_found
from ledgerloop.domain.by_hand import adopted_differs, changed_by_hand, holds_only_more
from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.matching import Unmatched, match_units, quantity_left
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind, SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import ChangeLinesDraft
from ledgerloop.domain.returnable import source_order, too_many
from ledgerloop.domain.returns import Return, ReturnLine
from ledgerloop.domain.standing import others_holding
from ledgerloop.outcome import Attention


def after_edit(case: Case, policy: Policy, authorization: Document) -> Answer:
    """Bring the authorization's lines to what Loop's return holds now; None when they are as they should be."""
    return_, last = case.the_return, _last_authorized(case)
    if authorization.ended:
        return None
    now = tuple(sorted(line.loop_line_id for line in return_.lines))
    received = any(line.received for line in authorization.goods)
    if last is None:
        return None if received else _not_noted(case, policy, authorization, now)
    if tuple(sorted(last.loop_line_ids)) == now:
        return None if received else changed_by_hand(case, policy, authorization)
    if received:
        return Attention(
            "edited_after_receipt",
            f"The return was edited in Loop after goods were received on {authorization.number}.",
            "Bring the authorization and the return together by hand: remove or add the lines on one side, then retry.",
        )
    if _matches(authorization, return_, policy):
        return None
    held = sum((line.quantity for line in authorization.goods if not line.closed), Decimal(0))
    if held != len(last.loop_line_ids):
        return Attention(
            "authorization_changed",
            f"{authorization.number} holds {held:f} unit(s), not the {len(last.loop_line_ids)} that were authorised: "
            "a person changed it in NetSuite, and the return was edited in Loop as well.",
            "Bring the two together by hand; what a person did is never overwritten.",
        )
    return _change(case, policy, authorization, now)


def _not_noted(case: Case, policy: Policy, authorization: Document, now: tuple[str, ...]) -> Answer:
    """An authorization that the journal does not know: adopted, or ours before the database was lost.

    Units that an edit took out of the return are taken out of it too. Whatever else differs may be a person's work.
    """
    if case.the_return.edited_at is not None and holds_only_more(case, policy, authorization):
        return _change(case, policy, authorization, now)
    return adopted_differs(case, policy, authorization)


def _matches(authorization: Document, return_: Return, policy: Policy) -> bool:
    """Whether its open lines hold exactly the units of the return, whoever saw to that."""
    matched, unmatched = _matched(authorization, return_, policy)
    wanted = {line.line: len(matched.get(line.line, ())) for line in authorization.goods}
    return not unmatched and all(
        wanted[line.line] == (0 if line.closed else line.quantity) for line in authorization.goods
    )


def _matched(
    authorization: Document, return_: Return, policy: Policy
) -> tuple[dict[int, list[ReturnLine]], tuple[Unmatched, ...]]:
    left = {line.line: line.open_quantity for line in authorization.goods}
    return match_units(return_.lines, authorization.goods, left, policy.sku_aliases)


def _last_authorized(case: Case) -> JournalEntry | None:
    """The last write that set the authorization's lines."""
    kinds = ("returnAuthorization", "changeLines")
    mine = [
        entry
        for entry in case.journal
        if entry.loop_return_id == case.focus
        and entry.record_type in kinds
        and entry.state is WriteState.DONE
        and entry.loop_line_ids
    ]
    return mine[-1] if mine else None


def _change(case: Case, policy: Policy, authorization: Document, now: tuple[str, ...]) -> Answer:
    return_ = case.the_return
    matched, unmatched = _matched(authorization, return_, policy)
    closed_ones = {line.line for line in authorization.goods if line.closed}
    new = [one.unit for one in unmatched] + [unit for number in closed_ones for unit in matched.get(number, ())]
    if new:
        names = ", ".join(sorted({unit.sku or unit.title for unit in new}))
        return Attention(
            "edited_adds_item",
            f"The return was edited in Loop and now holds {names}, which {authorization.number} has no open line for.",
            "Add the line to the authorization in NetSuite from the order (or open it again there), then retry.",
        )
    if any(len(matched.get(line.line, ())) > line.quantity for line in authorization.goods):
        stop = _no_room(case, policy)
        if stop is not None:
            return stop
    quantities, discounts, closed = [], [], []
    for line in authorization.goods:
        units = matched.get(line.line, [])
        if not units:
            closed.append(line.line)
        elif line.quantity != len(units):
            quantities.append((line.line, Decimal(len(units))))
        discounts += _discounts(authorization, line.line, line.quantity, units, closed)
    number = sum(
        entry.record_type == "changeLines" and entry.state is WriteState.DONE
        for entry in case.journal
        if entry.loop_return_id == case.focus
    )
    draft = ChangeLinesDraft(
        key=f"change:{case.shop_id}:{case.focus}:{number + 1}",
        authorization_id=authorization.internal_id,
        quantities=tuple(quantities),
        discounts=tuple(discounts),
        header_discount=_header(case, authorization, discounts, closed),
        closed=tuple(closed),
        loop_line_ids=now,
    )
    return Write(draft, f"The return was edited in Loop; {authorization.number} is brought to its {len(now)} unit(s).")


def _no_room(case: Case, policy: Policy) -> Answer:
    """Why the order cannot take back as many units as the return holds now: others have them, or none are shipped."""
    order = source_order(case, policy)
    if not isinstance(order, SourceOrder):
        return order
    left = quantity_left(order, others_holding(case, policy))
    matched, unmatched = match_units(case.the_return.lines, order.goods, left, policy.sku_aliases)
    return item_not_found(order, unmatched, policy) if unmatched else too_many(case, policy, order, matched, left)


def _discounts(
    authorization: Document, number: int, quantity: Decimal, units: list[ReturnLine], closed: list[int]
) -> list[tuple[int, Money]]:
    """The discount lines below a goods line, at the share of the units that are left."""
    result, below = [], False
    for line in authorization.lines:
        if line.line == number:
            below = True
        elif below and line.kind is LineKind.DISCOUNT:
            if units:
                result.append((line.line, line.amount.share(Decimal(len(units)), quantity)))
            else:
                closed.append(line.line)
        elif below:
            break
    return result


def _header(case: Case, authorization: Document, discounts: list[tuple[int, Money]], closed: list[int]) -> Money | None:
    """The header discount's share of the units left, and of the lines closed: their amounts stay in the total."""
    order = next(iter(case.source_orders), None)
    currency = case.the_return.currency
    on_lines = Money.total((amount for _, amount in discounts), currency)
    share = header_share(case.the_return, order, on_lines) if order is not None else None
    if order is None or order.header_discount is None or share is None:
        return None
    sold = Money.total((line.amount for line in order.lines if line.kind in _SHARED), currency)
    gone = Money.total((line.amount for line in authorization.lines if line.line in closed), currency)
    return share + order.header_discount.share(gone.amount, sold.amount) if sold else share


_SHARED = (LineKind.GOODS, LineKind.DISCOUNT)
"""Lines that a header discount is spread over."""

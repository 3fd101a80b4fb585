"""Where a return stands in NetSuite: its authorization, what of it was received, and whether the sums agree.

Asked by several syncs, so that they cannot come to different views.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.matching import match_units
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return, ReturnLine, ReturnState
from ledgerloop.domain.shoppers_money import unread_money
from ledgerloop.domain.unmapped import not_authorized
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

AUTHORIZATION = "returnAuthorization"
RECEIPT = "itemReceipt"


def family(case: Case) -> NeedsReading | None:
    """The reading needed before NetSuite's documents of this order may be relied on."""
    order = case.must_read(Source.NETSUITE_ORDER, case.shopify_order_id)
    return order or case.must_read(Source.NETSUITE_FAMILY, case.shopify_order_id) or unread_money(case)


def processed(case: Case, policy: Policy) -> bool | NeedsReading | Waiting:
    """Whether Loop has processed the return (not merely closed it by hand), or what must be read to know."""
    return_ = case.the_return
    if return_.state is not ReturnState.CLOSED:
        return False
    if return_.processed is not None:
        return return_.processed
    sources = (Source.LOOP_CLOSED_LIST, Source.LOOP_RETURN, *([Source.SHOPIFY_ORDER] if return_.inferred else []))
    reason = "Loop shows the return closed, but not yet whether it was processed or closed by hand."
    waiting = wait(case, policy, "processing_unknown", reason, *sources)
    return next((need for need in waiting.look_at if need in case.unread), waiting)


def authorization_of(case: Case, policy: Policy) -> Document | None:
    """The authorization of the return in question: by our external id, or as the one that we wrote, whatever a person
    changed of its ids; else by the return id it carries.
    """
    wanted = policy.external_id("LOOP-RA", case.focus)
    known, entry = case.of_type(AUTHORIZATION), case.written(wanted)
    wrote = entry.internal_id if entry is not None and entry.state is WriteState.DONE else None
    ours = [one for one in known if one.external_id == wanted or one.internal_id == wrote]
    marked = [one for one in known if one.loop_return_id == case.focus and not one.ended]
    ended = [one for one in known if one.loop_return_id == case.focus]
    if ours and ours[0].ended and not any(line.received for line in ours[0].goods):
        return next(iter(marked or ours), None)
    return next(iter(ours or marked or ended), None)


def others_authorizations(case: Case, policy: Policy) -> tuple[Document, ...]:
    """Every other authorization of the order, ours or not."""
    mine = authorization_of(case, policy)
    others = (one for one in case.of_type(AUTHORIZATION) if mine is None or one.internal_id != mine.internal_id)
    return tuple(one for one in others if of_this_order(case, one))


def of_this_order(case: Case, document: Document) -> bool:
    """Whether an authorization or credit was made from a record of the order, or from nothing; one of another order is
    here only because it names a return of this one.
    """
    made_from, sold = document.created_from, case.source_orders
    known = {one.internal_id for one in sold} | {one.internal_id for one in case.documents}
    return not made_from or not sold or made_from in known


def others_holding(case: Case, policy: Policy) -> tuple[Document, ...]:
    """Whatever else holds quantity of the order: other authorizations, and credits that were made without one.

    A credit that mentions a refund of this return is none of another one's: `possible_duplicate` asks about it.
    """
    refunds = {one.shopify_refund_id for one in case.the_return.refunds}
    known = {one.internal_id for one in case.of_type(AUTHORIZATION)}
    credited = (one for one in case.of_type("creditMemo", "cashRefund") if one.status != "V")
    others = (one for one in credited if one.created_from not in known and not one.mentions(refunds))
    return (*others_authorizations(case, policy), *(one for one in others if of_this_order(case, one)))


@dataclass(frozen=True)
class LineStanding:
    """An authorization's goods line with the units of the return that belong to it.

    `kept` are units that the shopper may keep: credited, never received. `unreceivable` where nothing goes through an
    item receipt: the account has none at all (Advanced Receiving off), or none takes the line in. What is authorised
    then counts as received; a line that was closed before it was credited is lost nevertheless.
    """

    line: DocumentLine
    units: tuple[ReturnLine, ...]
    kept: tuple[ReturnLine, ...] = ()
    unreceivable: bool = False

    @property
    def missing(self) -> Decimal:
        """Units not received yet, whether still open or closed unreceived."""
        there = self.line.refunded if self.line.closed else Decimal(len(self.units))
        return max(len(self.units) - (there if self.unreceivable else self.line.received), Decimal(0))

    @property
    def receivable(self) -> Decimal:
        """How many of the missing units can still be received on the line."""
        return min(self.missing, self.line.open_quantity)

    @property
    def lost(self) -> Decimal:
        """How many of the missing units can no longer come: the line was closed, or its quantity lowered."""
        return self.missing - self.receivable

    @property
    def surplus(self) -> Decimal:
        """Received beyond what the return holds."""
        return max(self.line.received - len(self.units) - len(self.kept), Decimal(0))

    @property
    def spare(self) -> Decimal:
        """Open quantity that no unit of the return will fill: kept by the shopper, or removed from the return."""
        return max(self.line.open_quantity - (len(self.units) if self.unreceivable else self.missing), Decimal(0))


def standing(authorization: Document, return_: Return, policy: Policy) -> tuple[LineStanding, ...] | Attention:
    """Each goods line of the authorization with its units, or why they cannot be told apart."""
    left = {line.line: line.received + line.open_quantity for line in authorization.goods}
    matched, unmatched = match_units(return_.lines, authorization.goods, left, policy.sku_aliases)
    if unmatched:
        names = ", ".join(sorted({one.unit.sku or one.unit.title for one in unmatched}))
        return Attention(
            "authorization_differs",
            f"Return authorization {authorization.number} has no line for {names} of Loop return "
            f"{return_.loop_return_id}.",
            "Compare the authorization's lines with the return in Loop; correct the authorization, then retry.",
            not_authorized(one.unit.sku for one in unmatched),
        )
    unreceivable = authorization.status in ("F", "G") and not any(
        line.received or line.closed for line in authorization.goods
    )
    return tuple(_standing(line, matched.get(line.line, []), policy, unreceivable) for line in authorization.goods)


def _standing(line: DocumentLine, units: list[ReturnLine], policy: Policy, unreceivable: bool) -> LineStanding:
    kept = tuple(unit for unit in units if {unit.reason, unit.parent_reason} & policy.keep_item_reasons)
    rest = tuple(unit for unit in units if unit not in kept)
    return LineStanding(line, rest, kept, unreceivable or line.no_receipt)


def goods_value(authorization: Document, return_: Return, policy: Policy) -> Money:
    """What the returned goods are worth on the authorization: its saved total, or its share where units were removed.

    The share is by the lines' net amounts. Source: rulebook section 1, the saved total is the rehearsal.
    """
    left = {line.line: line.quantity for line in authorization.goods}
    matched, _ = match_units(return_.lines, authorization.goods, left, policy.sku_aliases)
    if all(len(matched.get(line.line, ())) == line.quantity for line in authorization.goods):
        return authorization.total
    whole = part = Decimal(0)
    for line in authorization.goods:
        below = (one.amount.amount for one in authorization.discounts_below(line.line))
        net = sum(below, line.amount.amount)
        whole += net
        part += net * len(matched.get(line.line, ())) / (line.quantity or Decimal(1))
    return authorization.total.share(part, whole) if whole else authorization.total


def promised_total(case: Case) -> Money:
    """What Loop promises for the goods; prices of tax-inclusive orders already hold the tax."""
    return_ = case.the_return
    if case.shop_order is not None and case.shop_order.taxes_included:
        return return_.promised - Money.total((line.tax for line in return_.lines), return_.currency)
    return return_.promised


def credited_goods(case: Case, authorization: Document | None) -> Money:
    """What a credit of the returned goods comes to: the authorization's saved total; Loop's promise for a part of it,
    and where there is none.

    Of a part, the credit states Loop's own shares of the discounts (`partial.stated`), so the promise is exact where a
    share of the saved total is rounded. `rehearsal` has held the two together.
    """
    if authorization is None:
        return promised_total(case)
    whole = sum((line.quantity for line in authorization.goods), Decimal(0)) == len(case.the_return.lines)
    return authorization.total if whole else promised_total(case)


def rehearsal(case: Case, policy: Policy, authorization: Document) -> Attention | NeedsReading | None:
    """The authorization's saved total against Loop's promise: None when posting may go on.

    Source: rulebook section 1, values.
    """
    promised, value = promised_total(case), goods_value(authorization, case.the_return, policy)
    if abs(value.amount - promised.amount) <= policy.variance_limit:
        return None
    need = case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id)
    if need is not None:
        return need
    return Attention(
        "amount_differs",
        f"The goods on return authorization {authorization.number} come to {value}, Loop promises {promised} "
        f"(price - discount + tax); the difference is larger than the limit of {policy.variance_limit}.",
        "Correct rate, discount or tax of the authorization in NetSuite (or the return in Loop), then retry. "
        "Nothing is posted for this return until the two agree.",
    )


def usable_authorization(case: Case, policy: Policy) -> Document | NeedsReading | Waiting | Attention | None:
    """The authorization if receiving and crediting may rely on it now; None when there is none yet."""
    need = family(case)
    if need is not None:
        return need
    authorization = authorization_of(case, policy)
    if authorization is None or authorization.status == "C":
        return None
    if authorization.status == "A":
        return Waiting(
            "authorization_not_approved",
            f"Return authorization {authorization.number} is pending approval in NetSuite.",
            case.as_of + policy.retry_wait,
            (NeedsReading(Source.NETSUITE_FAMILY, case.shopify_order_id),),
        )
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return lines
    return rehearsal(case, policy, authorization) or authorization


def next_external_id(case: Case, policy: Policy, kind: str, whose: str = "") -> str:
    """The external id of the next record of this kind: an attempt that came to nothing keeps its number.

    For the return in question, unless `whose` names another subject.

    Source: interface section 4.
    """
    taken = {one.external_id for one in case.documents}
    number = 1
    while True:
        candidate = policy.external_id(kind, whose or case.focus, str(number))
        entry = case.written(candidate)
        if candidate not in taken and (entry is None or entry.state is not WriteState.DONE):
            return candidate
        number += 1


def record_gone(case: Case, *record_types: str) -> Attention | None:
    """A record of these types that we wrote for the return and that NetSuite no longer shows: a person's work."""
    ids = {one.internal_id for one in case.documents}
    for entry in case.journal:
        mine = entry.loop_return_id == case.focus and entry.record_type in record_types
        if mine and entry.state is WriteState.DONE and entry.internal_id not in ids:
            return Attention(
                "record_gone",
                f"{entry.record_type} {entry.key} (internal id {entry.internal_id}) was written, but NetSuite no "
                "longer shows it.",
                "If it was deleted on purpose, leave it; to have it made again, retry this return.",
            )
    return None


def wait(case: Case, policy: Policy, code: str, reason: str, *look_at: Source) -> Waiting:
    """Waiting for the usual time, after which these sources of the order are read afresh."""
    keys = {Source.LOOP_RETURN: case.focus, Source.LOOP_CLOSED_LIST: case.focus, Source.NETSUITE_PERIODS: case.shop_id}
    needs = tuple(NeedsReading(source, keys.get(source, case.shopify_order_id)) for source in look_at)
    return Waiting(code, reason, case.as_of + policy.retry_wait, needs)


def since(moment: timedelta) -> str:
    """A span of time as people say it."""
    minutes = int(moment.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def close_key(case: Case, authorization: Document) -> str:
    """The journal's key of our closing of an authorization."""
    return f"close:{case.shop_id}:{authorization.internal_id}"

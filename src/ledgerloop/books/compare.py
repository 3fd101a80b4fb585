"""Do Loop, Shopify and NetSuite agree on one return? The accounts between them say so, to the minor unit.

What remains on one of them is a difference with a reason. Source: rulebook section 9.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ledgerloop.books import accounts as a
from ledgerloop.books.entries import entries_of
from ledgerloop.books.exchanges import exchange_side, to_apply
from ledgerloop.books.loop_sums import own_sums
from ledgerloop.books.tenders import wrong_tenders
from ledgerloop.books.terms import terms_of
from ledgerloop.books.words import Comparison, Difference, OpenItem, Reason, Said
from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money

MOVED = (Kind.REFUND, Kind.CREDIT, Kind.PAID_OUT)
"""Facts of money that was given back."""


def compare(
    subject: str, facts: Iterable[Fact], said: Sequence[Said] = (), *, strays: bool = True, gone: bool = False
) -> Comparison:
    """Compare what the facts of one subject say.

    `strays`: refunds without a return are to be posted too. `gone`: NetSuite once showed a record of it that it no
    longer shows.
    """
    known = tuple(sorted(facts, key=lambda one: one.key))
    return_ = next((one for one in known if one.kind is Kind.RETURN), None)
    currency = return_.currency if return_ is not None else next((one.currency for one in known), "USD")
    seen = Comparison(
        subject=subject,
        currency=currency,
        processed=return_ is not None and return_.name("processed") == "yes",
        on=return_.on if return_ is not None else min((one.on for one in known if one.on), default=None),
        facts=known,
        balances=balances_of(known, currency),
        terms=(),
    )
    seen = replace(seen, terms=terms_of(seen), differences=tuple(_foreign_money(seen)))
    if subject.startswith(ORDER_SUBJECT):
        return _add(seen, _stray(seen, said, strays))
    if not seen.processed:
        return exchange_side(_unprocessed(seen, return_), said)
    reason = _reason(seen, said, gone=gone)
    return exchange_side(_add(seen, [*_money(seen, said, reason), *own_sums(seen)]), said)


def balances_of(facts: Iterable[Fact], currency: str) -> dict[str, Money]:
    """What the entries of these facts leave on each account, in one currency; zero balances are left out."""
    sums: dict[str, Money] = {}
    for fact in facts:
        for entry in entries_of(fact) if fact.currency == currency else ():
            sums[entry.account] = sums[entry.account] + entry.amount if entry.account in sums else entry.amount
    return {account: amount for account, amount in sums.items() if amount}


def _add(seen: Comparison, found: Iterable[Difference]) -> Comparison:
    return replace(seen, differences=(*seen.differences, *found))


def _foreign_money(seen: Comparison) -> Iterator[Difference]:
    """Facts in another currency than the return's cannot be compared; each is a difference of its own."""
    for one in seen.facts:
        if one.currency != seen.currency:
            amount = next(iter(one.amounts.values()), Money.zero(one.currency))
            text = f"{amount} is in another currency than the return ({seen.currency})."
            yield Difference(Reason("currency_differs"), one.kind.value, amount, text)


def _stray(seen: Comparison, said: Sequence[Said], strays: bool) -> Iterator[Difference]:
    """Refunds that belong to no return: Shopify against NetSuite."""
    left, credited = -seen.balance(a.RECORDED), bool(seen.of_kind(Kind.CREDIT, Kind.PAID_OUT))
    if not left and not seen.balance(a.CREDITED):
        return
    if not seen.of_kind(Kind.REFUND):
        amount = seen.amount("total", Kind.CREDIT, Kind.PAID_OUT) or left
        text = f"NetSuite gives {amount} back on this order; no return and no refund in Shopify explains it."
        yield Difference(Reason("foreign_record"), "refund", amount, text, counts=strays)
    elif left:
        plain = Reason("netsuite_wrong_amount") if credited else Reason("refund_without_return")
        code = _carried(said) or plain
        text = f"Shopify refunded {left} more without a return than NetSuite shows."
        yield Difference(code, "refund", left, text, counts=strays)
    else:
        open_ = seen.balance(a.CREDITED)
        yield Difference(
            Reason("netsuite_wrong_amount"), "credited", open_, f"{open_} of the credit is open.", counts=strays
        )


def _unprocessed(seen: Comparison, return_: Fact | None) -> Comparison:
    """Loop has not processed the return: money that moved all the same is open, or nobody's if it never will."""
    moved = seen.of_kind(*MOVED)
    if return_ is None or not moved:
        return seen
    amounts = (seen.amount("paid", Kind.REFUND), seen.amount("goods", Kind.CREDIT), seen.amount("total", Kind.PAID_OUT))
    amount = max((one for one in amounts if one is not None), key=lambda one: one.amount)
    if return_.is_open:
        since = min((one.on for one in moved if one.on), default=None)
        text = f"{amount} was given back before Loop has processed the return."
        return replace(seen, open_items=(OpenItem(Reason("not_processed_yet"), amount, since, text),))
    text = f"{amount} was given back for a return that Loop shows as {return_.name('state')}, not processed."
    return _add(seen, [Difference(Reason("not_processed"), "refund", amount, text)])


def _reason(seen: Comparison, said: Sequence[Said], *, gone: bool) -> Reason:
    """Why NetSuite does not show what it should."""
    posted = bool(seen.of_kind(Kind.CREDIT, Kind.PAID_OUT))
    carried = _carried([one for one in said if one.sync == "refund" or not posted])
    if carried:
        return carried
    if gone:
        return Reason("missing_record")
    return Reason("netsuite_wrong_amount") if posted else Reason("not_posted_yet")


def _carried(said: Sequence[Said]) -> Reason | None:
    """The code that a sync gives: what needs a person first, the refund before all others."""
    mine = [one for one in said if one.code and one.sync != "exchange_order"]
    ranked = sorted(mine, key=lambda one: (one.kind != "attention", one.sync != "refund", one.sync))
    return next((Reason(one.code) for one in ranked), None)


def _money(seen: Comparison, said: Sequence[Said], reason: Reason) -> Iterator[Difference]:
    """Loop against Shopify, Shopify against NetSuite, then each sum of Loop against NetSuite's lines."""
    short = -seen.balance(a.REFUND)
    if short:
        less = short.amount > 0
        code = Reason("shopify_less_than_loop") if less else Reason("shopify_more_than_loop")
        waits = next((Reason(one.code) for one in said if one.code in ("refund_pending", "refund_not_seen")), None)
        text = (
            f"Loop refunds {short} more than Shopify paid out."
            if short.amount > 0
            else (f"Shopify paid out {-short} more than Loop refunds.")
        )
        yield Difference(waits or code, "refund", short, text)
    unrecorded = -seen.balance(a.RECORDED)
    if unrecorded:
        text = f"Shopify paid out {unrecorded} that NetSuite does not show as refunded."
        yield Difference(reason, "refund", unrecorded, text)
    variance = -seen.balance(a.VARIANCE)
    if variance:
        text = f"A variance of {variance} was posted, so that the record agrees with what left the shop."
        yield Difference(Reason("variance_posted"), "variance", variance, text, counts=False)
    reported = [one for one in (seen.balance(a.REFUND), seen.balance(a.RECORDED)) if one]
    goods = seen.balance(a.GOODS) - variance
    if goods and not (variance and goods == short):
        reported.append(goods)
        text = f"Goods of {goods} that came back are not credited as Loop shows them."
        yield Difference(reason, "goods", goods, text)
    elif not goods:
        yield from _authorized(seen)
    if not unrecorded:
        yield from wrong_tenders(seen, reason)
    if seen.of_kind(Kind.CREDIT, Kind.PAID_OUT) or not reported:
        yield from _lines(seen, reason, reported)


def _authorized(seen: Comparison) -> Iterator[Difference]:
    """The credited goods are as Loop shows them; what they were authorised at is not."""
    authorized, credited = seen.amount("goods", Kind.AUTHORIZATION), seen.amount("goods", Kind.CREDIT)
    if not authorized or credited is None or authorized == credited:
        return
    more = authorized - credited
    text = f"Goods of {credited} are credited, but their return authorization comes to {authorized}: {more} apart."
    yield Difference(Reason("authorization_differs"), "authorization", more, text, counts=False)


LINES = (
    (a.EXCHANGE, "exchange credit", -1, "exchange credit"),
    (a.GIFT_CARD, "gift card", -1, "gift cards"),
    (a.FEE, "handling fee", -1, "handling fees"),
    (a.SHIPPING, "shipping and duties", 1, "shipping and duties"),
    (a.EXTRAS, "beyond the goods", 1, "a bonus"),
    (a.GOODWILL, "goodwill", 1, "goodwill"),
    (a.CREDITED, "credited", 1, "credits that are not paid out"),
)
"""Account, term, sign that makes a missing amount positive, and what NetSuite shows of it."""

ALWAYS = (a.EXCHANGE, a.GIFT_CARD, a.FEE)
"""Sums of Loop's own; what is left on the others may only be the other side of what is told already."""


def _lines(seen: Comparison, reason: Reason, reported: list[Money]) -> Iterator[Difference]:
    for account, term, sign, what in LINES:
        left = seen.balance(account) + _to_be_applied(seen, account)
        told = account not in ALWAYS and _is_other_side(left, reported)
        if not left or told:
            continue
        reported.append(left)
        missing = left if sign > 0 else -left
        yield Difference(reason, term, missing, f"NetSuite's lines for {what} differ by {missing}.")


def _to_be_applied(seen: Comparison, account: str) -> Money:
    """What the application of a credit memo will move on this account: it is open, no difference."""
    left = to_apply(seen)
    return {a.EXCHANGE: left, a.CREDITED: -left}.get(account, Money.zero(seen.currency))


def _is_other_side(left: Money, reported: Sequence[Money]) -> bool:
    """Whether this balance is what one of these, or all of them together, leave on the other side."""
    return -left in reported or (bool(reported) and Money.total(reported, left.currency) == -left)

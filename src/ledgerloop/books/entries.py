"""The entries that a fact makes; they sum to zero, debit positive.

A NetSuite record is entered twice: against what the other systems say (accounts between), and as NetSuite posts it.
"""

from collections.abc import Callable, Iterable

from ledgerloop.books import accounts as a
from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.domain.facts import Entry, Fact, Kind
from ledgerloop.domain.money import Money

TENDER = "tender "
"""Begins the term of a further tender of a cash refund; the rest names its item."""

Booking = tuple[str, Money]


def entries_of(fact: Fact) -> tuple[Entry, ...]:
    """The entries of one fact, by account; those that come to nothing are left out."""
    sums: dict[str, Money] = {}
    for account, amount in _BOOKED[fact.kind](fact):
        sums[account] = sums[account] + amount if account in sums else amount
    return tuple(Entry(account, amount) for account, amount in sums.items() if amount)


def _return(fact: Fact) -> Iterable[Booking]:
    """What Loop promises. Beyond the goods: whatever its outcomes come to more than what came back."""
    if fact.name("processed") != "yes":
        return
    goods, refund, credit = fact.amount("return_total"), fact.amount("refund"), fact.amount("exchange_credit")
    card, fee = fact.amount("gift_card"), fact.amount("handling_fee")
    yield a.GOODS, goods
    yield a.EXTRAS, credit + card + refund + fee - goods
    yield from ((a.REFUND, -refund), (a.EXCHANGE, -credit), (a.GIFT_CARD, -card), (a.FEE, -fee))
    new, upsell = fact.amount("exchange_total"), fact.amount("upsell")
    yield from ((a.NEW_GOODS, -new), (a.CREDIT_USED, credit), (a.UPSELL, upsell))
    yield a.LOOP_SUMS, new - credit - upsell


def _refund(fact: Fact) -> Iterable[Booking]:
    paid = fact.amount("paid")
    yield from ((_promise(fact), paid), (a.RECORDED, -paid))


def _promise(fact: Fact) -> str:
    """What a refund in Shopify fulfils: Loop's promise, or nobody's."""
    return a.GOODWILL if fact.subject.startswith(ORDER_SUBJECT) else a.REFUND


def _given_back(fact: Fact) -> Iterable[Booking]:
    given = fact.amount("shipping") + fact.amount("duties")
    yield from ((a.SHIPPING, given), (a.EXTRAS, -given))


def _credit(fact: Fact) -> Iterable[Booking]:
    goods, given, bonus = fact.amount("goods"), fact.amount("shipping") + fact.amount("duties"), fact.amount("bonus")
    goodwill, variance = fact.amount("goodwill"), fact.amount("variance")
    credit, card, fee = fact.amount("exchange_credit"), fact.amount("gift_card"), fact.amount("handling_fee")
    out = Money.total((fact.amount("total"), *fact.parts(TENDER)), fact.currency)
    yield from ((a.GOODS, -goods), (a.SHIPPING, -given), (a.EXTRAS, -bonus), (a.GOODWILL, -goodwill))
    yield from ((a.EXCHANGE, credit), (a.GIFT_CARD, card), (a.FEE, fee), (a.VARIANCE, -variance), (a.CREDITED, out))
    yield from ((a.NS_SALES, goods + given), (a.NS_BONUS, bonus), (a.NS_GOODWILL, goodwill))
    yield from ((a.NS_VARIANCE, variance), (a.NS_CLEARING, -credit), (a.NS_GIFT_CARDS, -card), (a.NS_FEES, -fee))
    at_once = fact.name("record_type") == "cashRefund"
    yield (a.NS_MONEY if at_once else a.NS_CUSTOMERS), -out
    paid, carried = out if at_once else fact.amount("applied"), fact.amount("carried")
    yield from ((a.CREDITED, -paid), (a.RECORDED, paid))
    yield from ((a.CREDITED, -carried), (a.EXCHANGE, carried))


def _paid_out(fact: Fact) -> Iterable[Booking]:
    """A customer refund pays a credit out, or gives a deposit back for goods that were never shipped."""
    paid = fact.amount("total")
    goods = a.GOODWILL if fact.subject.startswith(ORDER_SUBJECT) else a.GOODS
    yield (goods if fact.name("from_deposit") else a.CREDITED), -paid
    yield from ((a.RECORDED, paid), (a.NS_CUSTOMERS, paid), (a.NS_MONEY, -paid))


def _exchange_order(fact: Fact) -> Iterable[Booking]:
    worth = fact.amount("total") + fact.amount("credit_used")
    yield from ((a.NEW_GOODS, worth), (a.ORDER, -worth))


def _worth(fact: Fact) -> Money:
    """What an exchange order is worth before return credit takes anything off it."""
    return fact.amount("total") + fact.amount("loop_discount") + fact.amount("exchange_credit")


def _taken(fact: Fact) -> Iterable[Booking]:
    """The order stands against Shopify's, and the return credit on it against Loop's."""
    worth, credit = _worth(fact), fact.amount("loop_discount") + fact.amount("exchange_credit")
    yield from ((a.ORDER, worth), (a.DUE, credit - worth), (a.CREDIT_USED, -credit))


def _ordered(fact: Fact) -> Iterable[Booking]:
    yield from _taken(fact)
    yield from ((a.BILLING, _worth(fact)), (a.ORDERED, -_worth(fact)))


def _billed(fact: Fact) -> Iterable[Booking]:
    """The bill; `settled` is what of it a credit memo paid."""
    settled = fact.amount("settled")
    yield from ((a.BILLING, -_worth(fact)), (a.ORDERED, _worth(fact)))
    yield from ((a.DUE, settled), (a.CREDIT_USED, -settled))
    yield from _posted(fact)


def _sold(fact: Fact) -> Iterable[Booking]:
    yield from _taken(fact)
    yield from ((a.DUE, fact.amount("total")), (a.UPSELL, -fact.amount("total")))
    yield from _posted(fact)


def _posted(fact: Fact) -> Iterable[Booking]:
    credit = fact.amount("loop_discount") + fact.amount("exchange_credit")
    yield from ((a.NS_SALES, -_worth(fact)), (a.NS_CLEARING, credit))
    yield (a.NS_MONEY if fact.name("record_type") == "cashSale" else a.NS_CUSTOMERS), fact.amount("total")


def _deposit(fact: Fact) -> Iterable[Booking]:
    """Return credit beyond the discount, or money."""
    held, credit = fact.amount("total"), fact.name("ending") == "credit"
    yield from ((a.DUE, held), (a.CREDIT_USED if credit else a.UPSELL, -held))
    yield from ((a.NS_CLEARING if credit else a.NS_MONEY, held), (a.NS_CUSTOMERS, -held))


def _charged(fact: Fact) -> Iterable[Booking]:
    """Money received for goods that were kept, in place of the return credit that never came."""
    total, cleared = fact.amount("total"), fact.amount("cleared")
    yield from ((a.NEW_GOODS, -cleared), (a.CREDIT_USED, cleared))
    yield from ((a.NS_MONEY, total), (a.NS_CLEARING, -cleared), (a.NS_SALES, cleared - total))


def _nothing(_fact: Fact) -> Iterable[Booking]:
    return ()


_BOOKED: dict[Kind, Callable[[Fact], Iterable[Booking]]] = {
    Kind.RETURN: _return,
    Kind.REFUND: _refund,
    Kind.GIVEN_BACK: _given_back,
    Kind.EXCHANGE_ORDER: _exchange_order,
    Kind.AUTHORIZATION: _nothing,
    Kind.CREDIT: _credit,
    Kind.PAID_OUT: _paid_out,
    Kind.ORDERED: _ordered,
    Kind.SOLD: _sold,
    Kind.BILLED: _billed,
    Kind.DEPOSIT: _deposit,
    Kind.CHARGED: _charged,
}

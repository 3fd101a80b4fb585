"""The books as an accountant writes them down: what each system shows, one fact a line.

    loop: returned 108.00, refund 98.01, fee 9.99     also: gift card, exchange (the new goods), credit, upsell; `open`;
                                                      new product, new discount, new tax
    shopify: refund 98.01                             `without a return`; `through 912`, the item of its gateway
    shopify: given back 10.00                         shipping that a refund gives back
    shopify: exchange order 8.00, credit used 100.00
    netsuite: credit memo 98.01, fee 9.99             lines as on the record: exchange, gift card, fee, shipping,
                                                      duties, bonus, variance, goodwill; the rest of it is goods;
                                                      `carried`: what of it is applied to an exchange order
    netsuite: cash refund 98.01
    netsuite: customer refund 98.01                   `from a deposit`
    netsuite: sales order 8.00, discount 100.00       `billed`
    netsuite: invoice 8.00, discount 100.00           `settled`: what of it a credit memo paid
    netsuite: charge 108.00                           for an exchange that never came back, against clearing
    netsuite: cash sale 54.00, discount 100.00, credit 8.00
    netsuite: deposit credit 8.00                     or upsell
    netsuite: authorization 108.00, received 1        `open`: goods are still to come; goods 108.00: all have come

`book` gives what the comparison says: differences and open items, a line each, and the balances of the accounts.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ledgerloop.books.compare import compare
from ledgerloop.books.named import named
from ledgerloop.books.words import Comparison, Said
from ledgerloop.domain.case import order_subject
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money

RETURN = "4821"
ON = date(2026, 3, 10)

LOOP = {
    "returned": "return_total",
    "refund": "refund",
    "fee": "handling_fee",
    "gift card": "gift_card",
    "exchange": "exchange_total",
    "credit": "exchange_credit",
    "upsell": "upsell",
    "new product": "exchange_product",
    "new discount": "exchange_discount",
    "new tax": "exchange_tax",
}
TAKEN = {"exchange": "exchange_credit", "gift card": "gift_card", "fee": "handling_fee", "tender": "tender 912"}
GIVEN = {one: one for one in ("shipping", "duties", "bonus", "goodwill", "variance")}
TERM = re.compile(r"(?:(?P<name>[a-z ]+?) )?(?P<amount>-?\d+(?:\.\d+)?)")

Terms = dict[str, Money]


class Book:
    """Facts of one return, as they are told."""

    def __init__(self, currency: str = "USD", return_id: str = RETURN) -> None:
        self.currency, self.return_id = currency, return_id
        self.facts: list[Fact] = []

    def tell(self, text: str) -> "Book":
        """Take facts in, one a line."""
        for line in filter(None, map(str.strip, text.splitlines())):
            system, _, what = line.partition(": ")
            {"loop": self._loop, "shopify": self._shopify, "netsuite": self._netsuite}[system](what)
        return self

    def add(self, kind: Kind, amounts: Terms, *, subject: str = "", **names: str) -> Fact:
        """Take one fact in."""
        number = str(len(self.facts) + 1)
        fact = named(kind, number, subject or self.return_id, self.currency, ON, amounts, **names)
        self.facts.append(fact)
        return fact

    def money(self, text: str) -> Money:
        return Money.of(text, self.currency)

    def _terms(self, what: str) -> tuple[str, Terms, list[str]]:
        """The first term's name, amounts by name, and marks without an amount."""
        amounts: Terms = {}
        marks: list[str] = []
        first = ""
        for number, part in enumerate(what.split(", ")):
            found = TERM.fullmatch(part)
            if found is None:
                marks.append(part)
                continue
            name = found["name"] or ""
            first = first or (name if number == 0 else "")
            amounts["total" if number == 0 else name] = self.money(found["amount"])
        return first, amounts, marks

    def _loop(self, what: str) -> None:
        first, amounts, marks = self._terms(what)
        amounts[first] = amounts.pop("total")
        totals = {LOOP[name]: amount for name, amount in amounts.items()}
        done = "open" not in marks
        stage = {} if done else {"stage": "open"}
        state = next((one for one in marks if one in ("open", "cancelled")), "closed")
        self.add(
            Kind.RETURN,
            {**totals, "product": totals["return_total"]},
            processed="yes" if done and state == "closed" else "",
            state=state,
            order="#1001",
            shopify_order="5920",
            asked_on="2026-03-01",
            new_goods="yes" if "exchange_product" in totals else "",
            **stage,
        )

    def _shopify(self, what: str) -> None:
        first, amounts, marks = self._terms(what)
        if first == "refund":
            stray = order_subject("5920") if "without a return" in marks else ""
            item = str(amounts["through"].amount.to_integral()) if "through" in amounts else ""
            self.add(Kind.REFUND, {"paid": amounts["total"]}, subject=stray, item=item)
        elif first == "given back":
            self.add(Kind.GIVEN_BACK, {"shipping": amounts["total"]})
        else:
            used = amounts.get("credit used", self.money("0"))
            sums = {"total": amounts["total"], "credit_used": used}
            sent = "" if "not ours" in marks else "yes"
            self.add(Kind.EXCHANGE_ORDER, sums, sent=sent, shopify_order="5999")

    def _netsuite(self, what: str) -> None:
        first, amounts, marks = self._terms(what)
        subject = order_subject("5920") if "without a return" in marks else ""
        if first in ("credit memo", "cash refund"):
            record = {"credit memo": "creditMemo", "cash refund": "cashRefund"}[first]
            self.add(Kind.CREDIT, credit(amounts, self.currency), subject=subject, record_type=record)
        elif first == "customer refund":
            held = "yes" if "from a deposit" in marks else ""
            self.add(Kind.PAID_OUT, amounts, subject=subject, record_type="customerRefund", from_deposit=held)
        elif first == "authorization":
            received = str(int(amounts.pop("received", self.money("0")).amount))
            stage = {"stage": "open"} if "open" in marks else {}
            self.add(Kind.AUTHORIZATION, amounts, received=received, received_on="2026-03-05", **stage)
        elif first == "charge":
            self.add(Kind.CHARGED, {"total": amounts["total"], "cleared": amounts["total"]}, record_type="cashSale")
        elif first.startswith("deposit"):
            self.add(Kind.DEPOSIT, amounts, record_type="customerDeposit", ending=first.partition(" ")[2])
        else:
            self._sale(first, amounts, marks)

    def _sale(self, first: str, amounts: Terms, marks: Sequence[str]) -> None:
        none = self.money("0")
        sums = {
            "total": amounts["total"],
            "loop_discount": amounts.get("discount", none),
            "exchange_credit": amounts.get("credit", none),
            "settled": amounts.get("settled", none),
        }
        kind, record = {
            "sales order": (Kind.ORDERED, "salesOrder"),
            "invoice": (Kind.BILLED, "invoice"),
            "cash sale": (Kind.SOLD, "cashSale"),
        }[first]
        billed = "yes" if "billed" in marks else ""
        self.add(kind, sums, record_type=record, ours="yes", billed=billed, shopify_order="5999")

    def comparison(self, *said: Said, subject: str = "", strays: bool = True, gone: bool = False) -> Comparison:
        about = subject or self.return_id
        return compare(about, [one for one in self.facts if one.subject == about], said, strays=strays, gone=gone)


def credit(lines: Terms, currency: str) -> Terms:
    """The sums of a credit from its total and its lines: what is left of the total is goods, with their tax."""
    taken = {TAKEN[name]: amount for name, amount in lines.items() if name in TAKEN}
    given = {GIVEN[name]: amount for name, amount in lines.items() if name in GIVEN}
    goods = lines["total"] + Money.total(taken.values(), currency) - Money.total(given.values(), currency)
    carried = {"carried": lines["carried"]} if "carried" in lines else {}
    return {"total": lines["total"], "goods": goods, **taken, **given, **carried}


def book(text: str, *said: Said, gone: bool = False) -> Comparison:
    """What the comparison of these facts says."""
    return Book().tell(text).comparison(*said, gone=gone)


def differences(seen: Comparison) -> list[str]:
    """`code term amount`, a line each; what does not count in brackets."""
    told = (f"{one.code} {one.term} {one.amount.amount}" for one in seen.differences)
    return [line if one.counts else f"({line})" for one, line in zip(seen.differences, told, strict=True)]


def open_(seen: Comparison) -> list[str]:
    """`code amount`, a line each."""
    return [f"{one.code} {one.amount.amount}" for one in seen.open_items]


def balances(seen: Comparison, begins: str = "netsuite.") -> dict[str, Decimal]:
    """Balances of the accounts that begin so, debit positive."""
    left = seen.balances.items()
    return {account.removeprefix(begins): amount.amount for account, amount in left if account.startswith(begins)}

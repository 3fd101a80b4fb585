"""Rows of a pack about one return: its sums, its differences, what is open about it."""

from dataclasses import dataclass
from datetime import date

from ledgerloop.books.pack import DIFFERENCES, OPEN_ITEMS, RETURNS, Pack
from ledgerloop.books.terms import REFUND
from ledgerloop.books.words import Comparison, OpenItem
from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.domain.facts import Kind
from ledgerloop.domain.links import Links

BUCKETS = ((7, "0-7"), (30, "8-30"), (60, "31-60"), (90, "61-90"))
"""Ages in days: up to, and its name."""

OLDEST = "over 90"

STRAY = "refund without a return"
"""What the refund of an order is called that no return claims."""


@dataclass(frozen=True)
class Where:
    """How a subject is named and found."""

    shop: str
    return_id: str
    order: str
    currency: str
    on: str
    loop_link: str
    shopify_link: str
    netsuite_links: str

    @classmethod
    def of(cls, seen: Comparison, shop: str, links: Links) -> "Where":
        fact = next(iter((*seen.of_kind(Kind.RETURN), *seen.of_kind(Kind.REFUND))), None)
        order_id = fact.name("shopify_order") if fact is not None else ""
        stray = seen.subject.startswith(ORDER_SUBJECT)
        order_id = seen.subject.removeprefix(ORDER_SUBJECT) if stray else order_id
        records = [one.name("internal_id") for one in seen.facts if one.name("internal_id")]
        return cls(
            shop=shop,
            return_id="" if stray else seen.subject,
            order=(fact.name("order") if fact is not None else "") or order_id,
            currency=seen.currency,
            on=seen.on.isoformat() if seen.on is not None and seen.processed else "",
            loop_link="" if stray else links.loop(seen.subject),
            shopify_link=links.shopify(order_id) if order_id else "",
            netsuite_links=" ".join(links.netsuite(one) for one in records),
        )


def add_sums(pack: Pack, seen: Comparison, where: Where) -> None:
    """Every sum of a return in three systems, and its differences."""
    begins = (where.shop, where.return_id, where.order, where.on)
    names = {term.name for term in seen.terms}
    for term in seen.terms:
        about = {term.name} if term.name != REFUND else {one.term for one in seen.differences} - names | {REFUND}
        reasons = " ".join(dict.fromkeys(one.code for one in seen.differences if one.term in about))
        sums = (term.loop, term.shopify, term.netsuite, term.difference)
        links = (where.loop_link, where.shopify_link, where.netsuite_links)
        pack[RETURNS].add(*begins, where.currency, term_name(term.name, where), *sums, reasons, *links)
    for one in seen.differences:
        counts = "yes" if one.counts else "no"
        what = (one.amount.currency, one.term, one.amount, one.code, counts, one.text)
        pack[DIFFERENCES].add(*begins, *what, where.loop_link, where.shopify_link)


def term_name(name: str, where: Where) -> str:
    """What a sum is called: a refund that belongs to no return is told apart."""
    return STRAY if name == REFUND and not where.return_id else name


def add_open_item(pack: Pack, one: OpenItem, where: Where, as_of: date) -> None:
    """What is open, with its age in days."""
    days = (as_of - one.since).days if one.since is not None else 0
    bucket = next((name for most, name in BUCKETS if days <= most), OLDEST)
    since = one.since.isoformat() if one.since is not None else ""
    begins = (where.shop, where.return_id, where.order, one.amount.currency)
    pack[OPEN_ITEMS].add(*begins, one.code, one.amount, since, days, bucket, one.text, where.loop_link)

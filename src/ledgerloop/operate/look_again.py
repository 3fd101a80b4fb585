"""Reads again what the books rest on: what is open on exchange orders, or everything about the returns of a period.

A sales order that the warehouse bills is in no poll; here such orders are asked for together, 200 in a query.
"""

from collections.abc import Iterable, Sequence

from ledgerloop.books.accounts import BILLING, DUE, NS_CLEARING, ORDER
from ledgerloop.books.report import Period
from ledgerloop.domain.facts import Kind
from ledgerloop.engine.gather import Failures, Wanted, gather
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import NeedsReading, RemoteProblem, Source
from ledgerloop.store.ledger import Entered, Ledger

EXCHANGES = (Kind.EXCHANGE_ORDER, Kind.ORDERED)
"""Facts of exchange orders that are not done with."""

PAGE = 200
"""Orders read together."""

OF_ORDER = (Source.SHOPIFY_ORDER, Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY)
"""What is read of every order, whole."""


def look_at_open_exchanges(parts: Parts, shop: Shop) -> list[RemoteProblem]:
    """Read the exchange orders in NetSuite that are not billed or not settled yet; gives what failed."""
    ledger = Ledger(parts.stores.store)
    subjects = sorted(ledger.unsettled(shop.shop_id, (BILLING, ORDER, DUE, NS_CLEARING)))
    found = ledger.of_subjects(shop.shop_id, subjects).values()
    keys = {one.fact.name("shopify_order") for some in found for one in some if one.fact.kind in EXCHANGES}
    problems = _read(parts, shop, sorted(keys), (Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY))
    return problems + look_at_charges(parts, shop, [one for some in found for one in some])


def look_at_charges(parts: Parts, shop: Shop, versions: Sequence[Entered]) -> list[RemoteProblem]:
    """Look for what people entered for exchanges whose return Loop ended unprocessed; gives what failed."""
    facts = [one.fact for one in versions]
    returns = {one.subject: one for one in facts if one.kind is Kind.RETURN}
    ended = {key for key, one in returns.items() if not one.is_open and not one.name("processed")}
    orders = {one.subject: one.name("shopify_order") for one in facts if one.kind in EXCHANGES}
    wanted = sorted(ended & orders.keys())
    if not wanted:
        return []
    try:
        for return_id, documents in shop.reading.charges(wanted).items():
            key = orders[return_id]
            parts.stores.documents.put_family(shop.shop_id, key, documents, parts.clock(), complete=False)
    except RemoteProblem as problem:
        return [problem]
    return []


def look_at_everything(parts: Parts, shop: Shop, period: Period) -> list[RemoteProblem]:
    """Read everything about the returns of a period from all remotes; gives what failed."""
    ledger, after, problems = Ledger(parts.stores.store), "", []
    while subjects := ledger.subjects_after(shop.shop_id, after, PAGE, period.since, period.until):
        after = subjects[-1]
        versions = [one for some in ledger.of_subjects(shop.shop_id, subjects).values() for one in some]
        failures = gather(parts, shop, _returns(versions))
        exchanges = {one.fact.name("shopify_order") for one in versions if one.fact.kind in EXCHANGES}
        problems += _different(failures)
        problems += _read(parts, shop, sorted(_orders(versions)), OF_ORDER)
        problems += _read(parts, shop, sorted(exchanges), (Source.SHOPIFY_WHOLE_ORDER,))
    return problems


def _returns(versions: Iterable[Entered]) -> list[Wanted]:
    returns = {one.fact.subject: one.fact.name("shopify_order") for one in versions if one.fact.kind is Kind.RETURN}
    return [Wanted(order, NeedsReading(Source.LOOP_RETURN, return_id)) for return_id, order in returns.items()]


def _orders(versions: Iterable[Entered]) -> set[str]:
    return {order for one in versions if (order := one.fact.name("shopify_order"))}


def _read(parts: Parts, shop: Shop, keys: Sequence[str], sources: Sequence[Source]) -> list[RemoteProblem]:
    problems = []
    for begin in range(0, len(keys), PAGE):
        some = keys[begin : begin + PAGE]
        parts.progress(f"{shop.shop_id}: reading {begin + len(some)} of {len(keys)} orders")
        wanted = [Wanted(key, NeedsReading(source, key)) for key in some for source in sources]
        problems += _different(gather(parts, shop, wanted))
    return problems


def _different(failures: Failures) -> list[RemoteProblem]:
    """One problem of each kind: a remote that is down says the same of every order."""
    return list({(one.remote, one.code): one for one in failures.values()}.values())

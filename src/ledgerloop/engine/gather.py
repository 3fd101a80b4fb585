"""Reads what decisions need, in batches: one query for up to 200 orders, whatever the number of open returns.

A reading that fails is told to the caller, never raised: the rest goes on.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from ledgerloop.domain.case import WriteState
from ledgerloop.engine.observe import PERIODS
from ledgerloop.engine.order_reading import read_customers, read_exchanged, read_items, read_whole_order
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import CredentialsRefused, NeedsReading, Refused, RemoteProblem, Source
from ledgerloop.remotes.netsuite.natural import Named, Names
from ledgerloop.store.kin import Known
from ledgerloop.tracing import carried

log = structlog.get_logger("ledgerloop.engine")

SINGLE_READERS = 6
"""Threads for readings that come one key at a time (Loop details, Shopify orders)."""

MAY_EXIST = frozenset({WriteState.SENT, WriteState.UNCLEAR})
"""States of a write that may have been executed although no answer says so."""

PARENT_TYPES = frozenset({"RtnAuth", "CustInvc", "CashSale"})
"""Types that something of a return's family can be made from."""


@dataclass(frozen=True)
class Wanted:
    """A reading that a case needs."""

    order_key: str
    need: NeedsReading


PAID_OUT = frozenset({"CustCred", "CustDep"})
"""Types that a customer refund is paid from: only then can there be one."""


Failures = dict[NeedsReading, RemoteProblem]


def gather(parts: Parts, shop: Shop, wanted: Iterable[Wanted]) -> Failures:
    """Read everything wanted, once each, and store it; gives what could not be read."""
    by_source: dict[Source, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in wanted:
        by_source[one.need.source][one.need.key].add(one.order_key)
    failures: Failures = {}
    steps: list[tuple[Source, Callable[[Parts, Shop, dict[str, set[str]], Failures], None]]] = [
        (Source.LOOP_CLOSED_LIST, _closed_list),
        (Source.LOOP_RETURN, _details),
        (Source.LOOP_PRESENTMENT, _presentments),
        (Source.SHOPIFY_ORDER, _shopify),
        (Source.SHOPIFY_WHOLE_ORDER, _whole_orders),
        (Source.NETSUITE_PERIODS, _periods),
        (Source.NETSUITE_ORDER, _orders),
        (Source.NETSUITE_HEADER_DISCOUNT, _header_discounts),
        (Source.NETSUITE_FAMILY, _families),
        (Source.NETSUITE_CUSTOMER, _customers),
        (Source.NETSUITE_ITEMS, _items),
        (Source.NETSUITE_EXCHANGED, _exchanged),
    ]
    for source, step in steps:
        if by_source[source]:
            step(parts, shop, by_source[source], failures)
    return failures


@contextmanager
def _told(failures: Failures, source: Source, keys: Iterable[str]) -> Iterator[None]:
    try:
        yield
    except RemoteProblem as problem:
        failures.update({NeedsReading(source, key): problem for key in keys})


def _closed_list(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    """One pass over the closed returns since the oldest that is asked for."""
    returns, now = parts.stores.returns, parts.clock()
    known = [one for one in (returns.get(shop.shop_id, key) for key in keys) if one is not None]
    oldest = min((one.updated_at or now for one in known), default=now) - shop.watch.lag
    with _told(failures, Source.LOOP_CLOSED_LIST, keys):
        for row in shop.loop.list_returns(since=oldest, until=now, states=("closed",)):
            returns.put_list_view(shop.shop_id, str(row["id"]), row, now)


def _details(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    def read(return_id: str) -> None:
        with _told(failures, Source.LOOP_RETURN, [return_id]):
            now = parts.clock()
            body = shop.loop.details(return_id)
            parts.stores.returns.put_details_view(shop.shop_id, return_id, body, now)

    _each(keys, read)


def _presentments(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    def read(return_id: str) -> None:
        with _told(failures, Source.LOOP_PRESENTMENT, [return_id]):
            body = shop.loop.details(return_id, currency_type="presentment")
            parts.stores.returns.put_presentment(shop.shop_id, return_id, body)

    _each(keys, read)


def _shopify(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    def read(order_id: str) -> None:
        with _told(failures, Source.SHOPIFY_ORDER, [order_id]):
            now = parts.clock()
            body = shop.shopify.order_money(order_id) or {}
            parts.stores.shop_orders.put(shop.shop_id, order_id, body, None, now)

    _each(keys, read)


def _whole_orders(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    def read(order_id: str) -> None:
        with _told(failures, Source.SHOPIFY_WHOLE_ORDER, [order_id]):
            read_whole_order(parts, shop, order_id)

    _each(keys, read)


def _customers(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    with _told(failures, Source.NETSUITE_CUSTOMER, keys):
        read_customers(parts, shop, keys)


def _items(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    with _told(failures, Source.NETSUITE_ITEMS, keys):
        read_items(parts, shop, keys)


def _exchanged(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    with _told(failures, Source.NETSUITE_EXCHANGED, keys):
        read_exchanged(parts, shop, keys)


def _each(keys: Iterable[str], read: Callable[[str], None]) -> None:
    wanted = list(keys)
    if len(wanted) == 1:
        read(wanted[0])
        return
    with ThreadPoolExecutor(SINGLE_READERS, thread_name_prefix="read") as pool:
        list(pool.map(carried(read), wanted))


def _periods(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    with _told(failures, Source.NETSUITE_PERIODS, keys):
        read_periods(parts, shop)


def read_periods(parts: Parts, shop: Shop) -> None:
    """Read the accounting periods and their locks; an account that does not show them has none that we know of.

    NetSuite itself then refuses a posting into a closed one. Raises RemoteProblem when the account cannot be asked.
    """
    try:
        periods = shop.reading.periods()
    except CredentialsRefused:
        raise
    except Refused as refused:
        log.warning("periods_unreadable", shop=shop.shop_id, code=refused.code, problem=refused.message)
        periods = []
    parts.stores.settings.put(shop.shop_id, PERIODS, json.dumps(periods))


def _orders(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    stores, now = parts.stores, parts.clock()
    with _told(failures, Source.NETSUITE_ORDER, keys):
        found = shop.reading.orders(stores.kin.names(shop.shop_id, keys))
        kept = {key: _kept(parts, shop, key, found.get(key, [])) for key in keys}
        stores.source_orders.put_all(shop.shop_id, kept, now)


def _kept(parts: Parts, shop: Shop, order_key: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A header discount already read stays with its order while the order has not changed."""
    before = parts.stores.source_orders.get(shop.shop_id, order_key)
    records = {one["id"]: one for one in (before.documents if before is not None else ()) if "header_record" in one}
    for one in found:
        old = records.get(one["id"])
        if old is not None and old["last_modified"] == one["last_modified"]:
            one["header_record"] = old["header_record"]
    return found


def _header_discounts(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    stores = parts.stores
    for internal_id, order_keys in keys.items():
        for order_key in order_keys:
            stored = stores.source_orders.get(shop.shop_id, order_key)
            for document in stored.documents if stored is not None else ():
                if document["id"] != internal_id or stored is None:
                    continue
                with _told(failures, Source.NETSUITE_HEADER_DISCOUNT, [internal_id]):
                    document["header_record"] = _header_record(shop, document)
                    stores.source_orders.put(shop.shop_id, order_key, stored.documents, stored.read_at)


def _header_record(shop: Shop, document: dict[str, Any]) -> dict[str, Any]:
    kind = {"SalesOrd": "salesOrder", "CashSale": "cashSale"}[document["type"]]
    names = ("discountItem", "discountRate", "discountTotal")
    record = shop.netsuite.get(kind, document["id"], fields=names)
    return {name: str(record[name]) if name != "discountItem" else record[name] for name in names if record.get(name)}


def _families(parts: Parts, shop: Shop, keys: dict[str, set[str]], failures: Failures) -> None:
    """Everything made from the orders, then from what that found; meanwhile our own records that have no parent."""
    now = parts.clock()
    with _told(failures, Source.NETSUITE_FAMILY, keys):
        known = parts.stores.kin.of(shop.shop_id, keys, PARENT_TYPES, shop.policy.order_channels)
        asked = _own_ids(shop, known)
        with ThreadPoolExecutor(1, thread_name_prefix="ours") as pool:
            ours = pool.submit(carried(_ours), shop, asked)
            found = _descendants(shop, known)
            credited = (key for key, some in found.items() if any(one["type"] in PAID_OUT for one in some.values()))
            others = {
                one: key
                for key in credited
                for one in (*_first_refunds(shop, known[key]), *_first_goodwill(shop, found[key].values()))
                if one not in asked
            }
            for owner, document in (*ours.result(), *_ours(shop, others), *_charges(shop, known)):
                found[owner].setdefault(document["id"], document)
        families = {order_key: list(documents.values()) for order_key, documents in found.items()}
        searched = {order_key: case.refund_ids for order_key, case in known.items() if case.parents}
        parts.stores.documents.put_families(shop.shop_id, families, now, searched)


def _descendants(shop: Shop, known: dict[str, Known]) -> dict[str, dict[str, dict[str, Any]]]:
    """Documents by order key and internal id. Parents known before are asked for together with their orders, and with
    what bears the names of returns and refunds.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {key: {} for key in known}
    owner = {parent: key for key, case in known.items() for parent in case.parents}
    named, asked = _named(shop, known), set[str]()
    also, more = shop.reading.naming(named), True
    while more:
        parents = [one for one in owner if one not in asked]
        asked.update(parents)
        documents = shop.reading.made_from(parents, also) if parents else shop.reading.bearing(also)
        for document in documents:
            made_for = [owner[one] for one in (document["created_from"],) if one in owner]
            keys = dict.fromkeys((*made_for, *shop.reading.owners(document, named)))
            for key in keys:
                found[key][document["id"]] = document
            if keys and document["type"] in PARENT_TYPES:
                owner.setdefault(document["id"], next(iter(keys)))
        more = bool(parents or documents)
    return found


def _named(shop: Shop, known: dict[str, Known]) -> Named:
    """What records about money that left may name, of cases whose order is in NetSuite."""
    names = {
        key: Names(frozenset(case.return_ids), frozenset(case.refund_ids), frozenset(case.customer_ids))
        for key, case in known.items()
        if case.parents
    }
    return Named(names, shop.policy.returns_from)


def _charges(shop: Shop, known: dict[str, Known]) -> list[tuple[str, dict[str, Any]]]:
    """What a person entered for exchanges that never came back, as far as it was seen before (`look_at_charges`)."""
    owners = {one: key for key, case in known.items() for one in case.charges}
    return [(owners[one["id"]], one) for one in shop.reading.by_id(owners)] if owners else []


def _ours(shop: Shop, owners: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Our own records by external id, each with its order."""
    found = shop.reading.by_external_id(owners) if owners else []
    return [(owners[document["external_id"]], document) for document in found]


def _own_ids(shop: Shop, known: dict[str, Known]) -> dict[str, str]:
    """External ids to ask for: records whose answer was lost, and customer refunds, which are made from nothing."""
    wanted: dict[str, str] = {}
    for order_key, case in known.items():
        first = _first_refunds(shop, case) if case.credited else ()
        wanted.update(dict.fromkeys((*case.lost, *case.refunds, *first), order_key))
        deposits = [shop.policy.external_id("SHOP-CD", one) for one in case.deposits]
        deposits += [one for one in case.deposits if one.isdecimal()]
        wanted.update(dict.fromkeys(deposits, order_key))
    return wanted


def _first_goodwill(shop: Shop, documents: Iterable[dict[str, Any]]) -> list[str]:
    """The same of credit memos for refunds without a return."""
    begin = shop.policy.external_id("SHOP-CM", "")
    refunds = (one["external_id"].removeprefix(begin) for one in documents if one["external_id"].startswith(begin))
    return [shop.policy.external_id("SHOP-RF", refund_id, "1") for refund_id in refunds]


def _first_refunds(shop: Shop, case: Known) -> list[str]:
    """External ids of the customer refunds that were written first, should a lost database have decided them."""
    return [shop.policy.external_id("LOOP-RF", return_id, "1") for return_id in case.return_ids]

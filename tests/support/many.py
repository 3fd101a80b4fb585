"""A shop of many years in a database: returns, orders, answers, writes and books, put there without any remote.

`python -m tests.support.many sqlite:///FILE [RETURNS [ORDERS]]` fills a new database.
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table

from ledgerloop.books.accounts import GOODS, RECORDED, REFUND
from ledgerloop.domain.case import WriteState
from ledgerloop.domain.unmapped import not_on_order
from ledgerloop.store import Store, open_store
from ledgerloop.store.account_days import add_to_days
from ledgerloop.store.heads import word_of
from ledgerloop.store.ledger_tables import entries, facts
from ledgerloop.store.order_tables import order_identifications, orders
from ledgerloop.store.page_tables import return_heads, search_words
from ledgerloop.store.tables import cursors, documents, due, findings, journal, loop_returns, outcomes, timeline

SHOP = "main"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""When the shop is looked at."""

DAYS = 365
"""Days over which its returns were begun."""

BATCH = 5000
"""Rows put at a time."""

FIRST_RETURN, FIRST_ORDER = 48_000_000, 5_800_000_000_000

SKUS = [
    f"{kind}-{colour}-{size}" for kind in ("TEE", "HAT", "SOCK", "COAT") for colour in ("BLK", "RED") for size in "SML"
]

CODES = (
    ("attention", "item_not_found", "return_authorization"),
    ("attention", "amount_differs", "refund"),
    ("attention", "gateway_unmapped", "refund"),
    ("waiting", "order_not_fulfilled", "return_authorization"),
    ("waiting", "partly_received", "item_receipt_to_loop"),
)
"""What stands still, and with which code; one return in ten does."""

Row = dict[str, Any]


def fill(store: Store, returns: int = 100_000, orders_: int = 200_000) -> None:
    """Put the shop into an empty database: every second order is of a return, then those without."""
    for table, rows in _all(returns, orders_):
        _put(store, table, rows)
    with store.writing() as tx:
        for remote in ("loop", "shopify", "netsuite"):
            value = (NOW - timedelta(minutes=2)).isoformat()
            tx.execute(cursors.insert().values(shop=SHOP, remote=remote, name="updated", value=value))


def _all(returns: int, orders_: int) -> Iterator[tuple[Table, Iterator[Row]]]:
    def each(make: Callable[[int], Iterator[Row]], count: int) -> Iterator[Row]:
        return (row for number in range(count) for row in make(number))

    yield loop_returns, each(_return, returns)
    yield return_heads, each(_head, returns)
    yield search_words, each(_words, returns)
    yield outcomes, each(_outcome, returns)
    yield findings, each(_finding, returns)
    yield journal, each(_writes, returns)
    yield timeline, each(_events, returns)
    yield documents, each(_documents, returns)
    yield facts, each(_facts, returns)
    yield entries, each(_entries, returns)
    yield due, each(_due, orders_)
    yield orders, each(_order, orders_)
    yield order_identifications, each(_identified, orders_)


def _put(store: Store, table: Table, rows: Iterator[Row]) -> None:
    while some := list(islice(rows, BATCH)):
        with store.writing() as tx:
            tx.execute(table.insert(), some)
            if table is entries:
                add_to_days(tx, some)


def return_id(number: int) -> str:
    """Loop's id of a return."""
    return str(FIRST_RETURN + number)


def order_id(number: int) -> str:
    """Shopify's id of an order; return number n is of order number n."""
    return str(FIRST_ORDER + number)


def email(number: int) -> str:
    """Who bought: everybody buys twice."""
    return f"shopper{number // 2}@example.com"


def _begun(number: int) -> datetime:
    return NOW - timedelta(days=DAYS) * ((number * 7919) % 100_003) / 100_003 - timedelta(hours=1)


def _sku(number: int) -> str:
    return SKUS[number % len(SKUS)]


def _stands(number: int) -> tuple[str, str, str] | None:
    return CODES[number // 10 % len(CODES)] if number % 10 == 0 else None


def body(number: int) -> Row:
    """A return as Loop's details show it."""
    begun = _begun(number).strftime("%Y-%m-%d %H:%M:%S")
    line = {
        "line_item_id": str(71_000_000 + number),
        "provider_line_item_id": str(14_000_000_000 + number),
        "sku": _sku(number),
        "title": f"Article {_sku(number)}",
        "price": "90.00",
        "discount": "10.00",
        "tax": "6.40",
        "return_reason": "Too small",
        "outcome": "default",
    }
    return {
        "id": return_id(number),
        "state": "open" if _stands(number) else "closed",
        "was_processed": _stands(number) is None,
        "outcome": "exchange" if number % 5 == 0 else "refund",
        "created_at": begun,
        "updated_at": begun,
        "order_name": f"#{10_000 + number}",
        "provider_order_id": order_id(number),
        "customer": email(number),
        "currency": "USD",
        "return_total": "86.40",
        "refund": "86.40",
        "line_items": [line],
        "exchanges": [],
    }


def _return(number: int) -> Iterator[Row]:
    at, view = _begun(number), body(number)
    seen = {"details_updated_at": at, "details_seen_at": at, "details_digest": str(number)}
    yield {
        "shop": SHOP,
        "return_id": return_id(number),
        "order_key": order_id(number),
        "state": view["state"],
        "updated_at": at,
        "digest": str(number),
        "details_body": view,
        "first_seen_at": at,
        **seen,
    }


def _head(number: int) -> Iterator[Row]:
    view, at, stands = body(number), _begun(number), _stands(number)
    kind, code, sync = stands or ("settled", "", "")
    yield {
        "shop": SHOP,
        "return_id": return_id(number),
        "order_key": order_id(number),
        "currency": "USD",
        **{name: view[name] for name in ("order_name", "state", "outcome")},
        "email": email(number),
        "amount": 86_400 + number % 1000 * 10,
        "created_at": at,
        "updated_at": at,
        "standing": kind,
        "code": code,
        "sync": sync,
        "since": at if stands else None,
    }


def _words(number: int) -> Iterator[Row]:
    mine = {"shop": SHOP, "order_key": order_id(number)}
    for word in {return_id(number), f"#{10_000 + number}", email(number), _sku(number)}:
        yield {**mine, "word": word_of(word), "return_id": return_id(number)}
    for word in (f"RMA{number}", f"CM{number}"):
        yield {**mine, "word": word_of(word), "return_id": ""}


def _said(number: int) -> Row:
    _, code, sync = _stands(number) or ("", "", "")
    cause = not_on_order(_sku(number)) if code == "item_not_found" else f"{code} of …"
    text = cause.replace("…", return_id(number))
    mine = {"shop": SHOP, "return_id": return_id(number), "sync": sync, "code": code}
    return {**mine, "text": text, "remedy": "Put it right, then retry.", "cause": cause}


def _outcome(number: int) -> Iterator[Row]:
    stands = _stands(number)
    if stands is not None:
        said = _said(number)
        cause = said["cause"] if stands[0] == "attention" else ""
        yield {**said, "kind": stands[0], "since": _begun(number), "until": NOW + timedelta(hours=1), "cause": cause}


def _finding(number: int) -> Iterator[Row]:
    stands = _stands(number)
    if stands is not None and stands[0] == "attention":
        said = {name: value for name, value in _said(number).items() if name != "cause"}
        yield {**said, "first_seen": _begun(number), "last_seen": NOW}


WRITES = (
    ("return_authorization", "returnAuthorization", "RA"),
    ("item_receipt_to_netsuite", "itemReceipt", "IR"),
    ("refund", "creditMemo", "CM"),
    ("refund", "customerRefund", "RF"),
)


def _writes(number: int) -> Iterator[Row]:
    if _stands(number):
        return
    for place, (sync, kind, letters) in enumerate(WRITES):
        at = _begun(number) + timedelta(minutes=place)
        moments = {"decided_at": at, "sent_at": at, "finished_at": at}
        yield {
            "key": f"LOOP-{letters}-{return_id(number)}",
            "shop": SHOP,
            "order_key": order_id(number),
            "return_id": return_id(number),
            "sync": sync,
            "record_type": kind,
            "state": WriteState.DONE.value,
            "draft": {"external_id": f"LOOP-{letters}-{return_id(number)}"},
            "internal_id": str(number),
            **moments,
            "reason": "Loop processed the return.",
            "attempts": 1,
        }


def _events(number: int) -> Iterator[Row]:
    mine = {"shop": SHOP, "order_key": order_id(number), "return_id": return_id(number), "at": _begun(number)}
    yield {**mine, "kind": "seen", "sync": "", "text": f"Loop shows the return {body(number)['state']}", "detail": {}}
    for sync, kind, letters in () if _stands(number) else WRITES:
        detail = {"external_id": f"LOOP-{letters}-{return_id(number)}", "record_type": kind}
        yield {**mine, "kind": "written", "sync": sync, "text": f"{kind} written", "detail": detail}


def _documents(number: int) -> Iterator[Row]:
    if number % 4 or _stands(number):
        return
    head = {
        "tranid": f"CM{number}",
        "status": "A",
        "foreigntotal": "-86.40",
        "memo": f"Loop return {return_id(number)}",
    }
    document = {"id": str(900_000 + number), "type": "CustCred", "head": head, "lines": []}
    mine = {"shop": SHOP, "order_key": order_id(number), "internal_id": document["id"], "type": "CustCred"}
    yield {**mine, "body": document, "digest": str(number), "read_at": NOW, "external_id": "", "created_from": ""}


BOOKED = (("return", REFUND), ("refund", RECORDED), ("credit", GOODS))


def _facts(number: int) -> Iterator[Row]:
    for place, (kind, _) in enumerate(BOOKED):
        yield {
            "id": 3 * number + place + 1,
            "shop": SHOP,
            "order_key": order_id(number),
            "currency": "USD",
            "subject": return_id(number),
            "key": f"{kind}:{number}",
            "version": 1,
            "kind": kind,
            "on_date": _begun(number).date().isoformat(),
            "shows": {"amounts": {}, "names": {}},
            "entered_at": NOW,
        }


def _entries(number: int) -> Iterator[Row]:
    for place, (_, account) in enumerate(BOOKED):
        mine = {"fact_id": 3 * number + place + 1, "shop": SHOP, "subject": return_id(number), "currency": "USD"}
        on = {"on_date": _begun(number).date().isoformat()}
        yield {**mine, **on, "account": account, "amount": 8640}
        yield {**mine, **on, "account": account, "amount": -8640 + (number % 50_000 == 7)}


def _due(number: int) -> Iterator[Row]:
    wakes = NOW + timedelta(hours=1) if _stands(number) else None
    yield {"shop": SHOP, "order_key": order_id(number), "generation": 1, "due_at": wakes, "last_run_at": NOW}


def _order(number: int) -> Iterator[Row]:
    at = _begun(number) - timedelta(days=5)
    yield {
        "shop": SHOP,
        "order_id": order_id(number),
        "name": f"#{10_000 + number}",
        "currency": "USD",
        "channel": "LOOP_EXCH" if number % 20 == 0 else "WEB",
        "method": "STANDARD",
        "source_name": "web",
        "total": "96.40",
        "created_at": at,
        "processed_at": at,
        "updated_at": at,
        "financial_status": "PAID",
        "fulfillment_status": "FULFILLED",
        "customer_id": str(number // 2),
        "payments_known": True,
    }


def _identified(number: int) -> Iterator[Row]:
    mine = {"shop": SHOP, "order_id": order_id(number), "from_at": NOW}
    yield {**mine, "type": "SHOPIFY_ORD_NAME", "value": f"#{10_000 + number}"}
    if number % 2:
        yield {**mine, "type": "NETSUITE_ORDER_ID", "value": str(3_000_000 + number)}


if __name__ == "__main__":
    begun_at = time.monotonic()
    opened = open_store(sys.argv[1])
    fill(opened, *(int(one) for one in sys.argv[2:4]))
    opened.close()
    print(f"filled in {time.monotonic() - begun_at:.0f} s")

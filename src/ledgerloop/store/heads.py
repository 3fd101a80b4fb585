"""What lists and searches need of a return: one small row each, and the words it is found by.

Written in the transaction that stores a view of the return, so that both always agree.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import Connection, delete, or_, update

from ledgerloop.store.page_tables import return_heads, search_words
from ledgerloop.store.sql import batches, insert

LONGEST_WORD: Final = 200
"""Characters of a word; what is longer cannot be searched for."""

_CLAIMS: Final = {"attention": 0, "waiting": 1}
"""Kinds of answers by urgency; all others come after."""


def word_of(text: object) -> str:
    """A word as it is kept and searched: small letters, without the # of an order's name."""
    return str(text or "").strip().lower().removeprefix("#")[:LONGEST_WORD]


def note_head(tx: Connection, shop: str, return_id: str, order_key: str, body: Mapping[str, Any], at: datetime) -> None:
    """Note what the newest view of a return shows; what this view leaves out stays as it was."""
    shown = _shown(body)
    known = {name: value for name, value in shown.items() if value not in ("", None)}
    row = {"created_at": at, **known, "shop": shop, "return_id": return_id, "order_key": order_key}
    adding = insert(tx, return_heads).values(**row)
    tx.execute(
        adding.on_conflict_do_update(index_elements=["shop", "return_id"], set_={**known, "order_key": order_key})
    )
    _put_words(tx, shop, return_id, order_key, _words(return_id, body), whole="line_items" in body)


def note_new_heads(tx: Connection, shop: str, views: Mapping[str, tuple[str, Mapping[str, Any]]], at: datetime) -> None:
    """Note many returns seen for the first time: return id -> order key and view."""
    rows, words = [], []
    for return_id, (order_key, body) in views.items():
        mine = {"shop": shop, "return_id": return_id, "order_key": order_key}
        shown = _shown(body)
        rows.append({**mine, **shown, "amount": shown["amount"] or 0, "created_at": shown["created_at"] or at})
        words += [{**mine, "word": one} for one in sorted(_words(return_id, body))]
    tx.execute(insert(tx, return_heads).on_conflict_do_nothing(), rows)
    tx.execute(insert(tx, search_words).on_conflict_do_nothing(), words)


def _shown(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "order_name": _text(body.get("order_name")),
        "email": _text(body.get("customer")),
        "state": _text(body.get("state")),
        "outcome": _text(body.get("outcome")),
        "currency": _text(body.get("currency")),
        "amount": _thousandths(body.get("return_total")),
        "created_at": _moment(body.get("created_at")),
        "updated_at": _moment(body.get("updated_at")),
    }


def note_words(tx: Connection, shop: str, words: Mapping[str, Iterable[object]]) -> None:
    """Note words by which orders, and all their returns, are found: order key -> words."""
    rows = [
        {"word": word, "shop": shop, "order_key": key, "return_id": ""}
        for key, some in words.items()
        for word in sorted({word_of(one) for one in some} - {""})
    ]
    if rows:
        tx.execute(insert(tx, search_words).on_conflict_do_nothing(), rows)


def note_standing(tx: Connection, shop: str, return_id: str, answers: Iterable[Any]) -> None:
    """Note the most urgent of a return's answers; without any it is settled."""
    ranked = sorted(answers, key=lambda one: (_CLAIMS.get(one.kind, 2), one.since, one.sync))
    row = {"standing": "settled", "code": "", "sync": "", "since": None}
    if ranked:
        first = ranked[0]
        standing = first.code if first.code in ("held", "handled") else first.kind
        row = {"standing": standing, "code": first.code, "sync": first.sync, "since": first.since}
    changed = or_(*(return_heads.c[name].is_distinct_from(value) for name, value in row.items()))
    tx.execute(update(return_heads).filter_by(shop=shop, return_id=return_id).where(changed).values(**row))


def forget_person(tx: Connection, shop: str, order_keys: Collection[str], *, everything: bool = False) -> None:
    """Forget the e-mail addresses that these orders and their returns were found by."""
    for some in [()] if everything else batches(sorted(order_keys)):
        for table, chosen in (
            (search_words, search_words.c.word.contains("@")),
            (return_heads, return_heads.c.email != ""),
        ):
            mine = [table.c.shop == shop, chosen]
            mine += [] if everything else [table.c.order_key.in_(some)]
            gone = delete(table) if table is search_words else update(table).values(email="")
            tx.execute(gone.where(*mine))


def note_numbers(tx: Connection, shop: str, found: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Note NetSuite's numbers and internal ids of documents by which their cases are found: order key -> documents."""
    words = {
        key: [text for one in some for text in (one.get("id"), (one.get("head") or {}).get("tranid"))]
        for key, some in found.items()
    }
    note_words(tx, shop, words)


def _put_words(
    tx: Connection, shop: str, return_id: str, order_key: str, words: Collection[str], *, whole: bool
) -> None:
    mine = {"shop": shop, "return_id": return_id}
    if whole:
        tx.execute(delete(search_words).filter_by(**mine, order_key=order_key))
    rows = [{**mine, "order_key": order_key, "word": word} for word in sorted(words)]
    tx.execute(insert(tx, search_words).on_conflict_do_nothing(), rows)


def _words(return_id: str, body: Mapping[str, Any]) -> set[str]:
    found = [return_id, *(body.get(name) for name in ("order_name", "customer", "tracking_number"))]
    found += [one.get("sku") for one in _rows(body.get("line_items"))]
    found += [one.get(name) for one in _rows(body.get("exchanges")) for name in ("sku", "exchange_order_name")]
    return {word_of(one) for one in found if isinstance(one, str | int)} - {""}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return str(value).strip()[:LONGEST_WORD] if isinstance(value, str | int) else ""


def _thousandths(value: object) -> int | None:
    try:
        amount = Decimal(str(value)) * 1000
    except InvalidOperation:
        return None
    return int(amount) if amount.is_finite() and abs(amount) < 10**15 else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)

"""Finds the returns and orders that a person names, and reads them afresh from all remotes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledgerloop.domain.case import order_subject
from ledgerloop.engine.order_reading import read_whole_order
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.rounds import CaseKey
from ledgerloop.engine.sending import forget_order
from ledgerloop.outcome import NotThere
from ledgerloop.store.order_identifications import NETSUITE_ORDER_ID
from ledgerloop.store.returns import order_key_of


@dataclass(frozen=True)
class Subject:
    """A return or order that somebody named; `return_id` is empty for the order itself."""

    shop_id: str
    return_id: str
    order_key: str

    @property
    def case(self) -> CaseKey:
        """The case it belongs to."""
        return self.shop_id, self.order_key

    @property
    def is_order(self) -> bool:
        """Whether the order itself is meant, not one of its returns."""
        return not self.return_id

    @property
    def about(self) -> str:
        """Its name in journal, answers and timeline."""
        return self.return_id or order_subject(self.order_key)


def split(parts: Parts, name: str) -> tuple[list[Shop], str]:
    """`SHOP:ID` or `ID`: the shops that may be meant, and the id."""
    shop_id, colon, identity = name.rpartition(":")
    if colon and shop_id in parts.shops:
        return [parts.shops[shop_id]], identity
    return list(parts.shops.values()), name


def find_returns(parts: Parts, names: Sequence[str]) -> list[Subject]:
    """The returns of these names: from Loop itself, so that one never seen is found too; unknown ones are left out.

    Raises RemoteProblem when Loop cannot be asked.
    """
    found = []
    for name in names:
        shops, return_id = split(parts, name)
        for shop in shops:
            try:
                body = shop.loop.details(return_id)
            except NotThere:
                continue
            parts.stores.returns.put_details_view(shop.shop_id, return_id, body, parts.clock())
            stored = parts.stores.returns.get(shop.shop_id, return_id)
            key = stored.order_key if stored is not None else order_key_of(return_id, body)
            found.append(Subject(shop.shop_id, return_id, key))
    return found


def find_orders(parts: Parts, names: Sequence[str]) -> list[Subject]:
    """These orders, by Shopify id or order name (with or without #), each followed by its known returns.

    One that was never seen is read from Shopify by its id. Raises RemoteProblem when Shopify cannot be asked.
    """
    found = []
    for name in names:
        shops, wanted = split(parts, name)
        for shop in shops:
            keys = _order_keys(parts, shop, wanted)
            if not keys and wanted.isdecimal() and read_whole_order(parts, shop, wanted):
                keys = [wanted]
            for key in keys:
                found += _of_order(parts, shop, key)
    return found


def known_orders(parts: Parts, names: Sequence[str]) -> list[Subject]:
    """These orders as far as the store knows them, without asking any remote."""
    meant = ((shop, wanted) for name in names for shops, wanted in [split(parts, name)] for shop in shops)
    keys = ((shop, key) for shop, wanted in meant for key in _order_keys(parts, shop, wanted))
    return [one for shop, key in keys for one in _of_order(parts, shop, key) if one.is_order]


def _order_keys(parts: Parts, shop: Shop, wanted: str) -> list[str]:
    """Keys of the cases that are meant: by id, else by the name in the order store, else by the name Loop gives."""
    stores, shop_id = parts.stores, shop.shop_id
    if stores.orders.get(shop_id, wanted) is not None or stores.returns.for_order(shop_id, wanted):
        return [wanted]
    named = stores.orders.ids_by_name(shop_id, [wanted])
    if named:
        return list(named.values())
    returns = (stores.returns.get(shop_id, one) for one in sorted(stores.returns.ids_known(shop_id)))
    bodies = ((one.order_key, one.details_body or one.list_body or {}) for one in returns if one is not None)
    return list(
        dict.fromkeys(key for key, body in bodies if str(body.get("order_name", "")).lstrip("#") == wanted.lstrip("#"))
    )


def _of_order(parts: Parts, shop: Shop, order_key: str) -> list[Subject]:
    stores = parts.stores
    returns = [one.return_id for one in stores.returns.for_order(shop.shop_id, order_key)]
    itself = [""] if stores.orders.get(shop.shop_id, order_key) is not None else []
    return [Subject(shop.shop_id, one, order_key) for one in (*itself, *sorted(returns))]


def reopen(parts: Parts, subject: Subject, *, named: bool) -> None:
    """Let a person have another try, of what was deleted in NetSuite too; an order `named` by them may be sent anew."""
    stores, now, about = parts.stores, parts.clock(), (subject.shop_id, subject.about)
    deleted = any(one.code == "record_gone" for one in stores.outcomes.for_return(*about))
    stores.journal.reopen(*about, now, deleted=deleted)
    if subject.is_order and (deleted or named):
        stores.orders.identify(subject.shop_id, subject.order_key, NETSUITE_ORDER_ID, "", now)


def afresh(parts: Parts, subjects: Sequence[Subject]) -> list[CaseKey]:
    """Drop what is stored about these, read the returns again, and mark their orders due; gives the cases."""
    stores = parts.stores
    cases = list(dict.fromkeys(subject.case for subject in subjects))
    for shop_id, order_key in cases:
        stores.documents.forget(shop_id, order_key)
        stores.source_orders.forget(shop_id, order_key)
        stores.shop_orders.forget(shop_id, order_key)
        forget_order(parts, shop_id, order_key)
    for subject in subjects:
        if subject.return_id:
            body = parts.shops[subject.shop_id].loop.details(subject.return_id)
            with stores.store.writing() as tx:
                stores.returns.forget(subject.shop_id, subject.return_id, tx)
                stores.returns.put_details_view(subject.shop_id, subject.return_id, body, parts.clock(), tx)
    stores.due.mark_all(cases, parts.clock(), "asked for by a person")
    return cases

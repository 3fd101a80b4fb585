"""Finds the returns and orders that a person names, and reads them afresh from all remotes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.rounds import CaseKey
from ledgerloop.outcome import NotThere
from ledgerloop.store.returns import order_key_of


@dataclass(frozen=True)
class Subject:
    """A return that somebody named; `return_id` is empty for an order without known returns."""

    shop_id: str
    return_id: str
    order_key: str

    @property
    def case(self) -> CaseKey:
        """The case it belongs to."""
        return self.shop_id, self.order_key


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
    """Every known return of these orders, named by Shopify id or order name (with or without #)."""
    found = []
    for name in names:
        shops, wanted = split(parts, name)
        for shop in shops:
            for return_id in sorted(parts.stores.returns.ids_known(shop.shop_id)):
                stored = parts.stores.returns.get(shop.shop_id, return_id)
                body = (stored.details_body or stored.list_body or {}) if stored is not None else {}
                names_of = {str(body.get("order_name", "")).lstrip("#"), stored.order_key if stored is not None else ""}
                if stored is not None and wanted.lstrip("#") in names_of:
                    found.append(Subject(shop.shop_id, return_id, stored.order_key))
    return found


def afresh(parts: Parts, subjects: Sequence[Subject]) -> list[CaseKey]:
    """Drop what is stored about these, read the returns again, and mark their orders due; gives the cases."""
    stores = parts.stores
    cases = list(dict.fromkeys(subject.case for subject in subjects))
    for shop_id, order_key in cases:
        stores.documents.forget(shop_id, order_key)
        stores.source_orders.forget(shop_id, order_key)
        stores.shop_orders.forget(shop_id, order_key)
    for subject in subjects:
        if subject.return_id:
            body = parts.shops[subject.shop_id].loop.details(subject.return_id)
            with stores.store.writing() as tx:
                stores.returns.forget(subject.shop_id, subject.return_id, tx)
                stores.returns.put_details_view(subject.shop_id, subject.return_id, body, parts.clock(), tx)
    stores.due.mark_all(cases, parts.clock(), "asked for by a person")
    return cases

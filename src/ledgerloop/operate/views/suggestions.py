"""What no mapping knows yet and what it may be: SKUs, gateways and sources that hold something back, stores and
destinations that fall back to the default. Suggestions only; a person decides.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ledgerloop.domain import mapped
from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.domain.matching import BEGINNING, nearest
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.unmapped import wanted_mapping
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.typed import return_of
from ledgerloop.operate.views.release import waiting_for
from ledgerloop.remotes.netsuite import parse
from ledgerloop.store.lookups import ITEM
from ledgerloop.store.order_list import OrderList
from ledgerloop.store.return_list import Cause, ReturnFilters, ReturnList

MOST = 20
"""Unknown keys that are shown of one kind, those of the most subjects first."""

CAUSES = 200
"""Groups of findings that are looked through."""

RETURNS = 30
"""Newest returns whose destinations and stores are looked at."""

LIKE = 0.4
"""How alike two SKUs of one order must be; of all that is known they must be more alike."""


@dataclass(frozen=True)
class Candidate:
    """What a key may stand for, and why."""

    value: str
    why: str


@dataclass(frozen=True)
class Unknown:
    """A key that no mapping knows. `count`: how many returns and orders have it, as far as was looked."""

    shop: str
    kind: str
    key: str
    count: int
    why: str
    candidates: tuple[Candidate, ...]


def unknown_keys(parts: Parts) -> tuple[Unknown, ...]:
    """Everything that a mapping would help, with what it may be."""
    found = list(_held_back(parts))
    known = {(one.shop, one.kind, one.key.lower()) for one in found}
    for shop in parts.shops.values():
        further = (*_sources(parts, shop), *_places(parts, shop))
        found += [one for one in further if (one.shop, one.kind, one.key.lower()) not in known]
    return tuple(found)


def candidates(parts: Parts, kind: str, key: str, shop_id: str = "") -> tuple[Candidate, ...]:
    """What a key may stand for, by what waits for it; a shop's own numbers are meant, without one the first shop's."""
    waiters = waiting_for(parts, kind, key, shop_id)
    return _candidates(parts, waiters.shop or next(iter(parts.shops)), kind, key, waiters.example)


def _candidates(parts: Parts, shop_id: str, kind: str, key: str, example: str) -> tuple[Candidate, ...]:
    """What a key may stand for; `example` is a return or an order (`order:ID`) that has it."""
    shop = parts.shops.get(shop_id)
    if shop is None:
        return ()
    if kind == mapped.SKU:
        return _items(parts, shop, key, example)
    policy = shop.policy
    if kind == mapped.SOURCE:
        return _channels(policy, key)
    if kind == mapped.LOCATION:
        return _of_others(policy.locations, "default")
    methods = {mapped.PAYMENT_METHOD: policy.payment_methods, mapped.REFUND_ACCOUNT: policy.refund_accounts}
    return _of_others(methods.get(kind, {}), key)


def _held_back(parts: Parts) -> Iterator[Unknown]:
    """What stands still for one mapping, a key once however many codes name it."""
    found: dict[tuple[str, str, str], Unknown] = {}
    for cause in ReturnList(parts.stores.store).causes(CAUSES):
        wanted = wanted_mapping(cause.code, cause.cause)
        if wanted is None or cause.shop not in parts.shops:
            continue
        place = (cause.shop, *wanted)
        if place in found:
            found[place] = replace(found[place], count=found[place].count + cause.count)
        elif len(found) < MOST:
            found[place] = _unknown(parts, cause, *wanted)
    yield from found.values()


def _unknown(parts: Parts, cause: Cause, kind: str, key: str) -> Unknown:
    maybe = _candidates(parts, cause.shop, kind, key, cause.example)
    return Unknown(cause.shop, kind, key, cause.count, cause.cause, maybe)


def _items(parts: Parts, shop: Shop, sku: str, example: str) -> tuple[Candidate, ...]:
    """Items of the example's order first, then items that NetSuite was seen to have, then other aliases."""
    aliases = shop.policy.sku_aliases
    seen = parts.stores.lookups.found(shop.shop_id, ITEM, sku[:BEGINNING])
    known = {key: str(items[0]["internal_id"]) for key, items in seen.items() if len(items) == 1}
    on_order = _on_order(parts, shop, example) if example else {}
    said = [
        *(Candidate(on_order[one], f"{one} on its order") for one in nearest(sku, sorted(on_order), cutoff=LIKE)),
        *(Candidate(known[one], f"{one} in NetSuite") for one in nearest(sku, sorted(known))),
        *(Candidate(aliases[one], f"as {one}") for one in nearest(sku, sorted(aliases)) if one != sku),
    ]
    if not said:
        said = [Candidate(item, f"{one} on its order") for one, item in sorted(on_order.items())[:3]]
    return _each_once(said)


def _on_order(parts: Parts, shop: Shop, example: str) -> dict[str, str]:
    """Items of the order in NetSuite that a return belongs to: SKU -> internal id."""
    if example.startswith(ORDER_SUBJECT):
        return {}
    stored = parts.stores.returns.get(shop.shop_id, example)
    source = parts.stores.source_orders.get(shop.shop_id, stored.order_key) if stored is not None else None
    if source is None:
        return {}
    orders = parse.source_orders(source.documents, "USD", shop.policy.fields)
    return {line.sku: line.item_id for order in orders for line in order.goods if line.sku}


def _sources(parts: Parts, shop: Shop) -> Iterator[Unknown]:
    """Where orders come from whose channel is not known."""
    counted = OrderList(parts.stores.store).unknown_sources(shop.shop_id, MOST)
    known = shop.policy.channels.sources
    for source, number in counted.items():
        if source.lower() not in known:
            why = "orders of this source have no sales channel"
            yield Unknown(shop.shop_id, mapped.SOURCE, source, number, why, _channels(shop.policy, source))


def _channels(policy: Policy, source: str) -> tuple[Candidate, ...]:
    channels = sorted({*policy.channels.sources.values(), *policy.channels.codes})
    words = {name.removesuffix("_SALES_CHANNEL").lower(): name for name in channels}
    return tuple(
        Candidate(words[one], "its name is alike") for one in nearest(source.lower(), sorted(words), cutoff=LIKE)
    )


def _places(parts: Parts, shop: Shop) -> Iterator[Unknown]:
    """Loop's destinations and Shopify's locations of the newest returns that fall back to the default location."""
    counted, locations = Counter[str](), shop.policy.locations
    for head in ReturnList(parts.stores.store).page(ReturnFilters(shop=shop.shop_id), None, RETURNS):
        stored = parts.stores.returns.get(shop.shop_id, head.return_id)
        return_ = return_of(stored) if stored is not None else None
        if return_ is None:
            continue
        stores = {one.shopify_restock_location_id for one in return_.lines}
        keys = [f"loop:{return_.destination_id}"] if return_.destination_id else []
        keys += [f"shopify:{one}" for one in sorted(stores) if one]
        if not any(locations.get(one) for one in keys):
            counted.update(keys)
    why = f"returns go to it (of the newest {RETURNS}), and it stands for no location: the default is used"
    for key, number in counted.most_common(MOST):
        yield Unknown(shop.shop_id, mapped.LOCATION, key, number, why, _of_others(locations, "default"))


def _of_others(values: dict[str, str], like: str) -> tuple[Candidate, ...]:
    """What others of the kind stand for, the one that is most alike first."""
    near = [*(one for one in nearest(like, sorted(values))), *sorted(values)]
    return _each_once(Candidate(values[one], f"as {one}") for one in near)


def _each_once(said: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each value once, three at most."""
    found: dict[str, Candidate] = {}
    for one in said:
        found.setdefault(one.value, one)
    return tuple(found.values())[:3]

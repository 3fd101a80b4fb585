"""Every mapping that holds: built in, from the configuration, imported or set by hand, and which one wins."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ledgerloop.domain import channels, mapped
from ledgerloop.domain.mapped import Entry
from ledgerloop.domain.policy import Policy
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.mappings.entities import ENTITIES
from ledgerloop.store.mappings import StoredMapping

BUILT_IN = "built in"
CONFIG = "configuration"
BY_HAND = "set by hand"
IMPORTED = "imported"

USED = (mapped.ORDER_SOURCE, mapped.PAYMENT_TYPE, mapped.NETSUITE_METHOD, mapped.SALES_CHANNELS)
"""Types of mappings that decide something; the others are kept, for feeds and for export."""

_TYPES = {
    mapped.ENUMERATION: "enumTypeId",
    mapped.SHOP_TYPE: "mappedTypeId",
    mapped.INTEGRATION_TYPE: "integrationTypeId",
    "FacilityIdentification": "facilityIdenTypeId",
}
_VALUES = {
    mapped.ENUMERATION: ("enumCode", "description"),
    "EnumerationType": ("description",),
    mapped.SHOP_TYPE: ("mappedValue",),
    mapped.PAYMENT_METHOD_TYPE: ("paymentMethodCode", "description"),
    mapped.FACILITY: ("externalId", "facilityName"),
}
"""Which fields are shown as the value, where it is not the ones that an entity must have."""


@dataclass(frozen=True)
class Row:
    """A mapping as it is listed. `shop` is empty where it holds for every shop."""

    shop: str
    entity: str
    type: str
    key: str
    value: str
    source: str
    state: str
    """"in effect", "overridden" by another one, or "kept" (decides nothing here)."""
    file: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None

    def as_dict(self) -> dict[str, object]:
        """As one JSON document shows it."""
        shown = dict(vars(self))
        return {**shown, "changed_at": self.changed_at.isoformat() if self.changed_at is not None else None}


def rows(parts: Parts) -> list[Row]:
    """Every mapping of every configured shop."""
    stored = parts.stores.mappings.all()
    taken = {_meaning(one.entry) for one in stored}
    own = {(one.entry.shop, _meaning(one.entry)) for one in stored}
    found = [_of_stored(one, own, tuple(parts.shops)) for one in stored]
    for shop_id, shop in parts.shops.items():
        here = {_meaning(one.entry) for one in stored if one.entry.shop in ("", shop_id)}
        found.extend(_of_config(shop_id, shop.policies.configured, here))
    found.extend(_built_in(taken))
    return sorted(found, key=lambda row: (row.entity, row.type, row.key, row.shop))


def _meaning(entry: Entry) -> tuple[str, str]:
    """What is mapped: two mappings of the same meaning exclude each other."""
    kind = _TYPES.get(entry.kind)
    return (entry.fields.get(kind, "") if kind else entry.kind), entry.key


def _of_stored(one: StoredMapping, own: set[tuple[str, tuple[str, str]]], shops: tuple[str, ...]) -> Row:
    entry = one.entry
    kind = _TYPES.get(entry.kind)
    names = _VALUES.get(entry.kind, ENTITIES[entry.kind].must)
    value = "  ".join(text for name in names if (text := entry.fields.get(name)))
    state = "in effect" if _is_used(entry, shops) else "kept"
    if not entry.shop and all((shop, _meaning(entry)) in own for shop in shops):
        state = "overridden"
    return Row(
        entry.shop,
        entry.kind,
        entry.fields.get(kind, "") if kind else "",
        _shown_key(entry),
        value,
        IMPORTED if one.file else BY_HAND,
        state,
        one.file,
        one.changed_by,
        one.changed_at,
    )


def _shown_key(entry: Entry) -> str:
    """The key as it was written, without the type."""
    names = [name for name in ENTITIES[entry.kind].keys if name != _TYPES.get(entry.kind)]
    return "|".join(entry.fields.get(name, "") for name in names)


def _is_used(entry: Entry, shops: tuple[str, ...]) -> bool:
    if entry.shop and entry.shop not in shops:
        return False
    kind = _TYPES.get(entry.kind)
    if kind is None:
        return entry.kind in (*mapped.OWN_KINDS, mapped.PAYMENT_METHOD_TYPE, mapped.FACILITY, mapped.SHOP_LOCATION)
    if entry.fields.get(kind) == mapped.NETSUITE_METHOD:
        return mapped.is_internal_id(entry.fields.get("mappingValue", ""))
    return entry.fields.get(kind) in USED


def _of_config(shop_id: str, policy: Policy, taken: set[tuple[str, str]]) -> Iterator[Row]:
    for kind, given in (
        (mapped.LOCATION, policy.locations),
        (mapped.PAYMENT_METHOD, policy.payment_methods),
        (mapped.REFUND_ACCOUNT, policy.refund_accounts),
        (mapped.SKU, policy.sku_aliases),
        (mapped.REASON, dict.fromkeys(sorted(policy.keep_item_reasons), mapped.KEEP_ITEM)),
    ):
        for key, value in given.items():
            yield Row(shop_id, kind, "", key, value, CONFIG, _state(kind, key, taken))


def _built_in(taken: set[tuple[str, str]]) -> Iterator[Row]:
    for key, channel in channels.BUILT_IN.items():
        state = _state(mapped.ORDER_SOURCE, key, taken)
        yield Row("", mapped.SHOP_TYPE, mapped.ORDER_SOURCE, key, channel, BUILT_IN, state)


def _state(kind: str, key: str, taken: set[tuple[str, str]]) -> str:
    return "overridden" if (kind, key) in taken else "in effect"

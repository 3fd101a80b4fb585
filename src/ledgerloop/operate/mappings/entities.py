"""Which records a file of mappings may hold: HotWax's entities and our own kinds, with their keys and fields.

Source: github.com hotwax/ofbiz-oms-udm, entity definitions; apache/ofbiz-framework and hotwax/moqui-framework, common
entities (read 2026-11-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledgerloop.domain import mapped

SHOP_FIELD: Final = "shopId"
"""Says for which shop a record holds; HotWax has it on the entities of a shop alone, we take it on every one."""

STAMPS: Final = frozenset({"lastUpdatedStamp", "lastUpdatedTxStamp", "createdStamp", "createdTxStamp"})
"""Fields that every exported entity has and nobody maps by."""


@dataclass(frozen=True)
class Entity:
    """A kind of record: what it is keyed by within a shop, what it must have besides, and what it may have."""

    name: str
    keys: tuple[str, ...]
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field but the shop's, keys first."""
        return (*self.keys, *self.must, *self.may)

    def key_of(self, fields: Mapping[str, str]) -> str:
        """The key of a record; names of sources and gateways are the same in capitals and small letters."""
        parts = [fields.get(name, "").replace("\\", "\\\\").replace("|", "\\|") for name in self.keys]
        key = "|".join(parts)
        return key.lower() if self.name == mapped.SHOP_TYPE else key


ENTITIES: Final[Mapping[str, Entity]] = {
    one.name: one
    for one in (
        Entity("EnumerationType", ("enumTypeId",), may=("description", "parentTypeId", "hasTable")),
        Entity(
            mapped.ENUMERATION,
            ("enumId",),
            ("enumTypeId",),
            (
                *("enumCode", "description", "enumName", "sequenceNum", "sequenceId", "optionValue", "optionIndicator"),
                *("parentEnumId", "relatedEnumId", "relatedEnumTypeId", "statusFlowId"),
            ),
        ),
        Entity(mapped.SHOP_TYPE, ("mappedKey",), ("mappedTypeId", "mappedValue")),
        Entity(
            mapped.INTEGRATION_TYPE,
            ("integrationTypeId", "mappingKey"),
            ("mappingValue",),
            ("integrationMappingId", "integrationRefId", "description"),
        ),
        Entity(
            mapped.PAYMENT_METHOD_TYPE,
            ("paymentMethodTypeId",),
            may=("description", "paymentMethodCode", "defaultGlAccountId"),
        ),
        Entity(mapped.SHOP_LOCATION, ("facilityId",), ("shopifyLocationId",)),
        Entity(
            mapped.FACILITY,
            ("facilityId",),
            may=("externalId", "facilityTypeId", "parentFacilityTypeId", "facilityName", "ownerPartyId", "description"),
        ),
        Entity("FacilityIdentification", ("facilityIdenTypeId", "facilityId"), ("idValue",), ("fromDate", "thruDate")),
        *(Entity(kind, ("key",), ("value",)) for kind in mapped.OWN_KINDS),
    )
}
"""Every record that is taken, by its name."""

OWN_TYPES: Final[Mapping[str, str]] = {
    mapped.SKU: "LEDGERLOOP_SKU",
    mapped.LOCATION: "LEDGERLOOP_LOCATION",
    mapped.PAYMENT_METHOD: "LEDGERLOOP_PMT_MTHD",
    mapped.REFUND_ACCOUNT: "LEDGERLOOP_REFUND_ACCT",
    mapped.REASON: "LEDGERLOOP_REASON",
}
"""Our own kinds in entity XML: an IntegrationTypeMapping of this type."""

SOURCE: Final = mapped.SOURCE
CHANNEL: Final = "channel"

SHORT: Final = (SOURCE, CHANNEL, *mapped.OWN_KINDS)
"""Kinds that a person may name with a key and a value; besides them any type SHOPIFY_… and NETSUITE_…."""


def from_short(kind: str, key: str, value: str) -> tuple[str, dict[str, str]] | None:
    """The entity and fields of a kind that is named with a key and a value; None where there is no such kind."""
    if kind in mapped.OWN_KINDS:
        return kind, {"key": key, "value": value}
    if kind == CHANNEL:
        return mapped.ENUMERATION, {"enumId": key, "enumTypeId": mapped.SALES_CHANNELS, "enumCode": value}
    if kind == SOURCE or kind.startswith("SHOPIFY_"):
        type_id = mapped.ORDER_SOURCE if kind == SOURCE else kind
        return mapped.SHOP_TYPE, {"mappedTypeId": type_id, "mappedKey": key, "mappedValue": value}
    if kind.startswith("NETSUITE_"):
        return mapped.INTEGRATION_TYPE, {"integrationTypeId": kind, "mappingKey": key, "mappingValue": value}
    return None


def own_kind(name: str, fields: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A record of entity XML as what it is: our own kinds come as IntegrationTypeMapping of a type of ours."""
    kinds = {type_id: kind for kind, type_id in OWN_TYPES.items()}
    kind = kinds.get(fields.get("integrationTypeId", "")) if name == mapped.INTEGRATION_TYPE else None
    if kind is None:
        return name, dict(fields)
    renamed = {"mappingKey": "key", "mappingValue": "value"}
    return kind, {renamed.get(field, field): text for field, text in fields.items() if field != "integrationTypeId"}

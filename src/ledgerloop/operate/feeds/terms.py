"""What the rows of an order need beside its draft: names of discount items, and what the merchant's mappings say.

Source: docs.hotwax.co, NetSuite integration mappings; facility identifications (read 2026-11-21).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ledgerloop.domain.mapped import INTEGRATION_TYPE, SHOP_LOCATION, Entry
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.operate.feeds.rows import Terms
from ledgerloop.remotes.netsuite.client import NetSuiteClient
from ledgerloop.remotes.netsuite.suiteql import marks

SHIPPING_METHOD: Final = "NETSUITE_SHP_MTHD"
PRICE_LEVEL: Final = "NETSUITE_PRICE_LEVEL"
TAX_CODE: Final = "NETSUITE_TAX_CODE"
FALLBACK: Final = "DEFAULT"
DEPARTMENT: Final = "ORDR_ORGN_DPT"
FACILITY_IDENTIFICATION: Final = "FacilityIdentification"


@dataclass(frozen=True)
class Mapped:
    """The mappings that feeds use: by type and key of IntegrationTypeMapping, and departments by Shopify location."""

    types: Mapping[tuple[str, str], str]
    departments: Mapping[str, str]

    def first(self, type_id: str, *keys: str) -> str:
        """The value of the first of these keys that is mapped; empty if none is."""
        return next((found for key in keys if key and (found := self.types.get((type_id, key.lower())))), "")


def mapped(entries: Iterable[Entry], shop_id: str) -> Mapped:
    """Pick what a shop's feeds use; its own mappings win over those of every shop."""
    mine = sorted((one for one in entries if one.shop in ("", shop_id)), key=lambda one: one.shop != "")
    types = {
        (one.fields.get("integrationTypeId", ""), one.fields.get("mappingKey", "").lower()): one.fields["mappingValue"]
        for one in mine
        if one.kind == INTEGRATION_TYPE and one.fields.get("mappingValue")
    }
    departments = {
        one.fields.get("facilityId", ""): one.fields.get("idValue", "")
        for one in mine
        if one.kind == FACILITY_IDENTIFICATION and DEPARTMENT in one.fields.values()
    }
    stores = [one.fields for one in mine if one.kind == SHOP_LOCATION]
    by_location = {one.get("shopifyLocationId", ""): departments.get(one.get("facilityId", ""), "") for one in stores}
    return Mapped(types, by_location)


def terms_of(order: Order, channel: str, policy: Policy, said: Mapped, item_names: Mapping[str, str]) -> Terms:
    """The terms of one order. A channel without a name goes by its id; methods are looked up by code, then title."""
    keys = [key for one in order.shipping for key in (one.code, one.title)]
    return Terms(
        items=policy.items,
        item_names=item_names,
        channel=policy.channels.names.get(channel, channel),
        price_level=said.first(PRICE_LEVEL, "PRICE_LEVEL") or "Custom",
        tax_code=said.first(TAX_CODE, FALLBACK),
        shipping_method=said.first(SHIPPING_METHOD, *keys, "STANDARD", FALLBACK),
        department=said.departments.get(order.retail_location_id, ""),
    )


def discount_names(netsuite: NetSuiteClient, policy: Policy) -> dict[str, str]:
    """NetSuite's names of the configured discount items, by internal id; one that NetSuite does not show is left out.

    Raises RemoteProblem. Source: docs.oracle.com, SuiteQL, table item, column itemid (read 2026-11-21).
    """
    ids = sorted({one for one in (policy.items.loop_discount, policy.items.order_discount) if one})
    if not ids:
        return {}
    sql = f"SELECT id, itemid FROM item WHERE id IN ({marks(ids)})"  # noqa: S608  (marks only)
    return {row["id"]: row["itemid"] for row in netsuite.query(sql, ids) if row.get("itemid")}

"""What the merchant's mappings change about a shop's policy: they win over the configuration, which wins over what is
built in.

Source: github.com hotwax/ofbiz-oms-udm, entity model; docs.hotwax.co, integration mappings (read 2026-11-21).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ledgerloop.domain.channels import Channels
from ledgerloop.domain.policy import Policy

ENUMERATION: Final = "Enumeration"
SHOP_TYPE: Final = "ShopifyShopTypeMapping"
INTEGRATION_TYPE: Final = "IntegrationTypeMapping"
PAYMENT_METHOD_TYPE: Final = "PaymentMethodType"
SHOP_LOCATION: Final = "ShopifyShopLocation"
FACILITY: Final = "Facility"

SOURCE: Final = "source"
"""Kind by which a person names a mapping of type SHOPIFY_ORDER_SOURCE."""

SKU: Final = "sku"
LOCATION: Final = "location"
PAYMENT_METHOD: Final = "payment_method"
REFUND_ACCOUNT: Final = "refund_account"
REASON: Final = "reason"

OWN_KINDS: Final = (SKU, LOCATION, PAYMENT_METHOD, REFUND_ACCOUNT, REASON)
"""Kinds of our own; each has a `key` and a `value`."""

KEEP_ITEM: Final = "keep_item"
"""Value of a reason whose goods stay with the shopper; any other value says that they come back."""

SALES_CHANNELS: Final = "ORDER_SALES_CHANNEL"
ORDER_SOURCE: Final = "SHOPIFY_ORDER_SOURCE"
PAYMENT_TYPE: Final = "SHOPIFY_PAYMENT_TYPE"
NETSUITE_METHOD: Final = "NETSUITE_PMT_MTHD"
FALLBACK: Final = "DEFAULT"
"""Key of the payment method where no other is mapped. Source: docs.hotwax.co, payment methods (read 2026-11-21)."""


@dataclass(frozen=True)
class Entry:
    """One mapping. `shop` is empty where it holds for every shop; `kind` is an entity's name or one of our own."""

    shop: str
    kind: str
    key: str
    fields: Mapping[str, str]

    @property
    def value(self) -> str:
        """Value of a mapping of our own kinds."""
        return self.fields.get("value", "")

    def of_type(self, kind: str, field: str, type_id: str) -> bool:
        """Whether this is an entity whose type field says so."""
        return self.kind == kind and self.fields.get(field) == type_id


def with_mappings(policy: Policy, entries: Iterable[Entry]) -> Policy:
    """The policy as these mappings change it; a shop's own win over those of every shop, later ones over earlier."""
    mine = sorted((one for one in entries if one.shop in ("", policy.shop_id)), key=lambda one: one.shop != "")
    if not mine:
        return policy
    return replace(
        policy,
        channels=_channels(policy.channels, mine),
        payment_methods={**policy.payment_methods, **_methods(mine), **_own(mine, PAYMENT_METHOD)},
        refund_accounts={**policy.refund_accounts, **_own(mine, REFUND_ACCOUNT)},
        locations={**policy.locations, **_store_locations(mine), **_own(mine, LOCATION)},
        sku_aliases={**policy.sku_aliases, **_own(mine, SKU)},
        keep_item_reasons=_kept(policy.keep_item_reasons, mine),
    )


def is_internal_id(text: str) -> bool:
    """Whether this can be an internal id of NetSuite: a number, negative for its built-in records."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= 18


def _own(entries: list[Entry], kind: str) -> dict[str, str]:
    return {one.fields["key"]: one.value for one in entries if one.kind == kind}


def _channels(before: Channels, entries: list[Entry]) -> Channels:
    sources = {
        one.fields["mappedKey"].lower(): one.fields["mappedValue"]
        for one in entries
        if one.of_type(SHOP_TYPE, "mappedTypeId", ORDER_SOURCE)
    }
    channels = [one.fields for one in entries if one.of_type(ENUMERATION, "enumTypeId", SALES_CHANNELS)]
    codes = {one["enumId"]: one["enumCode"] for one in channels if one.get("enumCode")}
    names = {one["enumId"]: one["description"] for one in channels if one.get("description")}
    return Channels({**before.sources, **sources}, {**before.codes, **codes}, {**before.names, **names})


def _methods(entries: list[Entry]) -> dict[str, str]:
    """NetSuite payment methods by gateway, by way of HotWax's payment types; names instead of ids are left out."""
    mapped = {
        one.fields["mappingKey"]: one.fields.get("mappingValue", "")
        for one in entries
        if one.of_type(INTEGRATION_TYPE, "integrationTypeId", NETSUITE_METHOD)
    }
    methods = {key: value for key, value in mapped.items() if is_internal_id(value)}
    types = {
        one.fields["paymentMethodCode"]: one.fields["paymentMethodTypeId"]
        for one in entries
        if one.kind == PAYMENT_METHOD_TYPE and one.fields.get("paymentMethodCode")
    }
    types |= {
        one.fields["mappedKey"]: one.fields["mappedValue"]
        for one in entries
        if one.of_type(SHOP_TYPE, "mappedTypeId", PAYMENT_TYPE)
    }
    found = {"default" if key == FALLBACK else key: value for key, value in methods.items()}
    return found | {gateway: methods[kind] for gateway, kind in types.items() if kind in methods}


def _store_locations(entries: list[Entry]) -> dict[str, str]:
    """NetSuite locations of Shopify's, by way of HotWax's facilities, whose external id is the NetSuite location.

    Source: github.com hotwax/mantle-netsuite-connector, order feed, location (read 2026-11-21).
    """
    ids = {one.fields["facilityId"]: one.fields.get("externalId", "") for one in entries if one.kind == FACILITY}
    stores = [one.fields for one in entries if one.kind == SHOP_LOCATION and one.fields.get("shopifyLocationId")]
    found = {f"shopify:{one['shopifyLocationId']}": ids.get(one["facilityId"], "") for one in stores}
    return {key: location for key, location in found.items() if is_internal_id(location)}


def _kept(before: frozenset[str], entries: list[Entry]) -> frozenset[str]:
    said = _own(entries, REASON)
    kept = {reason for reason, value in said.items() if value == KEEP_ITEM}
    return (before - said.keys()) | kept

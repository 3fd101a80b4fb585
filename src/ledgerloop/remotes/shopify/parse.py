"""Reads Shopify's order into a `ShopOrder`: ids as digits, amounts held to the currency's minor unit.

Source: shopify.dev Admin GraphQL API 2026-10, Order, OrderTransaction, Refund (read 2026-11-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopOrder, ShopRefund, ShopTransaction
from ledgerloop.domain.recognise import LOOP_DISCOUNT
from ledgerloop.remotes.shopify.plain import discount_code

LOOP_APP: Final = "1662707"
"""Shopify's id of the app Loop Returns & Exchanges. Source: help.loopreturns.com gift cards (read 2026-11-21)."""

Node = Mapping[str, Any]
"""An object of a GraphQL answer."""


@dataclass(frozen=True)
class Access:
    """What the app may do, in which shop. `supported_versions` are API versions, such as 2026-10."""

    scopes: frozenset[str]
    app_title: str
    shop_name: str
    myshopify_domain: str
    currency: str
    time_zone: str
    taxes_included: bool
    supported_versions: tuple[str, ...]


def may_use_credit(node: Node) -> bool:
    """Say whether return credit may have paid part of the order: by a discount of its name, or because Loop made it."""
    codes = {str(code).lower() for code in node.get("discountCodes") or ()}
    codes |= {discount_code(one).lower() for one in _nodes(node, "discountApplications")}
    return LOOP_DISCOUNT in codes or _is_made_by_loop(node)


def _is_made_by_loop(node: Node) -> bool:
    return str((node.get("app") or {}).get("id") or "").rpartition("/")[2] == LOOP_APP


def parse_order(node: Node) -> ShopOrder:
    """Read an order as `order_money` gives it. Raises ValueError where something that money depends on is missing."""
    for key in (
        "id",
        "name",
        "currencyCode",
        "updatedAt",
        "totalPriceSet",
        "totalReceivedSet",
        "transactions",
        "refunds",
    ):
        if node.get(key) is None:
            raise ValueError(f"a Shopify order without `{key}`: it holds {', '.join(sorted(node)[:8]) or 'nothing'}")
    return ShopOrder(
        shopify_order_id=digits_of(node["id"]),
        name=str(node["name"]),
        currency=str(node["currencyCode"]),
        presentment_currency=str(node.get("presentmentCurrencyCode") or node["currencyCode"]),
        taxes_included=node.get("taxesIncluded") is True,
        processed_at=_moment(node.get("processedAt")),
        updated_at=_needed_moment(node["updatedAt"]),
        total=_shop_money(node["totalPriceSet"]),
        received=_shop_money(node["totalReceivedSet"]),
        credit_used=_credit_used(node),
        transactions=tuple(_transaction(one) for one in node["transactions"]),
        refunds=tuple(_refund(one, taxes_included=node.get("taxesIncluded") is True) for one in node["refunds"]),
        shopify_location_id=str((node.get("retailLocation") or {}).get("legacyResourceId") or ""),
        presentment_total=_shoppers_money(node["totalPriceSet"]),
        presentment_credit_used=_presentment_credit(node),
        financial_status=str(node.get("displayFinancialStatus") or "").upper(),
        made_by_loop=_is_made_by_loop(node),
    )


def parse_access(data: Node) -> Access:
    """Read the answer to `Access`."""
    installation = data["currentAppInstallation"]
    shop = data["shop"]
    return Access(
        scopes=frozenset(str(scope["handle"]) for scope in installation["accessScopes"]),
        app_title=str((installation.get("app") or {}).get("title") or ""),
        shop_name=str(shop.get("name") or ""),
        myshopify_domain=str(shop.get("myshopifyDomain") or ""),
        currency=str(shop.get("currencyCode") or ""),
        time_zone=str(shop.get("ianaTimezone") or ""),
        taxes_included=shop.get("taxesIncluded") is True,
        supported_versions=tuple(
            str(one["handle"]) for one in data.get("publicApiVersions") or () if one.get("supported")
        ),
    )


def digits_of(gid: object) -> str:
    """The digits at the end of a global id, or of text that is digits already. Raises ValueError on anything else."""
    digits = str(gid).partition("?")[0].rpartition("/")[2]
    if not digits.isdecimal():
        raise ValueError(f"not an id of Shopify's: {gid!r}")
    return digits


def _credit_used(node: Node) -> Money:
    """Sum what the return credit's discount took off lines and shipping: the split, not the discount's promise."""
    if may_use_credit(node) and node.get("lineItems") is None:
        raise ValueError("a Shopify order made with return credit, without its discount allocations")
    return Money.total((_shop_money(one) for one in _credits(node)), str(node["currencyCode"]))


def _presentment_credit(node: Node) -> Money | None:
    """The same in the shopper's currency; None where every amount is in shop currency."""
    credit = [_shoppers_money(one) for one in _credits(node)]
    stated = [one for one in credit if one is not None]
    return Money.total(stated, stated[0].currency) if stated else None


def _credits(node: Node) -> list[Node]:
    owners = [*_nodes(node, "lineItems"), *_nodes(node, "shippingLines")]
    allocations = (one for owner in owners for one in owner.get("discountAllocations") or ())
    return [one["allocatedAmountSet"] for one in allocations if _is_credit(one["discountApplication"])]


def _is_credit(application: Node) -> bool:
    return discount_code(application).lower() == LOOP_DISCOUNT


def _nodes(node: Node, field: str) -> list[Node]:
    return list((node.get(field) or {}).get("nodes") or ())


def _refund(node: Node, *, taxes_included: bool) -> ShopRefund:
    belongs_to = node.get("return") or {}
    lines = _nodes(node, "refundShippingLines")
    shipping = [one["subtotalAmountSet"] for one in lines]
    if not taxes_included:
        shipping += [one["taxAmountSet"] for one in lines]
    return ShopRefund(
        refund_id=digits_of(node["id"]),
        created_at=_moment(node.get("createdAt")),
        shopify_return_id=digits_of(belongs_to["id"]) if belongs_to.get("id") else "",
        return_name=str(belongs_to.get("name") or ""),
        transactions=tuple(_transaction(one) for one in node["transactions"]["nodes"]),
        shipping=_sums(shipping),
        duties=_sums([one["amountSet"] for one in node.get("duties") or ()]),
    )


def _sums(bags: list[Node]) -> tuple[Money, ...]:
    """Sums by currency, of both money sets; empty where there is nothing."""
    both = [_shop_money(bag) for bag in bags]
    both += [one for bag in bags if (one := _shoppers_money(bag)) is not None]
    currencies = dict.fromkeys(one.currency for one in both)
    sums = (Money.total((one for one in both if one.currency == currency), currency) for currency in currencies)
    return tuple(one for one in sums if one)


def _transaction(node: Node) -> ShopTransaction:
    parent = node.get("parentTransaction") or {}
    return ShopTransaction(
        transaction_id=digits_of(node["id"]),
        kind=str(node["kind"]).upper(),
        status=str(node["status"]).upper(),
        gateway=str(node.get("gateway") or ""),
        amount=_shop_money(node["amountSet"]),
        presentment_amount=_money(node["amountSet"].get("presentmentMoney") or node["amountSet"]["shopMoney"]),
        processed_at=_moment(node.get("processedAt")),
        parent_id=digits_of(parent["id"]) if parent.get("id") else "",
        test=node.get("test") is True,
    )


def _shop_money(money_bag: Node) -> Money:
    return _money(money_bag["shopMoney"])


def _shoppers_money(money_bag: Node) -> Money | None:
    """The presentment money, where it is in another currency than the shop's."""
    theirs, shops = money_bag.get("presentmentMoney"), money_bag["shopMoney"]
    return _money(theirs) if theirs and theirs["currencyCode"] != shops["currencyCode"] else None


def _money(node: Node) -> Money:
    return Money.of(node["amount"], str(node["currencyCode"]))


def _needed_moment(value: object) -> datetime:
    moment = _moment(value)
    if moment is None:
        raise ValueError("a Shopify order without `updatedAt`")
    return moment


def _moment(value: object) -> datetime | None:
    """Read ISO 8601; what has no offset is UTC."""
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

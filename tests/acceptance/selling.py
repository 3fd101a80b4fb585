"""Exchange orders in a shop's days: what Loop makes in Shopify, what is written about it, and what the books say."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.acceptance.trade import Record, Trade
from tests.support.sandbox import parts_of

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "shopify"

AT_ONCE = "settle_s = 0"
"""Orders are sent as soon as they are seen."""

OLD = 'returns_from = "2025-01-01"'
"""A cut-over before the samples' dates."""

ABOUT_ORDERS = ("salesOrder", "cashSale", "customer", "customerDeposit")


def sample(kind: str) -> Record:
    """A body of orders/create: an exchange order of Loop's, `online` or `pos`."""
    return dict(json.loads((SAMPLES / f"orders_create_loop_{kind}.json").read_text()))


def sold(trade: Trade) -> list[Record]:
    """The records about orders that we wrote, by external id."""
    found = [one for one in trade.sandbox.records() if one["type"] in ABOUT_ORDERS]
    return sorted((one for one in found if "SHOP-" in str(one["externalId"])), key=lambda one: str(one["externalId"]))


def totals_by_id(trade: Trade) -> dict[str, str]:
    """Totals of the records about orders that we wrote."""
    return {str(one["externalId"]): str(one["total"]) for one in sold(trade)}


def exchange(trade: Trade, order: Record, price: str, **wish: Any) -> str:
    """A shopper wants another tee of this price for the first one; gives Loop's return id."""
    sku = "TEE-L" if price == "100.00" else f"TEE-{price}"
    return trade.wants_back(order, exchange=[{"sku": sku, "price": price, "tax_rate": "0.08"}], **wish)


def exchange_order(trade: Trade, return_id: str) -> str:
    """Shopify id of the order that Loop made for the exchange."""
    return str(trade.loop(return_id)["exchange_order_id"])


def ship_and_bill(trade: Trade, order_id: str) -> None:
    """The warehouse ships a sales order, and it is billed; deposits pay the invoice."""
    trade.act("fulfil", order_id=order_id)
    trade.act("bill", order_id=order_id)


def said_of(trade: Trade, order_id: str) -> dict[str, str]:
    """What waits or needs attention about the order itself: sync -> code."""
    return trade.said(f"order:{order_id}")


def story(trade: Trade, name: str) -> Record:
    """What `show --order` says."""
    done = trade.command("show", "--order", name, "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def netsuite_ids(trade: Trade, order_id: str) -> dict[str, str]:
    """The valid identifications of an order in the order store."""
    with parts_of(trade.config) as parts:
        listed = parts.stores.orders.identifications("main", order_id)
        lines = parts.stores.orders.line_ids("main", order_id)
    return {one.type: one.value for one in listed if one.thru_at is None} | lines


def nothing_more(trade: Trade) -> None:
    """Another sync writes nothing anywhere."""
    before = trade.writes()
    trade.sync()
    assert trade.writes() == before


def clearing(trade: Trade) -> Decimal:
    """The balance of the exchange clearing account."""
    return trade.books().get("exchange_clearing", Decimal(0))

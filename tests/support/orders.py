"""Orders for tests: typed ones, and bodies as Shopify's webhooks carry them."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Address, Allocation, Buyer, Order, OrderLine, ShippingCharge, TaxShare
from ledgerloop.domain.orders import RefundedLine, ShopRefund, ShopTransaction

SAMPLES = Path(__file__).parents[1] / "samples" / "shopify"
CREATED_AT = datetime(2026, 11, 3, 15, 15, 30, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def body(sample: str = "orders_create_loop_online", /, **changes: Any) -> dict[str, Any]:
    """A webhook's body about an order, with these keys changed."""
    read: dict[str, Any] = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))
    return copy.deepcopy({**read, **changes})


def raw(view: object) -> bytes:
    return json.dumps(view).encode()


def payment(transaction_id: str = "7001", amount: str = "98.00", kind: str = "SALE") -> ShopTransaction:
    return ShopTransaction(
        transaction_id, kind, "SUCCESS", "shopify_payments", usd(amount), usd(amount), CREATED_AT, test=False
    )


def an_order(order_id: str = "5930000000001", **changes: Any) -> Order:
    """An order with everything that an order can have."""
    whole = Order(
        shopify_order_id=order_id,
        name=f"#{order_id[-4:]}",
        app_id="580111",
        app_title="Online Store",
        source_name="web",
        test=False,
        currency="USD",
        taxes_included=False,
        created_at=CREATED_AT,
        processed_at=CREATED_AT,
        updated_at=CREATED_AT,
        cancelled_at=None,
        financial_status="PAID",
        fulfillment_status="UNFULFILLED",
        note="Leave it with Dana’s neighbour",
        note_attributes=(("originating_order_name", "#1042"), ("gift", "for Dana")),
        tags=("vip", "#1042"),
        buyer=Buyer("7100000000007", "Dana", "Reyes", "dana@example.com", "+15125550101"),
        shipping_address=Address("Dana Reyes", "", "1 Main St", "", "Austin", "TX", "78701", "US"),
        billing_address=Address("Dana Reyes", "", "1 Main St", "", "Austin", "TX", "78701", "US"),
        lines=(
            OrderLine(
                shopify_line_id="1510001",
                sku="LINEN-L",
                title="Linen Shirt",
                quantity=2,
                unit_price=usd("50.00"),
                current=2,
                fulfilled=0,
                variant_id="441",
                product_id="811",
                allocations=(
                    Allocation(usd("9.00"), "TENOFF", "TENOFF", whole_order=True),
                    Allocation(usd("1.00"), "A scratch"),
                ),
                taxes=(TaxShare("State", "0.0625", usd("5.63")), TaxShare("City", "0.0175", usd("1.57"))),
            ),
            OrderLine("1510002", "", "Engraving", 1, usd("5.00"), 1, 0, requires_shipping=False),
        ),
        shipping=(
            ShippingCharge("Standard", "STD", usd("10.00"), (Allocation(usd("10.00"), "FREESHIP", "FREESHIP"),)),
        ),
        total=usd("103.20"),
        total_tax=usd("7.20"),
        total_discounts=usd("20.00"),
        tip=usd("1.00"),
        transactions=(payment(),),
        refunds=(
            ShopRefund(
                "8801",
                CREATED_AT,
                "9901",
                "#1042-R1",
                (payment("7002", "48.00", "REFUND"),),
                (RefundedLine("1510001", 1, usd("45.00"), usd("3.60"), "61200000001"),),
            ),
        ),
        payments_known=True,
        retail_location_id="61200000001",
        fulfilment_location_ids=("61200000001",),
    )
    return replace(whole, **changes)

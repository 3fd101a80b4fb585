"""Orders to be sent, made by hand: Loop's exchange order of one tee at 100.00, and whatever a test adds or changes."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from ledgerloop.domain.case import Case, Sending, order_subject
from ledgerloop.domain.documents import Document
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import FoundCustomer, FoundItem, InNetSuite
from ledgerloop.domain.order_store import Address, Allocation, Buyer, Order, OrderLine, TaxShare
from ledgerloop.domain.orders import ShopTransaction, SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Exchange, Return
from tests.support import cases
from tests.support.cases import NOW, minutes, unit, usd

EXCHANGE = "5930"
"""Shopify's id of the exchange order."""

SELLS: Policy = replace(
    cases.POLICY,
    items=replace(cases.POLICY.items, custom_line="908", tip="909"),
    exchange_clearing_account="230",
    upsell_account="156",
)
"""A merchant with everything mapped that orders need."""

HOME = Address("Dana Reyes", "", "1 Main St", "", "Austin", "TX", "78701", "US")
DANA = Buyer("7", "Dana", "Reyes", "dana@example.com")
AT = NOW - minutes(60)
"""When every order was made."""


def loop_code(amount: str) -> Allocation:
    """Return credit used on a line."""
    return Allocation(usd(amount), "loop-discount", "loop-discount", True)


def taxed(amount: str, rate: str = "0.08") -> tuple[TaxShare, ...]:
    return (TaxShare("Sales tax", rate, usd(amount)),)


def line(price: str = "100.00", *allocations: Allocation, number: int = 1, **changes: Any) -> OrderLine:
    """One TEE-L at this price."""
    made = OrderLine(f"151{number}", "TEE-L", "Tee", 1, usd(price), 1, 0, "44", "81", allocations=allocations)
    return replace(made, **changes)


def paid(amount: str, gateway: str = "shopify_payments", number: str = "61", **changes: Any) -> ShopTransaction:
    """A successful payment."""
    return replace(ShopTransaction(number, "SALE", "SUCCESS", gateway, usd(amount), usd(amount), AT), **changes)


def order(*lines: OrderLine, total: str, **changes: Any) -> Order:
    """Loop's exchange order of these lines, placed online an hour ago."""
    tax = Money.total((one.amount for each in lines for one in each.taxes), "USD")
    off = Money.total((one.amount for each in lines for one in each.allocations), "USD")
    made = Order(
        shopify_order_id=EXCHANGE,
        name="EXC-1001",
        app_id="1662707",
        app_title="Loop Returns & Exchanges",
        source_name="1662707",
        test=False,
        currency="USD",
        taxes_included=False,
        created_at=AT,
        processed_at=AT,
        updated_at=AT,
        cancelled_at=None,
        financial_status="PAID",
        fulfillment_status="UNFULFILLED",
        note="Loop exchange for order #1001",
        note_attributes=(("originating_order_id", "5920"), ("originating_order_name", "#1001")),
        tags=("#1001",),
        buyer=DANA,
        shipping_address=HOME,
        billing_address=HOME,
        lines=lines,
        shipping=(),
        total=usd(total),
        total_tax=tax,
        total_discounts=off,
        tip=usd(0),
        payments_known=True,
    )
    return replace(made, **changes)


def even(**changes: Any) -> Order:
    """One tee for one tee: 100.00 paid by the discount, 8.00 of tax by the rest of the credit."""
    return order(line("100.00", loop_code("100.00"), taxes=taxed("8.00")), total="8.00", **changes)


def in_store(made: Order) -> Order:
    """The same order, completed in the store."""
    done = tuple(replace(one, fulfilled=one.quantity) for one in made.lines)
    return replace(
        made,
        shipping_address=None,
        billing_address=None,
        fulfillment_status="FULFILLED",
        retail_location_id="612",
        lines=done,
    )


def exchanged(credit: str, *, upsell: str = "0", gives: str = "108.00", **changes: Any) -> Return:
    """Loop's processed return of one tee, exchanged for the order."""
    sums = cases.totals((unit(),), refund=usd(0))
    whole = usd(gives)
    sums = replace(
        sums,
        return_total=whole,
        exchange_credit=usd(credit),
        exchange_total=usd(credit) + usd(upsell),
        refund=whole - usd(credit),
        upsell=usd(upsell),
    )
    new = Exchange("9001", "TEE-L", usd(credit) + usd(upsell), EXCHANGE, "EXC-1001")
    return cases.processed(**{"totals": sums, "exchanges": (new,), "refunds": (), **changes})


def known(**changes: Any) -> InNetSuite:
    """Dana and the tee, found in NetSuite."""
    dana = FoundCustomer("107", "SHOP-CUST-7", "dana@example.com", "1", False)
    items: dict[str, tuple[FoundItem, ...]] = {"TEE-L": (FoundItem("502", "TEE-L", "InvtPart", False),)}
    return replace(InNetSuite((dana,), items), **changes)


def selling(made: Order, *by: Return, documents: tuple[Document, ...] = (), **changes: Any) -> Case:
    """The order's case as seen now, everything read, nothing of it in NetSuite yet."""
    whole = {"order": made, "exchanged_by": by, "in_netsuite": known(), **changes.pop("sending", {})}
    return Case(
        shop_id="main",
        shopify_order_id=made.shopify_order_id,
        as_of=changes.pop("as_of", NOW),
        returns=changes.pop("returns", ()),
        documents=documents,
        periods=changes.pop("periods", (cases.month("2026-02"), cases.month("2026-03"), cases.month("2026-04"))),
        sending=Sending(**whole),
        focus=order_subject(made.shopify_order_id),
        **changes,
    )


def there(total: str, kind: str = "salesOrder", external_id: str = "", **changes: Any) -> SourceOrder:
    """The order in NetSuite, written by us unless told otherwise."""
    ours = {"salesOrder": f"SHOP-SO-{EXCHANGE}", "cashSale": f"SHOP-CS-{EXCHANGE}"}[kind]
    made = SourceOrder(kind, "1101", "SO11", "B", "107", "1", "1", external_id or ours, (), total=usd(total))
    return replace(made, **changes)


def deposit(ending: str, **changes: Any) -> Document:
    """A customer deposit of ours."""
    return cases.document("customerDeposit", "1201", "1101", external_id=f"SHOP-CD-{ending}", **changes)


def shown(lines: tuple[Any, ...]) -> list[tuple[str, Money]]:
    """Item and amount of every line."""
    return [(one.item_id, one.amount) for one in lines]


def one_each(lines: tuple[Any, ...]) -> Decimal:
    """Units of goods on the lines."""
    return sum((one.quantity for one in lines if one.shopify_line_id), Decimal(0))

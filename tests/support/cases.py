"""Cases made by hand: a return of one tee at 100.00 + 8.00 tax, its order, and whatever a test adds or changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.documents import Document, DocumentLine, Period
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind, ShopOrder, ShopRefund, ShopTransaction, SourceLine, SourceOrder
from ledgerloop.domain.policy import Items, Policy
from ledgerloop.domain.returns import LoopRefund, Return, ReturnLine, ReturnState, ReturnTotals
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
"""The moment of every case."""

RETURN, ORDER = "4821", "5920"
"""Loop's return id and Shopify's order id."""

POLICY = Policy(
    shop_id="main",
    items=Items("901", "902", "903", "904", "905", "906", "907"),
    payment_methods={"default": "9"},
    refund_account="155",
    locations={"default": "7"},
)
"""A merchant with every item mapped and a default payment method."""


def usd(amount: str | int | Decimal) -> Money:
    return Money.of(amount, "USD")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


# -- Loop --


def unit(number: int = 1, **changes: Any) -> ReturnLine:
    """One tee of the order's first line."""
    return replace(
        ReturnLine(str(7100 + number), "11", "TEE-M", "Tee", usd("100.00"), usd(0), usd("8.00"), "Too small"), **changes
    )


def totals(units: tuple[ReturnLine, ...], **changes: Any) -> ReturnTotals:
    """Sums of these units, all of it refunded."""
    product = Money.total((one.price for one in units), "USD")
    discount = Money.total((one.discount for one in units), "USD")
    tax = Money.total((one.tax for one in units), "USD")
    whole, none = product - discount + tax, usd(0)
    made = ReturnTotals(product, discount, tax, whole, none, none, none, none, whole, none)
    return replace(made, **changes)


def returned(*units: ReturnLine, **changes: Any) -> Return:
    """An open return of these units; of one tee unless told otherwise."""
    lines = units or (unit(),)
    made = Return(
        loop_return_id=RETURN,
        state=ReturnState.OPEN,
        state_as_shown="open",
        processed=None,
        processed_at=None,
        created_at=NOW - timedelta(days=5),
        updated_at=NOW - timedelta(days=1),
        edited_at=None,
        shopify_order_id=ORDER,
        order_name="#1001",
        currency="USD",
        lines=lines,
        totals=changes.pop("totals", totals(lines)),
        outcome="refund",
        label_status="delivered",
    )
    return replace(made, **changes)


def processed(*units: ReturnLine, **changes: Any) -> Return:
    """A return that Loop has processed and refunded."""
    done = {
        "state": ReturnState.CLOSED,
        "state_as_shown": "closed",
        "processed": True,
        "processed_at": NOW - minutes(9),
    }
    return returned(*units, **{**done, "refunds": (LoopRefund("88"),), **changes})


# -- Shopify --


def refunded(
    amount: str = "108.00", *, number: str = "88", status: str = "SUCCESS", gateway: str = "card"
) -> ShopRefund:
    """A refund of one transaction."""
    money = usd(amount)
    moved = ShopTransaction(f"{number}9", "REFUND", status, gateway, money, money, NOW - minutes(9))
    return ShopRefund(number, NOW - minutes(9), "33", "#1001-R1", (moved,))


def shop_order(*refunds: ShopRefund, total: str = "108.00", **changes: Any) -> ShopOrder:
    """The order in Shopify, paid in full."""
    money = usd(total)
    paid = ShopTransaction("1", "SALE", "SUCCESS", "card", money, money, NOW - timedelta(days=20))
    made = ShopOrder(
        ORDER, "#1001", "USD", "USD", False, paid.processed_at, NOW, money, money, usd(0), (paid,), refunds
    )
    return replace(made, **changes)


# -- NetSuite --


def sold(number: int = 1, **changes: Any) -> SourceLine:
    """One tee, shipped and billed."""
    one = Decimal(1)
    made = SourceLine(number, "501", "TEE-M", LineKind.GOODS, one, one, one, usd("100.00"), False, "7", "11")
    return replace(made, **changes)


def order(*lines: SourceLine, **changes: Any) -> SourceOrder:
    """The sales order in NetSuite, billed."""
    made = SourceOrder("salesOrder", "1001", "SO1", "G", "107", "1", "1", "", lines or (sold(),))
    return replace(made, **changes)


def held(number: int = 1, **changes: Any) -> DocumentLine:
    """A line of one tee, nothing received."""
    none = Decimal(0)
    made = DocumentLine(number, "501", "TEE-M", LineKind.GOODS, Decimal(1), none, none, usd("100.00"), False, "7", "11")
    return replace(made, **changes)


def received(number: int = 1, **changes: Any) -> DocumentLine:
    """A line of one tee that was received."""
    return held(number, **{"received": Decimal(1), **changes})


def document(kind: str, number: str, made_from: str, *lines: DocumentLine, **changes: Any) -> Document:
    """A transaction of 108.00 that carries no return id."""
    made = Document(
        record_type=kind,
        internal_id=number,
        number=f"{kind}-{number}",
        external_id="",
        status="",
        created_from=made_from,
        customer_id="107",
        currency_id="1",
        total=usd("108.00"),
        memo="",
        loop_return_id="",
        shopify_refund_id="",
        shopify_transaction_id="",
        loop_line_ids=frozenset(),
        flagged=False,
        reviewed=False,
        lines=lines or (held(),),
    )
    return replace(made, **changes)


def authorization(*lines: DocumentLine, **changes: Any) -> Document:
    """Our authorization of the return, pending receipt."""
    mine = {"external_id": f"LOOP-RA-{RETURN}", "loop_return_id": RETURN, "status": "B"}
    return document("returnAuthorization", "2001", "1001", *lines, **{**mine, **changes})


def receipt(**changes: Any) -> Document:
    """A receipt that the warehouse made from the authorization."""
    return document("itemReceipt", "3001", "2001", **changes)


def invoice(**changes: Any) -> Document:
    """The order's invoice."""
    return document("invoice", "1003", "1001", **changes)


def credit_memo(**changes: Any) -> Document:
    """Our open credit memo of the return."""
    mine = {"external_id": f"LOOP-CM-{RETURN}-1", "loop_return_id": RETURN, "shopify_refund_id": "88", "status": "A"}
    return document("creditMemo", "4001", "2001", **{**mine, **changes})


def month(text: str, **changes: Any) -> Period:
    """An open accounting month, such as 2026-03 (31 days will do)."""
    return replace(Period(text, text, f"{text}-01", f"{text}-31", False, False, False), **changes)


# -- memory, and the whole --


def entry(key: str, record_type: str, state: WriteState = WriteState.DONE, **changes: Any) -> JournalEntry:
    """A write of the journal, an hour old."""
    at = NOW - minutes(60)
    finished = at if state is WriteState.DONE else None
    made = JournalEntry(key, RETURN, "", record_type, state, at, at, finished, "2001", "", "", 1)
    return replace(made, **changes)


def case(*returns: Return, documents: tuple[Document, ...] = (), **changes: Any) -> Case:
    """The case as seen now, everything read, asked about its first return."""
    known = returns or (returned(),)
    made = Case(
        shop_id="main",
        shopify_order_id=ORDER,
        as_of=NOW,
        returns=known,
        shop_order=changes.pop("shop_order", shop_order()),
        source_orders=changes.pop("orders", (order(),)),
        documents=documents,
        periods=changes.pop("periods", (month("2026-02"), month("2026-03"), month("2026-04"))),
        focus=known[0].loop_return_id,
    )
    return replace(made, **changes)


def unread(source: Source, key: str = ORDER) -> frozenset[NeedsReading]:
    """That one source was never read."""
    return frozenset({NeedsReading(source, key)})


def code(answer: object) -> str:
    """The code of an answer that waits or needs attention; fails on anything else."""
    assert isinstance(answer, Waiting | Attention), answer
    return answer.code


def draft(answer: object) -> Any:
    """What an answer wants to write; fails when it wants nothing."""
    assert isinstance(answer, Write), answer
    assert answer.reason
    return answer.draft

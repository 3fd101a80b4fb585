"""Cases as the engine would show them to a sync, with what matters for a test given by name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ledgerloop.domain.case import Case, JournalEntry, Seen, Transition, WriteState
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.policy import Fields, Policy
from ledgerloop.domain.returns import Return, ReturnLine, ReturnState, ReturnTotals
from ledgerloop.outcome import NeedsReading

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RETURN_ID, ORDER_ID, SHOP_ID, RA_ID = "48210001", "5920000000001", "main", "1007"
POLICY = Policy(SHOP_ID, fields=Fields(return_id="return_id", flag="flag", reviewed="reviewed"))


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def a_return(state: ReturnState = ReturnState.OPEN, *, processed: bool | None = False, units: int = 2) -> Return:
    """A return of TEEs at 54.00 each."""
    zero = usd("0.00")
    totals = ReturnTotals(
        **dict.fromkeys(("product", "discount", "tax", "exchange_total", "exchange_credit"), zero),
        **dict.fromkeys(("gift_card", "handling_fee", "upsell"), zero),
        return_total=usd("54.00"),
        refund=usd("54.00"),
    )
    lines = tuple(
        ReturnLine(f"7100000{number}", "1480", "TEE", "Tee", usd("50.00"), zero, usd("4.00")) for number in range(units)
    )
    return Return(
        loop_return_id=RETURN_ID,
        state=state,
        state_as_shown=state.value,
        processed=processed,
        processed_at=None,
        created_at=NOW - timedelta(days=3),
        updated_at=NOW - timedelta(days=1),
        edited_at=None,
        shopify_order_id=ORDER_ID,
        order_name="#1001",
        currency="USD",
        lines=lines,
        totals=totals,
    )


def a_line(number: int = 1, *, quantity: int = 2, received: int = 0, closed: bool = False) -> DocumentLine:
    return DocumentLine(
        line=number,
        item_id="501",
        sku="TEE",
        kind=LineKind.GOODS,
        quantity=Decimal(quantity),
        received=Decimal(received),
        refunded=Decimal(0),
        amount=usd("100.00"),
        closed=closed,
        shopify_line_id="1480",
    )


def a_discount(number: int, *, closed: bool = False) -> DocumentLine:
    zero = Decimal(0)
    return DocumentLine(number, "907", "Discount", LineKind.DISCOUNT, zero, zero, zero, usd("-5.00"), closed)


def an_authorization(
    *lines: DocumentLine, status: str = "B", flagged: bool = False, reviewed: bool = False
) -> Document:
    """The return's own authorization."""
    return Document(
        record_type="returnAuthorization",
        internal_id=RA_ID,
        number="RMA1",
        external_id=f"LOOP-RA-{RETURN_ID}",
        status=status,
        created_from="1001",
        customer_id="107",
        currency_id="1",
        total=usd("108.00"),
        memo="",
        loop_return_id=RETURN_ID,
        shopify_refund_id="",
        shopify_transaction_id="",
        loop_line_ids=frozenset(),
        flagged=flagged,
        reviewed=reviewed,
        lines=lines or (a_line(),),
    )


def a_case(
    return_: Return,
    *documents: Document,
    journal: Sequence[JournalEntry] = (),
    seen: Sequence[tuple[Seen, datetime]] = (),
    unread: Sequence[NeedsReading] = (),
) -> Case:
    """The case of one return."""
    return Case(
        shop_id=SHOP_ID,
        shopify_order_id=ORDER_ID,
        as_of=NOW,
        returns=(return_,),
        documents=documents,
        journal=tuple(journal),
        transitions=tuple(Transition(RETURN_ID, what, at) for what, at in seen),
        unread=frozenset(unread),
        focus=RETURN_ID,
    )


def an_entry(key: str, kind: str, at: datetime, state: WriteState = WriteState.DONE) -> JournalEntry:
    """What the journal knows of a write."""
    return JournalEntry(key, RETURN_ID, "", kind, state, at, at, at, RA_ID, "", "", 1)


def received(document: Document) -> Document:
    """The same authorization with one unit received."""
    first, *others = document.lines
    return replace(document, lines=(replace(first, received=Decimal(1)), *others))

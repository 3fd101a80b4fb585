"""Stored NetSuite rows -> typed documents. Rows come as text, booleans as T/F, and empty columns are absent.

Signs: sales-side lines are negative in SuiteQL and return-side lines the opposite, so goods are taken as absolute
and discounts as
negative. Source: docs.oracle.com, SuiteQL; Assumed: opposite sign of return-side lines.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ledgerloop.domain.documents import Document, DocumentLine, Period
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind, SourceLine, SourceOrder
from ledgerloop.domain.policy import Fields

RECORD_TYPES = {
    "SalesOrd": "salesOrder",
    "CustInvc": "invoice",
    "CashSale": "cashSale",
    "RtnAuth": "returnAuthorization",
    "ItemRcpt": "itemReceipt",
    "CustCred": "creditMemo",
    "CashRfnd": "cashRefund",
    "CustRfnd": "customerRefund",
    "CustDep": "customerDeposit",
}
"""SuiteQL's transaction type codes and the REST record types. Source: REST API Browser 2026.1, type enumeration."""

DISCOUNTS = frozenset({"Discount", "Markup"})
UNSHIPPED = frozenset({"Service", "GiftCert", "NonInvtPart"})
"""Items that may be sold without being shipped; an item receipt then does not take them in.

Source: REST API Browser 2026.1, item types. Assumed: a service and a gift certificate unless one was shipped; another
item without stock only where it was billed and not shipped.
"""

NOT_GOODS = frozenset({"OthCharge", "Subtotal", "Payment", "Description", "Group", "EndGroup", "TaxItem", "TaxGroup"})

RETURN_IN_MEMO = re.compile(r"Loop return ([\w-]+)")
REFUND_IN_MEMO = re.compile(r"Shopify refund (\d+)")
TRANSACTION_IN_MEMO = re.compile(r"transaction (\d+)")
LINES_IN_MEMO = re.compile(r"Loop lines ([\w-]+(?:, [\w-]+)*)")


def shipped_items(stored: Iterable[dict[str, Any]]) -> dict[str, bool]:
    """Whether items that may be sold without being shipped were shipped, as far as these sales orders tell."""
    rows = [row for one in stored if one["type"] == "SalesOrd" for row in one["lines"]]
    found: dict[str, bool] = {}
    for row in rows:
        shipped, billed = bool(_number(row, "quantityshiprecv")), bool(_number(row, "quantitybilled"))
        if row.get("itemtype") in UNSHIPPED and (shipped or billed):
            found[row.get("item", "")] = shipped or found.get(row.get("item", ""), False)
    return found


def document(
    stored: dict[str, Any], currency: str, fields: Fields, shipped: Mapping[str, bool] = MappingProxyType({})
) -> Document:
    """A transaction with its lines, its amounts in `currency`; `shipped` is what its order tells (`shipped_items`)."""
    head = stored["head"]
    memo = head.get("memo", "")
    return Document(
        record_type=RECORD_TYPES.get(stored["type"], stored["type"]),
        internal_id=stored["id"],
        number=head.get("tranid") or stored["id"],
        external_id=stored.get("external_id", ""),
        status=_letter(head.get("status", "")),
        created_from=stored.get("created_from", ""),
        customer_id=head.get("entity", ""),
        currency_id=head.get("currency", ""),
        total=abs(Money.of(head.get("foreigntotal") or "0", currency)),
        memo=memo,
        loop_return_id=_return_id(head, memo, fields),
        shopify_refund_id=_field(head, fields.shopify_refund_id) or _found(REFUND_IN_MEMO, memo),
        shopify_transaction_id=_found(TRANSACTION_IN_MEMO, memo),
        loop_line_ids=frozenset(part for part in _found(LINES_IN_MEMO, memo).split(", ") if part),
        flagged=_field(head, fields.flag) == "T",
        reviewed=_field(head, fields.reviewed) == "T",
        lines=tuple(_line(row, currency, fields, shipped) for row in stored["lines"] if not _in_header(row)),
    )


def source_orders(stored: Sequence[dict[str, Any]], currency: str, fields: Fields) -> tuple[SourceOrder, ...]:
    """Candidates for the original order: a cash sale made from a found sales order is the same order and no second one.

    Source: interface section 4.
    """
    unique = {one["id"]: one for one in stored}
    sales_orders = {one["id"] for one in unique.values() if one["type"] == "SalesOrd"}
    alive = [one for one in unique.values() if one["created_from"] not in sales_orders]
    standing = [
        one for one in alive if not (one["type"] == "SalesOrd" and _letter(one["head"].get("status", "")) == "C")
    ]
    return tuple(_source_order(one, currency, fields) for one in standing or alive)


def _source_order(stored: dict[str, Any], currency: str, fields: Fields) -> SourceOrder:
    head = stored["head"]
    sold_at_once = stored["type"] == "CashSale"
    lines = tuple(_source_line(row, currency, fields, sold_at_once) for row in stored["lines"] if not _in_header(row))
    header = [row for row in stored["lines"] if _in_header(row)]
    discount = -abs(_amount(header[0], currency)) if header else None
    if "header_record" in stored:
        goods = Money.total((line.amount for line in lines if line.kind is not LineKind.SHIPPING), currency)
        discount = header_discount(stored["header_record"], goods)
    return SourceOrder(
        record_type=RECORD_TYPES[stored["type"]],
        internal_id=stored["id"],
        number=head.get("tranid") or stored["id"],
        status=_letter(head.get("status", "")),
        customer_id=head.get("entity", ""),
        subsidiary_id=head.get("subsidiary", ""),
        currency_id=head.get("currency", ""),
        external_id=stored.get("external_id", ""),
        lines=lines,
        header_discount=discount,
        header_discount_item_id=header[0].get("item", "") if header else "",
        total=abs(Money.of(head["foreigntotal"], currency)) if head.get("foreigntotal") else None,
    )


def _source_line(row: dict[str, str], currency: str, fields: Fields, sold_at_once: bool) -> SourceLine:
    line = _line(row, currency, fields)
    billed = line.refunded
    service = row.get("itemtype") in UNSHIPPED
    shipped = line.quantity if sold_at_once else max(line.received, billed) if service else line.received
    return SourceLine(
        line=line.line,
        item_id=line.item_id,
        sku=line.sku,
        kind=line.kind,
        quantity=line.quantity,
        shipped=shipped,
        billed=billed,
        amount=line.amount,
        closed=line.closed,
        location_id=line.location_id,
        shopify_line_id=line.shopify_line_id,
        kit_member=line.kit_member,
        lot_or_serial=line.lot_or_serial,
    )


def _line(
    row: dict[str, str], currency: str, fields: Fields, shipped: Mapping[str, bool] = MappingProxyType({})
) -> DocumentLine:
    kind = line_kind(row)
    amount = abs(_amount(row, currency))
    return DocumentLine(
        line=int(row["line"]),
        item_id=row.get("item", ""),
        sku=row.get("sku", ""),
        kind=kind,
        quantity=abs(_number(row, "quantity")),
        received=abs(_number(row, "quantityshiprecv")),
        refunded=abs(_number(row, "quantitybilled")),
        amount=-amount if kind is LineKind.DISCOUNT else amount,
        closed=row.get("isclosed") == "T",
        location_id=row.get("location", ""),
        shopify_line_id=_field(row, fields.order_line_id),
        kit_member=bool(row.get("kitmemberof")),
        lot_or_serial="T" in (row.get("isserialitem"), row.get("islotitem"), row.get("usebins")),
        no_receipt=_no_receipt(row, shipped),
    )


def _no_receipt(row: dict[str, str], shipped: Mapping[str, bool]) -> bool:
    itemtype = row.get("itemtype", "")
    if itemtype not in UNSHIPPED or _number(row, "quantityshiprecv"):
        return False
    return not shipped.get(row.get("item", ""), itemtype == "NonInvtPart")


def header_discount(record: dict[str, Any], lines_discounted: Money) -> Money | None:
    """The header discount of an order's REST record, negative; None when it has none.

    `lines_discounted` is the goods' sum.

    `discountTotal` is the money; `discountRate` alone may be a percentage, which then is taken of the goods.
    """
    if not record.get("discountItem") and not record.get("discountRate"):
        return None
    total, rate = record.get("discountTotal"), str(record.get("discountRate") or "0")
    if total is not None:
        return -abs(Money.of(total, lines_discounted.currency))
    if rate.endswith("%"):
        return -abs(lines_discounted.share(abs(Decimal(rate[:-1])), Decimal(100)))
    return -abs(Money.of(rate, lines_discounted.currency))


def period(row: dict[str, str]) -> Period:
    """An accounting period with its locks."""
    return Period(
        internal_id=row["id"],
        name=row.get("periodname", ""),
        starts_on=row.get("starts", "")[:10],
        ends_on=row.get("ends", "")[:10],
        closed=row.get("closed") == "T",
        all_locked=row.get("alllocked") == "T",
        receivables_locked=row.get("arlocked") == "T",
    )


def _letter(status: str) -> str:
    """Status as a single letter: REST compares `B` where saved searches say `RtnAuth:B`."""
    return status.rsplit(":", 1)[-1]


def _return_id(head: dict[str, str], memo: str, fields: Fields) -> str:
    for name in (fields.return_id, *fields.adopt):
        value = _field(head, name)
        if value:
            return value
    return _found(RETURN_IN_MEMO, memo)


def _field(row: dict[str, str], name: str) -> str:
    return row.get(name.lower(), "") if name else ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""


def _in_header(row: dict[str, str]) -> bool:
    return row.get("transactiondiscount") == "T"


def line_kind(row: dict[str, str]) -> LineKind:
    """What a line is, by the type of its item."""
    itemtype = row.get("itemtype", "")
    if itemtype in DISCOUNTS:
        return LineKind.DISCOUNT
    if itemtype == "ShipItem":
        return LineKind.SHIPPING
    return LineKind.OTHER if itemtype in NOT_GOODS or not row.get("item") else LineKind.GOODS


def _amount(row: dict[str, str], currency: str) -> Money:
    return Money.of(row.get("foreignamount") or "0", currency)


def _number(row: dict[str, str], name: str) -> Decimal:
    return Decimal(row.get(name) or "0")

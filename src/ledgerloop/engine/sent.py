"""What a write sends, as data: for the journal, for `plan`, and for people."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ledgerloop.domain.answers import Write
from ledgerloop.domain.order_records import CustomerDepositDraft, CustomerDraft, OrderRecord, SaleDraft
from ledgerloop.domain.records import (
    Act,
    ApplyCreditDraft,
    CashRefundDraft,
    ChangeLinesDraft,
    CreditMemoDraft,
    CustomerRefundDraft,
    ItemReceiptDraft,
    LoopAction,
    NetSuiteChange,
    NetSuiteRecord,
    ReturnAuthorizationDraft,
)
from ledgerloop.engine.parts import Shop
from ledgerloop.remotes.netsuite.render import render_change
from ledgerloop.remotes.netsuite.render_orders import request_of

SAID = {
    Act.PROCESS: "Loop asked to process the return",
    Act.REMOVE: "Loop asked to remove the missing units and process the rest",
    Act.FLAG: "Flagged for review in Loop",
    Act.CANCEL: "Cancelled in Loop",
    Act.CLOSE: "Closed in Loop",
    Act.NOTE: "Note left in Loop",
}


NAMES = {"salesOrder": "Sales order", "cashSale": "Cash sale"}
"""Records of an order, as people say them."""


def key_of(write: Write) -> str:
    """The journal's key of a write: a record's external id, or the key of a change or action."""
    draft = write.draft
    if isinstance(draft, LoopAction | NetSuiteChange):
        return draft.key
    return draft.external_id


def shown(
    shop: Shop, write: Write, payment_property: str, *, tax_details: bool = True, apply_line: int = 0
) -> dict[str, Any]:
    """What will be sent, as plain JSON: where to, every property, and which units of Loop's return it is about."""
    draft = write.draft
    if isinstance(draft, LoopAction):
        request = f"POST return/{draft.loop_return_id}/{draft.act.value}"
        body: dict[str, Any] = dict(draft.body)
        if draft.remove:
            body["line_item_id"] = ",".join(draft.remove)
        if draft.note:
            body["note"] = draft.note
        return {"to": "loop", "request": request, "body": body}
    if isinstance(draft, NetSuiteChange):
        change = render_change(draft, shop.policy.fields)
        lines = list(draft.loop_line_ids) if isinstance(draft, ChangeLinesDraft) else []
        return {"to": "netsuite", "request": change.path, "body": plain(change.body), "loop_lines": lines}
    rendered = request_of(draft, shop.policy, payment_property, tax_details=tax_details, apply_line=apply_line)
    return {
        "to": "netsuite",
        "request": rendered.path,
        "body": plain(rendered.body),
        "expects": expected(draft),
        "loop_lines": [] if isinstance(draft, OrderRecord) else list(draft.key.loop_line_ids),
    }


def expected(draft: NetSuiteRecord | OrderRecord) -> dict[str, str]:
    """What the saved record must show, for whoever finds it after its answer was lost: its goods, or the total."""
    if isinstance(draft, CustomerDraft):
        return {}
    if isinstance(draft, CustomerDepositDraft):
        return {"total": str(draft.amount)}
    if isinstance(draft, ReturnAuthorizationDraft | ItemReceiptDraft):
        lines = [line for line in draft.lines if line.quantity and line.received is not False]
        units = sum((line.quantity or Decimal(0) for line in lines), Decimal(0))
        return {"units": f"{units:f}", "goods": goods_named((line.item_id, line.quantity) for line in lines)}
    return {"total": str(draft.amount if isinstance(draft, CustomerRefundDraft) else draft.expected_total)}


def goods_named(lines: Iterable[tuple[str, Decimal | None]]) -> str:
    """Goods by item and quantity, the same however they are spread over lines."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for item_id, quantity in lines:
        sums[item_id] += quantity or Decimal(0)
    return ", ".join(f"{sums[item_id].normalize():f} × item {item_id}" for item_id in sorted(sums))


def plain(value: Any) -> Any:
    """JSON with numbers as text where they are decimals, so that no digit is lost."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def said(write: Write) -> str:
    """A write in one line, as people say it."""
    draft = write.draft
    if isinstance(draft, LoopAction):
        return SAID[draft.act]
    if isinstance(draft, CreditMemoDraft | CashRefundDraft):
        name = "Credit memo" if isinstance(draft, CreditMemoDraft) else "Cash refund"
        return f"{name} of {draft.expected_total} written"
    if isinstance(draft, CustomerRefundDraft):
        return f"Customer refund of {draft.amount} written"
    if isinstance(draft, CustomerDepositDraft):
        return f"Customer deposit of {draft.amount} written"
    if isinstance(draft, SaleDraft):
        return f"{NAMES[draft.record_type]} of {draft.expected_total} written for order {draft.order_name}"
    if isinstance(draft, ApplyCreditDraft):
        return f"{draft.amount} of the credit memo applied to the exchange order's invoice"
    return {
        "customer": "Customer written",
        "returnAuthorization": "Return authorization written",
        "itemReceipt": "Item receipt written",
        "closeLines": "Open lines of the return authorization closed",
        "changeLines": "Lines of the return authorization changed",
        "setReviewed": "Marked as reviewed in NetSuite",
        "addVariance": "Variance line added to the order in NetSuite",
    }[draft.record_type]

"""What a credit memo that is used up paid beside the customer refunds that are seen.

NetSuite's queries do not show what a credit memo is applied to. Of a return with exchange credit, whose credit memo has
no line for it, the rest went to the exchange order; the order's own invoice must then be paid in full (`settled`), or
the two sides differ. Of any other return it is a refund that is not seen.
Source: rulebook section 5 (value carried by application, by mode); REST API Browser 2026.1, creditMemo.
"""

from ledgerloop.books.owners import Owners
from ledgerloop.books.seen import Record, Seen
from ledgerloop.domain.guard import FULLY_APPLIED
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy


def used_otherwise(seen: Seen, policy: Policy, owners: Owners) -> dict[str, dict[str, Money]]:
    """By internal id of each credit memo that is used up: `applied` (as a refund) or `carried` (to an exchange)."""
    exchanged = {one.loop_return_id for one in seen.returns if one.totals.exchange_credit}
    refunds: dict[str, Money] = {}
    for one in seen.of_type("customerRefund"):
        subject, total = owners.of_record(one), one.document.total
        refunds[subject] = refunds[subject] + total if subject in refunds else total
    found: dict[str, dict[str, Money]] = {}
    for one in seen.of_type("creditMemo"):
        if one.document.status != FULLY_APPLIED:
            continue
        subject, total = owners.of_record(one), one.document.total
        paid = refunds.get(subject, Money.zero(total.currency))
        if subject in exchanged and not _has_line(one, policy):
            left = total - min(paid, total)
            refunds[subject] = paid - min(paid, total)
            found[one.document.internal_id] = {"carried": left}
        elif subject not in refunds:
            found[one.document.internal_id] = {"applied": total}
    return found


def _has_line(record: Record, policy: Policy) -> bool:
    return bool(record.on_items(policy.items.exchange_credit))

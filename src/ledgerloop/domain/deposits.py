"""Which customer deposit is due next on a sales order that we wrote: one for each payment, return credit, upsell.

Source: rulebook section 8, payment; docs.oracle.com, customer deposits (read 2026-11-21).
"""

from dataclasses import dataclass
from datetime import datetime

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.applied import is_applied
from ledgerloop.domain.carried import CONTRADICTION, Carried, carried, due, look_again
from ledgerloop.domain.case import Case, Sending
from ledgerloop.domain.guard import VOIDED
from ledgerloop.domain.mapping import posting_date
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import CustomerDepositDraft
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.paid import method_of, no_account, payments, received
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.standing import record_gone
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting


@dataclass(frozen=True)
class _Due:
    """A deposit that should stand: `ending` of its external id, and where the money is."""

    ending: str
    amount: Money
    at: datetime
    method_id: str
    account_id: str
    memo: str
    transaction_id: str = ""


def next_deposit(case: Case, policy: Policy, sending: Sending, sold: SourceOrder) -> Answer:
    """Ask for the next customer deposit, or say why one that may be due cannot be told yet."""
    listed = _from_shopify(case, policy, sending)
    if not isinstance(listed, tuple):
        return listed
    by_loop = _from_loop(case, policy, sending)
    if isinstance(by_loop, Attention) and by_loop.code == CONTRADICTION:
        return by_loop
    more = by_loop if isinstance(by_loop, tuple) else ()
    for one in (*listed, *more):
        if _missing(case, policy, one):
            return _deposit(case, policy, sold, one)
    return None if isinstance(by_loop, tuple) else by_loop


def _from_shopify(case: Case, policy: Policy, sending: Sending) -> tuple[_Due, ...] | Waiting | Attention:
    order, by_loop = sending.order, carried(case, policy, sending)
    left = due(order, policy) - by_loop.credit if isinstance(by_loop, Carried) else due(order, policy)
    if not order.payments_known and left:
        return Waiting(
            "order_not_read",
            f"Shopify does not show what was paid for order {order.name}, so its deposits are not made yet.",
            case.as_of + policy.retry_wait,
            (NeedsReading(Source.SHOPIFY_WHOLE_ORDER, order.shopify_order_id),),
        )
    listed = []
    for one in payments(order):
        method = method_of(policy, one)
        if isinstance(method, Attention):
            return method
        memo = f"Shopify order {order.name}; transaction {one.transaction_id}"
        listed.append(_Due(one.transaction_id, one.amount, one.at, method, "", memo, one.transaction_id))
    return tuple(listed)


def _from_loop(case: Case, policy: Policy, sending: Sending) -> tuple[_Due, ...] | Waiting | Attention:
    """What Loop paid on the order outside Shopify: return credit, and an upsell once the return is processed."""
    order, found = sending.order, carried(case, policy, sending)
    if not isinstance(found, Carried):
        return () if found is None else found
    open_amount = due(order, policy) - received(order) - found.credit
    at, methods = order.processed_at or order.created_at, policy.payment_methods
    names = ", ".join(one.loop_return_id for one in sending.exchanged_by)
    listed: list[_Due] = []
    applied = is_applied(sending, policy)
    by_deposit = Money.zero(order.currency) if applied is not False else found.credit
    for ending, amount, key, account in (
        ("credit", by_deposit, "exchange_clearing", policy.exchange_clearing_account),
        ("upsell", found.upsell, "upsell", policy.upsell_account),
    ):
        if amount is None:
            if open_amount and not (listed and _missing(case, policy, listed[0])):
                return _not_processed(case, policy, sending)
        elif amount:
            if not account:
                return no_account(key, amount)
            method = methods.get({"credit": "loop_exchange_credit", "upsell": "loop_upsell"}[ending], "")
            memo = f"Loop return {names}; {ending} on exchange order {order.name}"
            listed.append(_Due(f"{order.shopify_order_id}-{ending}", amount, at, method, account, memo))
    if applied is None and not any(_missing(case, policy, one) for one in listed):
        return _not_credited(case, policy, sending)
    return tuple(listed)


def _missing(case: Case, policy: Policy, one: _Due) -> bool:
    """Whether no deposit of the order stands for it: neither ours, nor one by others that names the transaction.

    Others name it by their external id, or in the memo. Source: docs.hotwax.co, customer deposits (read 2026-11-21).
    """
    wanted = policy.external_id("SHOP-CD", one.ending)
    return not any(
        document.external_id == wanted
        or (
            one.transaction_id
            and document.status != VOIDED
            and (document.external_id == one.transaction_id or document.mentions({one.transaction_id}))
        )
        for document in case.of_type("customerDeposit")
    )


def _not_processed(case: Case, policy: Policy, sending: Sending) -> Waiting:
    names = ", ".join(one.loop_return_id for one in sending.exchanged_by)
    return Waiting(
        "exchange_not_processed",
        f"Loop has not processed return {names} yet; whether an upsell was collected is only known then.",
        case.as_of + policy.retry_wait,
        look_again(sending),
    )


def _not_credited(case: Case, policy: Policy, sending: Sending) -> Waiting:
    names = ", ".join(one.loop_return_id for one in sending.exchanged_by)
    return Waiting(
        "exchange_not_credited",
        f"Loop took no discount off {sending.order.name}: the credit of return {names} pays it by application, once "
        "it is posted.",
        case.as_of + policy.retry_wait,
        look_again(sending),
    )


def _deposit(case: Case, policy: Policy, sold: SourceOrder, one: _Due) -> Answer:
    gone = record_gone(case, "customerDeposit")
    if gone is not None:
        return gone
    need = case.must_read(Source.NETSUITE_PERIODS, case.shop_id)
    if need is not None:
        return need
    day = posting_date(case, policy, one.at, receivable=True)
    if isinstance(day, Waiting):
        return day
    draft = CustomerDepositDraft(
        external_id=policy.external_id("SHOP-CD", one.ending),
        sales_order_id=sold.internal_id,
        customer_id=sold.customer_id,
        on=day[0],
        memo=one.memo + day[1],
        amount=one.amount,
        payment_method_id=one.method_id,
        account_id=one.account_id,
        shopify_transaction_id=one.transaction_id,
    )
    return Write(draft, f"{one.amount} was received for {sold.number}.")

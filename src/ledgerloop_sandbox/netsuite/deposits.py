"""Money that comes in: customer payments and customer deposits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .errors import user_error
from .model import Apply, Record
from .money import ZERO, decimal

if TYPE_CHECKING:
    from .state import Account


def pay(account: Account, invoice: Record, money_account: str, amount: Decimal | int | str | None) -> str:
    """Receive a payment and apply it to the invoice."""
    paid = invoice.remaining if amount is None else decimal(amount)
    if paid > invoice.remaining:
        raise user_error("The payment exceeds the amount remaining on the invoice.")
    record = account.draft(
        "customerPayment",
        invoice.entity,
        currency=invoice.currency,
        account=money_account,
        tran_date=invoice.tran_date,
    )
    record.applies = [Apply(invoice.id, 0, paid)]
    record.payment = paid
    account.commit(record)
    settle(account, invoice, paid)
    return record.id


def add(account: Account, order: Record, amount: Decimal | int | str, money_account: str, external_id: str = "") -> str:
    """Receive a deposit for an order."""
    record = account.draft("customerDeposit", order.entity, currency=order.currency, account=money_account)
    record.external_id = external_id
    record.created_from = order.id
    record.payment = decimal(amount)
    account.commit(record)
    return record.id


def apply_deposits(account: Account, order: Record, invoice: Record) -> None:
    """Settle an invoice with the deposits of its order, oldest first, by one deposit application each.

    Assumed: NetSuite does so by itself when the order is invoiced.
    """
    for key in list(account.children.get(order.id, [])):
        deposit = account.transactions[key]
        amount = min(deposit.remaining, invoice.remaining) if deposit.type == "customerDeposit" else ZERO
        if amount <= 0:
            continue
        record = account.draft("depositApplication", order.entity, currency=order.currency, tran_date=invoice.tran_date)
        record.subsidiary, record.created_from, record.payment = order.subsidiary, deposit.id, amount
        record.applies = [Apply(invoice.id, 0, amount), Apply(deposit.id, 0, amount, "deposit")]
        account.commit(record)
        settle(account, invoice, amount)
        settle(account, deposit, amount)


def settle(account: Account, document: Record, amount: Decimal) -> None:
    """Count an amount as applied to an invoice, credit memo or deposit."""
    document.applied += amount
    account.affected(document)

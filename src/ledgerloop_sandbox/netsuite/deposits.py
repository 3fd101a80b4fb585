"""Money that comes in: customer payments and customer deposits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .errors import user_error
from .model import Apply, Record
from .money import decimal

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


def settle(account: Account, document: Record, amount: Decimal) -> None:
    """Count an amount as applied to an invoice, credit memo or deposit."""
    document.applied += amount
    account.affected(document)

"""The bill of an order, which a credit without goods is made from: its invoice, or its cash sale.

Source: rulebook section 5; docs.oracle.com, transforming records, pairs of invoice and cash sale (read 2026-11-21).
"""

from dataclasses import dataclass

from ledgerloop.domain.case import Case
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.standing import wait
from ledgerloop.outcome import Source, Waiting


@dataclass(frozen=True)
class Bill:
    """How an order was billed; `no_discount` takes the header discount off a credit, None where the bill has none."""

    source_type: str
    source_id: str
    no_discount: Money | None

    @property
    def record(self) -> str:
        """The record that gives back what this bill took: "cash_refund" or "credit_memo"."""
        return "cash_refund" if self.source_type == "cashSale" else "credit_memo"

    def kind(self, system: str) -> str:
        """How the external id of that record begins."""
        return f"{system}-{'CR' if self.source_type == 'cashSale' else 'CM'}"


def bill_of(case: Case) -> Bill | None:
    """The oldest bill of the order; None while it is not billed."""
    order = next(iter(case.source_orders), None)
    discount = order.header_discount if order is not None else None
    nothing = Money.zero(discount.currency) if discount is not None else None
    if order is not None and order.record_type == "cashSale":
        return Bill("cashSale", order.internal_id, nothing)
    found = next(iter(case.of_type("cashSale")), None) or next(iter(case.of_type("invoice")), None)
    return Bill(found.record_type, found.internal_id, nothing) if found is not None else None


def not_billed(case: Case, policy: Policy) -> Waiting:
    """Nothing is credited of an order that is not billed: it goes on by itself when it is."""
    reason = "The order is shipped but not billed in NetSuite yet; it is refunded when the invoice or cash sale exists."
    return wait(case, policy, "order_not_billed", reason, Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY)

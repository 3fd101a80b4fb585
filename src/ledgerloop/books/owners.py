"""Whose each refund and each record is: which return it belongs to, else the order itself."""

from ledgerloop.books.seen import Record, Seen
from ledgerloop.domain.case import order_subject
from ledgerloop.domain.credits import refunds_named
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.standing import AUTHORIZATION


class Owners:
    """Which return a refund of Shopify's, or a record of NetSuite's, belongs to; else the order itself."""

    def __init__(self, seen: Seen, policy: Policy) -> None:
        self._nobody = order_subject(seen.order_key)
        self.returns = {one.loop_return_id for one in seen.returns}
        self.refunds = {
            refund.refund_id: one.loop_return_id for one in seen.returns for refund in seen.refunds_of(one, policy)
        }
        self.transactions = {
            moved.transaction_id: self.refunds[refund.refund_id]
            for refund in (seen.shop_order.refunds if seen.shop_order is not None else ())
            for moved in refund.transactions
            if refund.refund_id in self.refunds
        }
        ours = {policy.external_id("LOOP-RA", one): one for one in self.returns}
        self.authorizations = {
            one.document.internal_id: found
            for one in seen.of_type(AUTHORIZATION)
            if (found := one.document.loop_return_id or ours.get(one.document.external_id, ""))
        }

    def of_refund(self, refund: ShopRefund) -> str:
        """The subject of a refund."""
        return self.refunds.get(refund.refund_id, self._nobody)

    def of_record(self, record: Record) -> str:
        """The subject of a credit or a customer refund: by its parent, its marks, then the refund that it names."""
        document = record.document
        by_refund = (self.refunds.get(one, "") for one in refunds_named(document))
        found = (
            self.authorizations.get(document.created_from, ""),
            document.loop_return_id,
            self.transactions.get(document.shopify_transaction_id, ""),
            *by_refund,
        )
        return next((one for one in found if one in self.returns), self._nobody)

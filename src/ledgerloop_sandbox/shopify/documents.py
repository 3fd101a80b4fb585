"""An order's transactions, refunds, returns and fulfilments as GraphQL sees them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.clock import iso_z
from ledgerloop_sandbox.money import ZERO

from .model import ExchangeLine, Fulfilment, Order, Refund, RefundLine, ReturnLine, ShopReturn, Transaction
from .state import ShopifyState
from .views import View, bag, gid, line_view, location_view, order_view


class Documents:
    """The documents of one order."""

    def __init__(self, state: ShopifyState, order: Order) -> None:
        self.state = state
        self.order = order

    def transactions(self) -> list[View]:
        """Give all transactions."""
        return [self.transaction(one) for one in self.order.transactions]

    def refunds(self) -> list[View]:
        """Give all refunds."""
        return [self.refund(one) for one in self.order.refunds]

    def returns(self) -> list[View]:
        """Give all returns."""
        return [self.return_(one) for one in self.order.returns]

    def fulfilments(self) -> list[View]:
        """Give all fulfilments."""
        return [self._fulfilment(one) for one in self.order.fulfilments]

    def transaction(self, one: Transaction) -> View:
        """Give a transaction."""
        parent = next((other for other in self.order.transactions if other.id == one.parent_id), None)
        return {
            "__typename": "OrderTransaction",
            "id": gid("OrderTransaction", one.id),
            "kind": one.kind,
            "status": one.status,
            "gateway": one.gateway,
            "formattedGateway": one.gateway.replace("_", " ").title(),
            "manualPaymentGateway": one.gateway == "manual",
            "test": one.test,
            "createdAt": iso_z(one.created_at),
            "processedAt": iso_z(one.processed_at),
            "paymentId": f"{self.order.name}.{one.id % 1000}",
            "authorizationExpiresAt": None,
            "accountNumber": None,
            "errorCode": "GENERIC_ERROR" if one.status in ("ERROR", "FAILURE") else None,
            "amountSet": self._bag(one.amount),
            "amountRoundingSet": self._bag(one.rounding) if one.rounding is not None else None,
            "totalUnsettledSet": self._bag(ZERO),
            "parentTransaction": (lambda _: self.transaction(parent)) if parent else None,
            "location": location_view(self.state, one.location_id),
            "order": lambda _: order_view(self.state, self.order),
        }

    def refund(self, one: Refund) -> View:
        """Give a refund."""
        owner = next((found for found in self.order.returns if found.id == one.return_id), None)
        paid = sum((each.amount for each in one.transactions if each.status == "SUCCESS"), ZERO)
        return {
            "__typename": "Refund",
            "id": gid("Refund", one.id),
            "legacyResourceId": str(one.id),
            "createdAt": iso_z(one.created_at),
            "processedAt": iso_z(one.processed_at),
            "updatedAt": iso_z(one.created_at),
            "note": one.note,
            "return": (lambda _: self.return_(owner)) if owner else None,
            "order": lambda _: order_view(self.state, self.order),
            "totalRefundedSet": self._bag(paid),
            "duties": [{"amountSet": self._bag(one.duties)}] if one.duties else [],
            "orderAdjustments": [
                {
                    "id": gid("OrderAdjustment", each.id),
                    "reason": each.reason,
                    "amountSet": self._bag(each.amount),
                    "taxAmountSet": self._bag(each.tax),
                }
                for each in one.adjustments
            ],
            "refundLineItems": [self._refund_line(each) for each in one.lines],
            "refundShippingLines": self._shipping(one),
            "transactions": [self.transaction(each) for each in one.transactions],
        }

    def return_(self, one: ShopReturn) -> View:
        """Give a return."""
        mine = [refund for refund in self.order.refunds if refund.return_id == one.id]
        return {
            "__typename": "Return",
            "id": gid("Return", one.id),
            "name": one.name,
            "status": one.status,
            "createdAt": iso_z(one.created_at),
            "closedAt": iso_z(one.closed_at) if one.closed_at else None,
            "requestApprovedAt": iso_z(one.created_at),
            "totalQuantity": sum(line.quantity for line in one.lines),
            "order": lambda _: order_view(self.state, self.order),
            "returnLineItems": [self._return_line(line) for line in one.lines],
            "exchangeLineItems": [self._exchange_line(line) for line in one.exchanges],
            "returnShippingFees": [],
            "refunds": lambda _: [self.refund(refund) for refund in mine],
            "transactions": lambda _: [self.transaction(each) for refund in mine for each in refund.transactions],
        }

    def _exchange_line(self, one: ExchangeLine) -> View:
        done = one.quantity if one.line else 0
        return {
            "__typename": "ExchangeLineItem",
            "id": gid("ExchangeLineItem", one.id),
            "quantity": one.quantity,
            "processedQuantity": done,
            "unprocessedQuantity": one.quantity - done,
            "variantId": gid("ProductVariant", one.variant_id) if one.variant_id else None,
            "variantSku": one.sku,
            "lineItems": [line_view(self.order, one.line)] if one.line else [],
        }

    def _return_line(self, line: ReturnLine) -> View:
        return {
            "__typename": "ReturnLineItem",
            "id": gid("ReturnLineItem", line.id),
            "quantity": line.quantity,
            "processedQuantity": line.processed,
            "unprocessedQuantity": line.quantity - line.processed,
            "refundedQuantity": line.processed,
            "refundableQuantity": line.quantity - line.processed,
            "returnReasonNote": line.reason,
            "returnReasonDefinition": None,
            "customerNote": None,
            "restockingFee": None,
            "fulfillmentLineItem": self._shipped(line),
        }

    def _shipped(self, line: ReturnLine) -> View:
        for one in self.order.fulfilments:
            for ident, shipped, quantity in one.lines:
                if shipped.id == line.line.id:
                    return {
                        "id": gid("FulfillmentLineItem", ident),
                        "quantity": quantity,
                        "lineItem": line_view(self.order, line.line),
                    }
        return {"id": gid("FulfillmentLineItem", line.id), "quantity": 0, "lineItem": line_view(self.order, line.line)}

    def _refund_line(self, one: RefundLine) -> View:
        return {
            "id": gid("RefundLineItem", one.id),
            "quantity": one.quantity,
            "restockType": one.restock_type.upper(),
            "restocked": one.location_id is not None,
            "location": location_view(self.state, one.location_id),
            "lineItem": line_view(self.order, one.line),
            "priceSet": self._bag(one.line.price),
            "subtotalSet": self._bag(one.subtotal),
            "totalTaxSet": self._bag(one.tax),
        }

    def _shipping(self, one: Refund) -> list[View]:
        if not one.shipping or not self.order.shipping_lines:
            return []
        line: dict[str, Any] = order_view(self.state, self.order)["shippingLines"]({})[0]
        return [
            {
                "id": gid("RefundShippingLine", one.id),
                "shippingLine": line,
                "subtotalAmountSet": self._bag(one.shipping),
                "taxAmountSet": self._bag(ZERO),
            }
        ]

    def _fulfilment(self, one: Fulfilment) -> View:
        return {
            "__typename": "Fulfillment",
            "id": gid("Fulfillment", one.id),
            "legacyResourceId": str(one.id),
            "name": one.name,
            "status": "SUCCESS",
            "createdAt": iso_z(one.created_at),
            "updatedAt": iso_z(one.created_at),
            "location": location_view(self.state, one.location_id),
            "fulfillmentLineItems": [
                {"id": gid("FulfillmentLineItem", ident), "quantity": quantity, "lineItem": line_view(self.order, line)}
                for ident, line, quantity in one.lines
            ],
        }

    def _bag(self, amount: Decimal) -> View:
        return bag(amount, self.order.currency)

"""Orders and their channels."""

from typing import Annotated

from fastapi import APIRouter, Query

from ledgerloop.domain.case import order_subject
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import views
from ledgerloop.operate.views.orders import OneOrder
from ledgerloop.operate.views.paging import Page
from ledgerloop.store.evidence import StoredCall
from ledgerloop.store.journal import WriteRow
from ledgerloop.store.order_list import OrderHead
from ledgerloop.web.api.shapes import Cursor, Limit, OrderId, ShopId, Text
from ledgerloop.web.api.ways import LIST, ONE, READ, reading, there


def orders_router(parts: Parts) -> APIRouter:
    """Orders."""
    router = reading("orders")

    @router.get("/orders", responses=LIST)
    def orders(
        q: Annotated[Text, Query(description="Order name or id, e-mail, or NetSuite number.")] = "",
        shop: Text = "",
        channel: Text = "",
        standing: Annotated[str, Query(pattern="^(|attention|waiting)$")] = "",
        in_netsuite: bool | None = None,
        cursor: Cursor = "",
        limit: Limit = 50,
    ) -> Page[OrderHead]:
        """Orders that match, newest first."""
        filters = views.OrderFilters(q, shop, channel, standing, in_netsuite)
        return views.orders(parts, filters, cursor, limit)

    @router.get("/channels", responses=READ)
    def channels(shop: Text = "") -> dict[str, int]:
        """Orders by channel."""
        return views.channels(parts, shop)

    @router.get("/orders/{shop}/{order_id}", responses=ONE)
    def one(shop: ShopId, order_id: OrderId) -> OneOrder:
        """An order: what it went out as, what it replaces, where it stands."""
        return there(views.one_order(parts, shop, order_id))  # type: ignore[no-any-return]

    @router.get("/orders/{shop}/{order_id}/evidence", responses=ONE)
    def evidence(shop: ShopId, order_id: OrderId) -> list[StoredCall]:
        """Requests and answers about an order."""
        there(parts.stores.orders.get(shop, order_id))
        return list(views.order_evidence(parts, shop, order_id))

    @router.get("/orders/{shop}/{order_id}/writes", responses=ONE)
    def writes(shop: ShopId, order_id: OrderId) -> list[WriteRow]:
        """The journal: every record decided for an order itself, with its fields, and what became of it."""
        there(parts.stores.orders.get(shop, order_id))
        return parts.stores.journal.for_return(shop, order_subject(order_id))

    return router

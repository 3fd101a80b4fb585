"""Orders: the order store, channels, what went out as what, and which return each exchange order belongs to."""

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.admin.ways import mapping_of
from ledgerloop.operate import views
from ledgerloop.operate.views import CursorWrong, OrderFilters

ASKED = ("q", "channel", "standing", "netsuite", "shop")
"""Filters, by their names in the address."""

SHOWN = ("attention", "waiting")
"""Answers that stand on top of the page."""


def orders(visit: Visit) -> Response:
    """Orders that match, newest first, and how many there are by channel."""
    asked = {name: visit.asked(name)[:200] for name in ASKED}
    filters = OrderFilters(
        text=asked["q"],
        shop=asked["shop"],
        channel=asked["channel"],
        standing=asked["standing"],
        in_netsuite={"yes": True, "no": False}.get(asked["netsuite"]),
    )
    try:
        page = views.orders(visit.parts, filters, visit.asked("after"))
    except CursorWrong:
        return visit.show("nothing.html", status=404, what="This page of the list is not there any more.")
    channels = views.channels(visit.parts)
    return visit.show(
        "orders.html",
        asked=asked,
        rows=page.rows,
        next=page.next_cursor,
        first=not visit.asked("after"),
        channels=sorted(channels.items(), key=lambda one: -one[1]),
        shops=[(one, one) for one in visit.parts.shops],
    )


def one_order(visit: Visit) -> Response:
    """The page of an order."""
    shop, order_id = visit.path("shop"), visit.path("order_id")
    found = views.one_order(visit.parts, shop, order_id)
    if found is None:
        return visit.show("nothing.html", status=404, what=f"No order {order_id} of shop {shop} was ever seen here.")
    stops = [one for one in found.answers if one.kind in SHOWN]
    standing = found.rest.kind if found.rest is not None else stops[0].kind if stops else ""
    facts = [(name, value) for name, value in found.told.items() if isinstance(value, str | bool) and value != ""]
    return visit.show(
        "order.html",
        one=found,
        standing=standing,
        stops=[(one, mapping_of(one.code, one.cause, shop)) for one in stops],
        facts=facts,
        original=found.told.get("original"),
        about_text=f"order:{shop}:{order_id}",
        path=f"/orders/{shop}/{order_id}",
    )


def evidence(visit: Visit) -> Response:
    """The requests and answers about an order."""
    shop, order_id = visit.path("shop"), visit.path("order_id")
    calls = views.order_evidence(visit.parts, shop, order_id)
    return visit.show("evidence.html", calls=calls, name=f"Order {order_id}", path=f"/orders/{shop}/{order_id}")

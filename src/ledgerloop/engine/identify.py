"""Writes NetSuite's id, number and line numbers of an order back into the order store, once it is seen there.

Source: rulebook section 8: an order that has a NetSuite id is never sent.
"""

from ledgerloop.domain.case import Case, order_subject
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.engine.parts import Parts
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.store.order_identifications import NETSUITE_ORDER_ID, NETSUITE_ORDER_NAME

NAMES = {"salesOrder": "sales order", "cashSale": "cash sale"}
"""Records of an order, as people say them."""


def identify(parts: Parts, policy: Policy, case: Case) -> bool:
    """Note which record of NetSuite's the order is; False where that is known, or cannot be told yet."""
    sending, found = case.sending, _found(case, policy)
    if sending is None or found is None:
        return False
    if sending.netsuite_order_id == found.internal_id and not sending.fed:
        return False
    stores, shop, order_id = parts.stores, case.shop_id, case.shopify_order_id
    lines = {one.shopify_line_id: str(one.line) for one in found.goods if one.shopify_line_id}
    with stores.store.writing(hasty=True) as tx:
        news = stores.orders.identify(shop, order_id, NETSUITE_ORDER_ID, found.internal_id, case.as_of, tx)
        stores.orders.identify(shop, order_id, NETSUITE_ORDER_NAME, found.number, case.as_of, tx)
        stores.orders.line_identify(shop, order_id, lines, case.as_of, tx)
        arrived = stores.feeds.reconcile(shop, order_id, case.as_of, found.internal_id, tx)
        if news and not any(one.internal_id == found.internal_id for one in case.journal):
            said = f"NetSuite shows the order as {NAMES[found.record_type]} {found.number}; it is not sent"
            stores.timeline.append(shop, order_id, order_subject(order_id), case.as_of, "note", said, tx=tx)
    return news or arrived


def _found(case: Case, policy: Policy) -> SourceOrder | None:
    """The one record that is the order: ours, or the only one there is."""
    if NeedsReading(Source.NETSUITE_ORDER, case.shopify_order_id) in case.unread:
        return None
    ours = {policy.external_id(kind, case.shopify_order_id) for kind in ("SHOP-SO", "SHOP-CS")}
    mine = [one for one in case.source_orders if one.external_id in ours]
    chosen = mine or list(case.source_orders)
    return chosen[0] if len(chosen) == 1 else None

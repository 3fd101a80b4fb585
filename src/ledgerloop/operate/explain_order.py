"""`plan` and `show` of an order as data: what it is, what it replaces, where it stands and what happened to it."""

from typing import Any

from ledgerloop.domain.case import Case, Sending, order_subject
from ledgerloop.domain.order_story import order_headline, order_steps, why_not_sent
from ledgerloop.domain.original_order import link_of
from ledgerloop.domain.recognise import channel_of, is_exchange, shipping_method
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.intake.orders import is_sent
from ledgerloop.operate.subjects import Subject
from ledgerloop.operate.told import records_of, stands_of, step_as_dict, timeline_of
from ledgerloop.store.order_store import StoredOrder


def show_order(parts: Parts, subject: Subject) -> dict[str, Any]:
    """The order's story so far: from the store, no remote is asked."""
    shop, order_id = parts.shops[subject.shop_id], subject.order_key
    case = observe(parts, shop, order_id, parts.clock()).about(order_subject(order_id))
    stored = parts.stores.orders.get(shop.shop_id, order_id)
    return {
        "shop": shop.shop_id,
        "order": order_id,
        **_seen(shop, stored, case.sending),
        "headline": _headline(shop, stored, case),
        "original": original_of(case.sending),
        "returns": [one.loop_return_id for one in case.returns],
        "steps": [step_as_dict(step) for step in order_steps(case, shop.policy)],
        "now": stands_of(parts, shop, case.focus),
        "records": _records(case, shop, stored),
        "identifications": [
            {
                "type": one.type,
                "value": one.value,
                "from": one.from_at.isoformat(),
                "thru": one.thru_at.isoformat() if one.thru_at else None,
            }
            for one in parts.stores.orders.identifications(shop.shop_id, order_id)
        ],
        "timeline": timeline_of(parts, shop, case.focus),
    }


def _headline(shop: Shop, stored: StoredOrder | None, case: Case) -> str:
    """Where it stands; of an order that only a list showed, what its channel tells."""
    if case.sending is None and stored is not None and stored.channel and not is_sent(stored.channel, shop.policy):
        return f"Sold through {stored.channel}, which is not among policy.order_channels: it is not sent by us."
    return order_headline(case, shop.policy)


def original_of(sending: Sending | None) -> dict[str, str] | None:
    """What an exchange order replaces, and what gave it away; None for other orders, and where nothing tells."""
    link = link_of(sending) if sending is not None and is_exchange(sending.order) else None
    if link is None:
        return None
    return {
        "order": link.original_order_id,
        "name": link.original_name,
        "return": link.loop_return_id,
        "known_by": link.how,
    }


def _seen(shop: Shop, stored: StoredOrder | None, sending: Sending | None) -> dict[str, Any]:
    """What Shopify shows of it."""
    problem = stored.problem if stored is not None else ""
    if sending is None:
        name, channel = (stored.name, stored.channel) if stored is not None else ("", "")
        sent = not channel or is_sent(channel, shop.policy)
        return {"name": name, "channel": channel, "sent_by_us": sent, "problem": problem}
    order = sending.order
    channel = channel_of(order, shop.policy.channels)
    return {
        "name": order.name,
        "channel": channel,
        "shipping_method": shipping_method(order, channel),
        "total": str(order.total),
        "paid": order.financial_status,
        "fulfilled": order.fulfillment_status,
        "note": order.note,
        "sent_by_us": not why_not_sent(order, shop.policy),
        "problem": problem,
    }


def _records(case: Case, shop: Shop, stored: StoredOrder | None) -> list[dict[str, str]]:
    records = records_of(case, shop, {one.internal_id for one in case.of_type("customerDeposit")})
    number = stored.name if stored is not None else case.shopify_order_id
    original = case.sending.original_id if case.sending is not None else ""
    link = shop.links.shopify(original or case.shopify_order_id)
    return [*records, {"system": "Shopify", "type": "order", "number": number, "link": link}]

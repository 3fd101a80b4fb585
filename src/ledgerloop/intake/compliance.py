"""Obeys Shopify's demands about personal data: erases it wherever it is kept, and says so in the timeline.

Source: shopify.dev privacy law compliance: customers/redact, shop/redact, customers/data_request (read 2026-11-21).
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from ledgerloop.domain.case import order_subject
from ledgerloop.domain.native import native_id
from ledgerloop.intake.pollers import Watch
from ledgerloop.remotes.redact import masked
from ledgerloop.remotes.shopify.plain import id_of, inner
from ledgerloop.remotes.shopify.rest_order import decoded
from ledgerloop.remotes.shopify.webhook import COMPLIANCE_TOPICS as TOPICS
from ledgerloop.store.inbox import Inbox, Message
from ledgerloop.store.personal import erase_personal
from ledgerloop.store.store import Transaction

COMPLIANCE_TOPICS: Final = frozenset(TOPICS)

ASKED: Final = (
    "Shopify passed on that the customer asks which data is kept (customers/data_request): answer within 30 days."
)
GONE: Final = "Names, addresses, notes and raw bodies were erased, because Shopify asked for it ({topic})."


def obey(watch: Watch, inbox: Inbox, message: Message) -> None:
    """Do what the message asks. One that cannot be read is noted and kept."""
    topic = message.topic.lower()
    try:
        body = decoded(message.body or b"null")
        customer_id = id_of(inner(body, "customer").get("id"))
        named = _ids(body, "orders_requested" if topic == "customers/data_request" else "orders_to_redact")
    except ValueError as problem:
        inbox.mark_worked([message.id], f"not readable: {problem}")
        return
    with watch.store.writing() as tx:
        named |= _exchanges(watch, named, tx)
        orders = named | (set(watch.orders.of_customer(watch.shop_id, customer_id, tx)) if customer_id else set())
        if topic == "customers/data_request":
            _tell(watch, orders, ASKED, tx)
        else:
            orders = _erase(watch, topic, orders, tx)
            inbox.erase([message.id], watch.clock(), tx)
        inbox.mark_worked([message.id], f"{topic}: {len(orders)} orders", tx)


def _exchanges(watch: Watch, orders: Collection[str], tx: Transaction) -> set[str]:
    """Exchanges within Shopify that were parted from these orders, with the same person on them."""
    returns = (one for order_id in sorted(orders) for one in watch.returns.for_order(watch.shop_id, order_id, tx))
    kept = (native_id(one.return_id) for one in returns)
    return set(watch.orders.heads(watch.shop_id, list(kept), tx))


def _erase(watch: Watch, topic: str, named: Collection[str], tx: Transaction) -> set[str]:
    shop, now, everything = watch.shop_id, watch.clock(), topic == "shop/redact"
    erased = set(named) | set(watch.orders.erase(shop, now, order_ids=named, everything=everything, tx=tx))
    erase_personal(tx, shop, erased, now, masked, everything=everything)
    _tell(watch, erased, GONE.format(topic=topic), tx)
    return erased


def _tell(watch: Watch, orders: Collection[str], text: str, tx: Transaction) -> None:
    for order_id in sorted(orders):
        watch.timeline.append(watch.shop_id, order_id, order_subject(order_id), watch.clock(), "note", text, tx=tx)


def _ids(body: Mapping[str, Any], name: str) -> set[str]:
    listed = body.get(name)
    return {found for one in (listed if isinstance(listed, list) else ()) if (found := id_of(one))}

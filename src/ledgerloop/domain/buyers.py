"""The customer in NetSuite that an order is sold to: by Shopify customer id, then by e-mail, else created first.

Source: rulebook section 8, customer first; interface section 4.
"""

from dataclasses import replace

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, Sending, WriteState
from ledgerloop.domain.native import native_return
from ledgerloop.domain.order_records import CustomerDraft, FoundCustomer
from ledgerloop.domain.order_store import Buyer, Order
from ledgerloop.domain.original_order import ORIGINAL_ID
from ledgerloop.domain.policy import Policy
from ledgerloop.outcome import Attention, NeedsReading, Source


def customer_key(order: Order, policy: Policy) -> str:
    """External id of the order's customer; a guest has one for each order."""
    bought = dict(order.note_attributes).get(ORIGINAL_ID, "") if native_return(order.shopify_order_id) else ""
    who = order.buyer.shopify_customer_id or f"O{bought or order.shopify_order_id}"
    return policy.external_id("SHOP-CUST", who)


def is_anonymous(order: Order) -> bool:
    """Nothing tells who bought: no customer, no e-mail, no name anywhere."""
    buyer = order.buyer
    known = (buyer.shopify_customer_id, buyer.email, buyer.first_name, buyer.last_name)
    addresses = (one for one in (order.shipping_address, order.billing_address) if one is not None)
    return not any(known) and not any(one.name or one.company for one in addresses)


def customer_unread(case: Case, sending: Sending) -> NeedsReading | None:
    """The reading of customers that the order needs, if any."""
    if sending.customer_id or is_anonymous(sending.order):
        return None
    key = sending.order.shopify_order_id
    unasked = NeedsReading(Source.NETSUITE_CUSTOMER, key) if sending.in_netsuite.customers is None else None
    return case.must_read(Source.NETSUITE_CUSTOMER, key) or unasked


def customer_of(case: Case, policy: Policy, sending: Sending) -> str | Write | Attention:
    """Internal id of the customer, or the write that creates it."""
    if sending.customer_id:
        return sending.customer_id
    order, key = sending.order, customer_key(sending.order, policy)
    if is_anonymous(order):
        return policy.default_customer or Attention(
            "customer_not_configured",
            f"Order {order.name} names no customer, and none is configured for anonymous sales.",
            "Set default_customer of the shop's NetSuite section to the internal id of a customer, then retry.",
        )
    found = sending.in_netsuite.customers or ()
    ours = [one for one in found if one.external_id == key]
    if ours:
        return _active(ours[0], key)
    made = case.written(key)
    if made is not None and made.state is WriteState.DONE and made.internal_id:
        return made.internal_id
    same = {one.internal_id: one for one in found if _may_be(one, order, policy)}
    if len(same) > 1:
        return Attention(
            "customer_ambiguous",
            f"NetSuite has {len(same)} active customers with the e-mail of order {order.name}: internal ids "
            f"{', '.join(same)}.",
            f"Give the right one the external id {key}, or merge them, then retry.",
        )
    if same:
        return next(iter(same))
    address = order.shipping_address or order.billing_address
    draft = CustomerDraft(key, person(order), policy.subsidiary_id, address)
    return Write(draft, f"Order {order.name} was bought by somebody whom NetSuite does not know yet.")


def person(order: Order) -> Buyer:
    """The buyer with the last name that NetSuite wants: the address's or the e-mail's where it is missing."""
    buyer = order.buyer
    address = order.shipping_address or order.billing_address
    first, last = buyer.first_name.strip(), buyer.last_name.strip()
    if not last and not first and address is not None:
        first, _, last = address.name.strip().rpartition(" ")
        last = last or address.company.strip()
    if not last:
        first, last = "", first
    last = last or buyer.email.partition("@")[0] or f"Customer {buyer.shopify_customer_id or order.name}"
    phone = buyer.phone or (address.phone if address is not None else "")
    return replace(buyer, first_name=first, last_name=last, phone=phone)


def _active(customer: FoundCustomer, key: str) -> str | Attention:
    if not customer.inactive:
        return customer.internal_id
    return Attention(
        "customer_inactive",
        f"The customer with external id {key} (internal id {customer.internal_id}) is inactive in NetSuite.",
        "Make the customer active again in NetSuite, or give the external id to another one, then retry.",
    )


def _may_be(customer: FoundCustomer, order: Order, policy: Policy) -> bool:
    """A customer of the same e-mail, active, and of the shop's subsidiary where one is configured."""
    wanted, theirs = policy.subsidiary_id, customer.subsidiary_id
    here = not wanted or not theirs or wanted == theirs
    email = order.buyer.email.strip().lower()
    return here and not customer.inactive and bool(email) and customer.email.strip().lower() == email

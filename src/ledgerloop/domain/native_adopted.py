"""What others have done about an exchange within Shopify before we send it: it is adopted, and not doubled.

Source: rulebook sections 0 (never twice) and 8 (Shopify-native exchanges).
"""

from ledgerloop.domain.case import Case, Sending
from ledgerloop.domain.native import by_others
from ledgerloop.domain.order_records import FoundExchange
from ledgerloop.domain.policy import Policy
from ledgerloop.outcome import Attention, NeedsReading, Source

RECORDS = {"salesOrder": "sales order", "cashSale": "cash sale"}


def unread_of_original(case: Case, sending: Sending) -> NeedsReading | None:
    """The reading needed before an exchange within Shopify may be sent; None for every other order."""
    if not sending.original_id:
        return None
    key, mine = sending.original_id, sending.order.shopify_order_id
    for source, whose in (
        (Source.NETSUITE_ORDER, key),
        (Source.NETSUITE_FAMILY, key),
        (Source.NETSUITE_EXCHANGED, mine),
    ):
        need = case.must_read(source, whose)
        if need is not None:
            return need
    return NeedsReading(Source.NETSUITE_EXCHANGED, mine) if sending.in_netsuite.exchanged is None else None


def done_by_others(policy: Policy, sending: Sending) -> Attention | bool:
    """Whether somebody else has brought the goods to NetSuite, or credited the return and so seen to all of it."""
    if not sending.original_id:
        return False
    if any(by_others(sending.credits, policy, one) for one in sending.exchanged_by):
        return True
    found = sending.in_netsuite.exchanged or ()
    return _found(sending, found) if found else False


def _found(sending: Sending, found: tuple[FoundExchange, ...]) -> Attention:
    there = dict.fromkeys(f"{RECORDS.get(one.record_type, one.record_type)} {one.number}" for one in found)
    lines = ", ".join(dict.fromkeys(one.shopify_line_id for one in found))
    sums = [one.totals for one in sending.exchanged_by]
    upsell = next((f" The upsell of {one.upsell} belongs there as well." for one in sums if one.upsell), "")
    credit = next((str(one.exchange_credit) for one in sums), "nothing")
    return Attention(
        "native_exchange",
        f"The new goods of {sending.order.name} are in NetSuite already: {', '.join(there)} bears Shopify line "
        f"{lines}. They are not sent again, and no deposits are made on a record that is not ours.",
        f"Enter by hand what return credit pays there, {credit} against the exchange clearing account (as a "
        f"customer deposit on a sales order).{upsell} Then mark this order as handled.",
    )

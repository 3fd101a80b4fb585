"""The item of gift cards, where it carries two things: cards that Loop issued, and money that left on a gift card.

A line does not say which of both it is. On a cash refund, what Shopify shows to have left by further tenders of that
item is a tender, as far as the lines go; the rest is what Loop issued.
Source: rulebook section 5, several tenders on a cash refund.
"""

from ledgerloop.books.owners import Owners
from ledgerloop.books.seen import Record, Seen
from ledgerloop.domain.credits import refunds_named
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy


def paid_on_gift_cards(record: Record, subject: str, seen: Seen, policy: Policy, owners: Owners) -> Money:
    """What of the lines of items.gift_card, taken off, is a further tender of this cash refund."""
    document, item = record.document, policy.items.gift_card
    none = Money.zero(document.total.currency)
    if document.record_type != "cashRefund" or not item or seen.shop_order is None:
        return none
    paid: dict[str, Money] = {}
    named = refunds_named(document)
    for refund in seen.shop_order.refunds:
        mine = refund.refund_id in named if named else owners.of_refund(refund) == subject
        for one in refund.transactions if mine else ():
            amount = one.in_currency(none.currency)
            if one.kind == "REFUND" and one.status == "SUCCESS" and amount is not None:
                paid[one.gateway] = paid.get(one.gateway, none) + amount
    further = sorted(paid, key=lambda gateway: paid[gateway].amount, reverse=True)[1:]
    beside = Money.total((paid[one] for one in further if policy.tender_item(one) == item), none.currency)
    return max(min(beside, -record.on_items(item)), none)

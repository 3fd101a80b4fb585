"""Orders that NetSuite holds in the shopper's currency: returns are posted in it, Loop's law is held in the shop's.

Nothing is converted: Loop states a return in either currency, Shopify every amount in both.
Source: rulebook sections 0 (money) and 5; docs.loopreturns.com, return details, currency_type; shopify.dev, MoneyBag
(read 2026-11-21). Assumed: that Loop's presentment view is in the presentment currency that Shopify names.
"""

from collections.abc import Iterable

from ledgerloop.domain.case import Case
from ledgerloop.domain.orders import ShopOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return
from ledgerloop.outcome import Attention, NeedsReading, Source


def posted_in(policy: Policy, shop_order: ShopOrder | None, netsuite_currency_ids: Iterable[str]) -> str:
    """The shopper's currency, where NetSuite holds the order in it and it is not the shop's; else empty."""
    if shop_order is None or shop_order.presentment_currency in ("", shop_order.currency):
        return ""
    wanted = policy.currencies.get(shop_order.presentment_currency, "")
    return shop_order.presentment_currency if wanted and wanted in set(netsuite_currency_ids) else ""


def unread_money(case: Case) -> NeedsReading | None:
    """What must be read before it is known in which currency the returns of an order are posted, and with what sums."""
    views = [one for one in case.unread if one.source is Source.LOOP_PRESENTMENT]
    if not views:
        return None
    return case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id) or min(views, key=lambda one: one.key)


def exchanged_in_two_currencies(return_: Return) -> Attention | None:
    """Return credit in the shopper's currency cannot pay an exchange order, which is sent in the shop's."""
    if return_.in_shop is None or not return_.totals.exchange_credit:
        return None
    return Attention(
        "currency_differs",
        f"The return is posted in {return_.currency}, the currency of its order in NetSuite; its exchange credit of "
        f"{return_.in_shop.totals.exchange_credit} pays an exchange order in {return_.in_shop.currency}.",
        "Post the refund and the return credit of this exchange in NetSuite by hand, in the currency of each order.",
    )

"""Shopify-native exchanges: no order of their own, the new goods stand on the original order. Not supported yet.

Source: help.loopreturns.com, native exchanges; shopify.dev, read exchanges (read 2026-11-21).
"""

from ledgerloop.domain.case import Case
from ledgerloop.domain.returns import Return
from ledgerloop.outcome import Attention

CREDITS = ("creditMemo", "cashRefund")


def native_exchange(case: Case, return_: Return) -> Attention | None:
    """Why a return's exchange cannot be posted: once processed, its new goods are on no order of their own.

    None where it has no exchange, or where a person has credited it.
    """
    elsewhere = {one.shopify_order_id for one in return_.exchanges} - {"", return_.shopify_order_id}
    if not return_.exchanges or not return_.processed or elsewhere or _credited(case, return_):
        return None
    goods = ", ".join(one.sku or one.exchange_id for one in return_.exchanges)
    return Attention(
        "native_exchange",
        f"Loop return {return_.loop_return_id} was exchanged for {goods} on the original order itself, without an "
        "exchange order: a Shopify-native exchange, which is not supported.",
        "Post refund and exchange of this return in NetSuite by hand, with the Loop return id on the credit; or switch "
        "Loop to separate exchange orders.",
    )


def _credited(case: Case, return_: Return) -> bool:
    wanted = return_.loop_return_id
    made = {one.internal_id for one in case.of_type("returnAuthorization") if one.loop_return_id == wanted}
    return any(one.loop_return_id == wanted or one.created_from in made for one in case.of_type(*CREDITS))

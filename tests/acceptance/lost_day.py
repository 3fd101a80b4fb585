"""A day on which every webhook is lost: returns come in, are processed, cancelled and flagged, and nobody is told."""

from collections import Counter
from datetime import timedelta

from tests.acceptance.trade import Trade

DAY_S = 86_400.0

MOST_LIST_REQUESTS = 40
"""Loop requests that may be spent on finding what happened in such a day."""

FATES = ("open", "processed", "open", "cancelled", "open", "processed", "open", "review")
"""What becomes of the returns, in turn."""

ACTS = {"processed": "process_in_loop", "cancelled": "cancel_in_loop", "review": "flag_in_loop"}


def begin(trade: Trade) -> None:
    """The connector reads everything once, and then is told nothing more."""
    trade.sandbox.control("POST", "/netsuite/settings", login_clock="sandbox")
    trade.act("webhooks", mode="drop")
    move_to(trade, 0.0)
    trade.sync(timedelta(seconds=-DAY_S))
    trade.sandbox.control("DELETE", "/log")


def move_to(trade: Trade, share: float) -> None:
    """Set the simulators' clock to a share of the day."""
    trade.sandbox.control("POST", "/clock", offset_s=DAY_S * (share - 1.0))


def live(trade: Trade, count: int) -> dict[str, str]:
    """The day: so many orders and returns, spread over it. Gives the fate of each return."""
    fates = {}
    for number in range(count):
        move_to(trade, number / count)
        order = trade.order(f"#{10_001 + number}")
        return_id, fate = trade.wants_back(order), FATES[number % len(FATES)]
        if fate in ACTS:
            trade.act(ACTS[fate], return_id=return_id)
        fates[return_id] = fate
    move_to(trade, 1.0)
    return fates


def loop_requests(trade: Trade) -> Counter[str]:
    """What Loop was asked for: `list` finds returns, the rest is about one that is known."""
    requests = trade.sandbox.log("loop")["requests"]
    return Counter(one["path"].rpartition("/")[2] for one in requests)


def wanted(fates: dict[str, str]) -> Counter[str]:
    """How many records of each type must stand in NetSuite when the day is caught up."""
    alive = [fate for fate in fates.values() if fate != "cancelled"]
    paid = alive.count("processed")
    return Counter(returnAuthorization=len(alive), itemReceipt=paid, creditMemo=paid, customerRefund=paid)

"""Looks at the world once: works off the inbox and polls all remotes of all shops.

A remote that fails is told, not raised.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from ledgerloop.engine.gather import read_periods
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.intake.messages import work_inbox
from ledgerloop.intake.poll_orders import poll_shopify
from ledgerloop.intake.pollers import poll_loop, poll_netsuite
from ledgerloop.outcome import RemoteProblem

log = structlog.get_logger("ledgerloop.engine")

Look = Callable[[Parts, Shop], int]


def _inbox(parts: Parts, shop: Shop) -> int:
    return work_inbox(shop.watch, parts.stores.inbox, shop.loop)


def _loop(_parts: Parts, shop: Shop) -> int:
    return poll_loop(shop.watch, shop.loop)


def _netsuite(parts: Parts, shop: Shop) -> int:
    """The periods are read once per poll: a month that was closed since stops postings, and a new one frees them."""
    with ThreadPoolExecutor(1, thread_name_prefix="periods") as pool:
        periods = pool.submit(read_periods, parts, shop)
        seen = poll_netsuite(shop.watch, shop.netsuite, shop.reading)
        periods.result()
    return seen


def _shopify(_parts: Parts, shop: Shop) -> int:
    return poll_shopify(shop.watch, shop.shopify)


INBOX = "inbox"

LOOKS: dict[str, Look] = {INBOX: _inbox, "loop": _loop, "netsuite": _netsuite, "shopify": _shopify}
"""What is looked at; each gives how much it saw that was new."""


def see(parts: Parts, problems: dict[str, RemoteProblem]) -> int:
    """Look at everything once; gives how much was new, and notes under `shop/look` what failed.

    The inbox comes first; then all remotes at the same time, for none waits for another.
    """
    seen = sum(see_one(parts, shop, INBOX, problems) for shop in parts.shops.values())
    looks = [(shop, name) for shop in parts.shops.values() for name in LOOKS if name != INBOX]
    with ThreadPoolExecutor(len(looks), thread_name_prefix="look") as pool:
        return seen + sum(pool.map(lambda look: see_one(parts, look[0], look[1], problems), looks))


def see_one(parts: Parts, shop: Shop, name: str, problems: dict[str, RemoteProblem]) -> int:
    """Look at one thing of one shop."""
    parts.progress(f"{shop.shop_id}: reading {name}")
    try:
        seen = LOOKS[name](parts, shop)
    except RemoteProblem as problem:
        problems[f"{shop.shop_id}/{name}"] = problem
        log.warning("poll_failed", shop=shop.shop_id, look=name, code=problem.code, problem=problem.message)
        return 0
    problems.pop(f"{shop.shop_id}/{name}", None)
    return seen

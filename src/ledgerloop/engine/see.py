"""Looks at the world once: works off the inbox and polls all remotes of all shops.

A remote that fails is told, not raised.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import structlog

from ledgerloop.engine.gather import read_periods
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.intake.deleted import look_for_deleted
from ledgerloop.intake.messages import work_inbox
from ledgerloop.intake.poll_orders import poll_shopify
from ledgerloop.intake.pollers import poll_loop, poll_netsuite
from ledgerloop.outcome import RemoteProblem
from ledgerloop.tracing import carried, span

log = structlog.get_logger("ledgerloop.engine")

Look = Callable[[Parts, Shop], int]


def _inbox(parts: Parts, shop: Shop) -> int:
    return work_inbox(shop.watch, parts.stores.inbox, shop.loop)


def _loop(_parts: Parts, shop: Shop) -> int:
    return poll_loop(shop.watch, shop.loop)


def _netsuite(parts: Parts, shop: Shop) -> int:
    """The periods are read once per poll: a month that was closed since stops postings, and a new one frees them."""
    with ThreadPoolExecutor(1, thread_name_prefix="periods") as pool:
        periods = pool.submit(carried(read_periods), parts, shop)
        seen = poll_netsuite(shop.watch, shop.netsuite, shop.reading)
        seen += look_for_deleted(shop.watch, shop.reading)
        periods.result()
    return seen


def _shopify(_parts: Parts, shop: Shop) -> int:
    return poll_shopify(shop.watch, shop.shopify)


INBOX = "inbox"
NETSUITE = "netsuite"

LOOKS: dict[str, Look] = {INBOX: _inbox, "loop": _loop, NETSUITE: _netsuite, "shopify": _shopify}
"""What is looked at; each gives how much it saw that was new."""


def see(parts: Parts, problems: dict[str, RemoteProblem]) -> int:
    """Look at everything once; gives how much was new, and notes under `shop/look` what failed.

    The inbox comes first; then all remotes at the same time, for none waits for another.
    """
    with looking(parts, problems) as (seen, late):
        return seen + sum(one.result() for one in late)


@contextmanager
def looking(parts: Parts, problems: dict[str, RemoteProblem]) -> Iterator[tuple[int, list[Future[int]]]]:
    """Look at everything, and go on as soon as all is seen that may be news; gives how much was, and what still runs.

    A NetSuite of which nothing is stored yet has no news: what is read of it later is read as it is then. Its poll is
    left to run on, for its clock must be measured first, and is waited for at the end; unless that clock is what the
    records' days are taken by.
    """
    seen = sum(see_one(parts, shop, INBOX, problems) for shop in parts.shops.values())
    looks = [(shop, name) for shop in parts.shops.values() for name in LOOKS if name != INBOX]
    with ThreadPoolExecutor(len(looks), thread_name_prefix="look") as pool:
        running = {(shop.shop_id, name): pool.submit(see_one, parts, shop, name, problems) for shop, name in looks}
        known = {one for one, shop in parts.shops.items() if _awaits(shop) or parts.stores.documents.any_known(one)}
        late = {look for look in running if look[1] == NETSUITE and look[0] not in known}
        seen += sum(one.result() for look, one in running.items() if look not in late)
        yield seen, [running[look] for look in late]


def _awaits(shop: Shop) -> bool:
    """Whether the days of its records depend on the poll of NetSuite."""
    zone = shop.policies.zone
    return zone is not None and not zone.is_known


def see_one(parts: Parts, shop: Shop, name: str, problems: dict[str, RemoteProblem]) -> int:
    """Look at one thing of one shop."""
    parts.progress(f"{shop.shop_id}: reading {name}")
    try:
        with span(f"look {name}", ledgerloop__shop=shop.shop_id):
            seen = LOOKS[name](parts, shop)
    except RemoteProblem as problem:
        problems[f"{shop.shop_id}/{name}"] = problem
        log.warning("poll_failed", shop=shop.shop_id, look=name, code=problem.code, problem=problem.message)
        return 0
    problems.pop(f"{shop.shop_id}/{name}", None)
    return seen

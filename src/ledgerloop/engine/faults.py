"""A case that could not be worked because of a fault of our own: every return of it says so, until it works again."""

from ledgerloop.domain.case import order_subject
from ledgerloop.engine.parts import Parts
from ledgerloop.outcome import Attention
from ledgerloop.store.outcomes import ATTENTION

SYNC = "case"
"""Under which the fault stands beside the answers of the syncs; the next look that succeeds replaces them all."""


def tell_fault(parts: Parts, shop_id: str, order_key: str, fault: Exception) -> None:
    """Note the fault by its kind alone: its message may hold what the remotes showed, and stands in the log."""
    now, stores = parts.clock(), parts.stores
    told = Attention(
        "case_failed",
        f"A fault of Ledgerloop's own ({type(fault).__name__}) stopped the work on order {order_key}.",
        "It is tried again every few minutes. If it lasts, look for `case_failed` in the log, which tells where it "
        "happened, and report it with that; until then treat the return by hand.",
    )
    with stores.store.writing(hasty=True) as tx:
        resting = {one.subject for one in stores.rests.for_order(shop_id, order_key, tx)}
        returns = [one.return_id for one in stores.returns.for_order(shop_id, order_key, tx)]
        for subject in returns or [order_subject(order_key)]:
            if subject in resting:
                continue
            stores.outcomes.set(
                shop_id,
                subject,
                SYNC,
                kind=ATTENTION,
                code=told.code,
                text=told.problem,
                remedy=told.remedy,
                since=now,
                tx=tx,
            )
            detail = {"code": told.code, "remedy": told.remedy}
            stores.timeline.append(shop_id, order_key, subject, now, ATTENTION, told.problem, detail, sync=SYNC, tx=tx)

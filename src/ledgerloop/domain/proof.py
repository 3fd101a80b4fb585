"""Whether a closed return was processed, where Loop's views do not tell it themselves.

What was due does not show that it was issued, least of all an exchange order that was made at submission, before
anything came back. Source: help.loopreturns.com article/163 (read 2026-11-21).
That Loop takes the items back in Shopify without paying out: article/193, en/articles/1914497 (read 2026-11-21);
assumed to be so for every outcome that pays nothing out, so its absence alone proves nothing.
"""

from dataclasses import replace

from ledgerloop.domain.case import Case, Seen, WriteState
from ledgerloop.domain.records import Act
from ledgerloop.domain.returns import Return
from ledgerloop.domain.tenders import refunds_of


def exchanged(return_: Return) -> bool:
    """Whether it has an exchange order of its own."""
    return any(one.shopify_order_id not in ("", return_.shopify_order_id) for one in return_.exchanges)


def with_proof(case: Case) -> Case:
    """The case; a return that only an exchange order made ahead speaks for is not known to be processed."""
    if not any(one.inferred for one in case.returns):
        return case
    return replace(case, returns=tuple(_judged(case.about(one.loop_return_id)) for one in case.returns))


def _judged(case: Case) -> Return:
    return_ = case.the_return
    if not return_.inferred or case.last_seen(Seen.EXCHANGED_AHEAD) is None or _processed(case):
        return return_
    return replace(return_, processed=None, processed_at=None)


def _processed(case: Case) -> bool:
    """Loop took our request to process it, or Shopify shows a refund of the return, with money or without."""
    if any(
        one.loop_return_id == case.focus and one.record_type == Act.PROCESS.value and one.state is WriteState.DONE
        for one in case.journal
    ):
        return True
    refunds = refunds_of(case, wanted=False)
    return isinstance(refunds, tuple) and bool(refunds)

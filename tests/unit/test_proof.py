"""Which closed returns count as processed where Loop's list does not tell it."""

from dataclasses import replace
from typing import Any

import pytest

from ledgerloop.domain.case import Case, Seen, Transition, WriteState
from ledgerloop.domain.proof import exchanged, with_proof
from ledgerloop.domain.returns import Exchange, Return
from ledgerloop.domain.standing import processed as is_processed
from ledgerloop.outcome import NeedsReading, Source
from tests.support.cases import (
    NOW,
    ORDER,
    POLICY,
    RETURN,
    case,
    code,
    entry,
    processed,
    refunded,
    returned,
    shop_order,
    unread,
    usd,
)

AHEAD = (Transition(RETURN, Seen.EXCHANGED_AHEAD, NOW),)


def swapped(order_id: str = "5999", **changes: Any) -> Return:
    """Closed, and only its exchange order speaks for it."""
    exchange = Exchange("1", "TEE-L", usd("108.00"), order_id)
    return processed(exchanges=(exchange,), refunds=(), **{"inferred": True, **changes})


def judged(seen: Case) -> object:
    return is_processed(with_proof(seen), POLICY)


def test_an_exchange_order_made_when_the_return_was_closed_speaks_for_it() -> None:
    assert judged(case(swapped())) is True


def test_one_made_ahead_does_not() -> None:
    assert code(judged(case(swapped(), transitions=AHEAD))) == "processing_unknown"
    (seen,) = with_proof(case(swapped(), transitions=AHEAD)).returns
    assert (seen.processed, seen.processed_at) == (None, None)


def test_shopify_is_asked_before_it_is_waited_for() -> None:
    seen = case(swapped(), transitions=AHEAD, unread=unread(Source.SHOPIFY_ORDER))
    assert judged(seen) == NeedsReading(Source.SHOPIFY_ORDER, ORDER)


def test_the_details_are_read_where_the_list_does_not_tell() -> None:
    silent = processed(processed=None, refunds=())
    need = NeedsReading(Source.LOOP_RETURN, RETURN)
    assert judged(case(silent, unread=frozenset({need}))) == need
    assert code(judged(case(silent))) == "processing_unknown"


def test_items_that_shopify_shows_taken_back_speak_for_it_although_no_money_moved() -> None:
    no_money = replace(refunded(), transactions=())
    assert judged(case(swapped(), transitions=AHEAD, shop_order=shop_order(no_money))) is True


@pytest.mark.parametrize(("state", "known"), [(WriteState.DONE, True), (WriteState.REFUSED, False)])
def test_our_own_request_that_loop_took_speaks_for_it(state: WriteState, known: bool) -> None:
    asked = entry(f"process:main:{RETURN}", "process", state)
    assert (judged(case(swapped(), transitions=AHEAD, journal=(asked,))) is True) == known


def test_what_loop_says_itself_needs_no_other_proof() -> None:
    assert judged(case(swapped(inferred=False), transitions=AHEAD)) is True


def test_the_order_of_an_exchange_within_shopify_is_the_original_one() -> None:
    assert exchanged(swapped())
    assert not exchanged(swapped(ORDER))
    assert not exchanged(returned())

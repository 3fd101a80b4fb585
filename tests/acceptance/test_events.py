"""Events only hurry: every webhook twice, in reverse order, much too late or not at all give the same records."""

from collections.abc import Callable, Sequence

import pytest

from ledgerloop.intake.webhooks import Answer
from tests.acceptance.post import Letter, Post, catching
from tests.acceptance.trade import Trade, same

Sorting = Callable[[Sequence[Letter]], list[Letter]]

SORTINGS: dict[str, Sorting] = {
    "as they come": list,
    "every one twice": lambda letters: [copy for one in letters for copy in (one, one)],
    "in reverse order": lambda letters: list(reversed(letters)),
    "twice and in reverse order": lambda letters: [*reversed(letters), *reversed(letters)],
    "none at all": lambda letters: [],
}

EXPECTED = [
    ("creditMemo", "LOOP-CM-{}-1", "B", "108.00"),
    ("customerRefund", "LOOP-RF-{}-1", "A", "108.00"),
    ("itemReceipt", None, "A", "100.00"),
    ("returnAuthorization", "LOOP-RA-{}", "G", "108.00"),
]
"""Type, external id, status and total of every record at the end; the receipt is the warehouse's own."""


def live(trade: Trade, post: Post, sorting: Sorting) -> str:
    """One return from the shopper's wish to the refund; what was sent meanwhile is handed in before every sync."""

    def meanwhile() -> None:
        post.settle()
        post.deliver(sorting(post.letters[handed[0] :]))
        handed[0] = len(post.letters)
        trade.sync()

    handed = [0]
    return_id = trade.wants_back(trade.order())
    meanwhile()
    trade.receive(return_id)
    trade.act("set_label", return_id=return_id, status="delivered")
    meanwhile()
    trade.loop_works()
    meanwhile()
    meanwhile()
    return return_id


@pytest.mark.parametrize("how", SORTINGS)
def test_the_same_records_come_of_webhooks(trade: Trade, how: str) -> None:
    with catching(trade) as post:
        return_id = live(trade, post, SORTINGS[how])
        topics = {one.headers.get("X-Shopify-Topic", one.source) for one in post.letters}

    assert {"loop", "refunds/create"} <= topics
    found = same(trade.records(), "type", "externalId", "status", "total")
    assert found == [(kind, eid and eid.format(return_id), *rest) for kind, eid, *rest in EXPECTED]
    assert trade.loop(return_id)["calls"] == {"process": 1}
    assert trade.said(return_id) == {}
    assert trade.books() == {}


def test_all_webhooks_of_a_life_handed_in_again_long_after_write_nothing(trade: Trade) -> None:
    with catching(trade) as post:
        live(trade, post, SORTINGS["as they come"])
        before = trade.writes()
        answers = post.deliver(list(reversed(post.letters)))
        trade.sync()

    assert set(answers) == {Answer.AGAIN}
    assert trade.writes() == before


def test_webhooks_that_come_before_the_order_is_known_are_kept_and_the_return_goes_on(trade: Trade) -> None:
    with catching(trade) as post:
        order = trade.order(in_netsuite=False)
        return_id = trade.wants_back(order)
        trade.process_by_hand(return_id)
        post.settle()
        post.deliver(list(reversed(post.letters)))
        trade.sync()
        assert "order_not_in_netsuite" in trade.codes(return_id)
        trade.act("bring_to_netsuite", order_id=order["order_id"])
        trade.sync()

    assert trade.record("customerRefund")["total"] == "108.00"

"""What webhooks did not tell is found by the polls, with few requests, and done."""

from collections import Counter

import pytest

from tests.acceptance import lost_day
from tests.acceptance.hands import writes_nothing
from tests.acceptance.trade import Trade

pytestmark = pytest.mark.soak

RETURNS = 200


def test_a_day_of_lost_webhooks_is_caught_up_by_polls_alone_with_few_loop_requests(trade: Trade) -> None:
    lost_day.begin(trade)
    fates = lost_day.live(trade, RETURNS)

    trade.sync()

    asked = lost_day.loop_requests(trade)
    assert asked["list"] <= lost_day.MOST_LIST_REQUESTS
    assert asked["details"] <= 2 * list(fates.values()).count("processed"), "details only where a refund must be known"
    assert Counter(one["type"] for one in trade.records()) == lost_day.wanted(fates)
    assert trade.sandbox.writes("loop") == []
    writes_nothing(trade)

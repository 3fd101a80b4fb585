"""Returns that one SKU holds back are released by one alias, given as a command, each of them once."""

from tests.acceptance.trade import TEE, Trade, document
from tests.support.sandbox import parts_of


def test_three_returns_stuck_by_one_sku_are_released_by_one_alias_exactly_once(trade: Trade) -> None:
    stuck = []
    for number in range(3):
        order = trade.order(f"#11{number:02}", lines=[TEE], with_line_ids=False)
        stuck.append(trade.wants_back(order))
        trade.act("tamper", return_id=stuck[-1], lines=[{"sku": "TEE-OLD-M"}])
    trade.sync()
    assert [trade.codes(one) for one in stuck] == [{"item_not_found"}] * 3
    assert trade.records() == []
    item = trade.finding(stuck[0], "item_not_found").partition("TEE-M = item ")[2].partition(")")[0]

    done = trade.command("mappings", "set", "sku", "TEE-OLD-M", item, "--by", "ana", "--json")
    assert (done.returncode, document(done)["woken"]) == (0, 3)
    trade.sync()

    authorized = [one["externalId"] for one in trade.records("returnAuthorization")]
    assert sorted(authorized) == sorted(f"LOOP-RA-{one}" for one in stuck)
    trade.process_by_hand(stuck[0])
    trade.sync()
    assert [trade.record(kind)["total"] for kind in ("creditMemo", "customerRefund")] == ["108.00", "108.00"]
    trade.sync()
    assert len(trade.records("returnAuthorization")) == 3
    with parts_of(trade.config) as parts:
        assert parts.stores.audit.verify().fault == ""

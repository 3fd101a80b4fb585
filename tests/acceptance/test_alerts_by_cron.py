"""`sync` as cron runs it tells people at its end, and ends as it would without them."""

from tests.acceptance.trade import Trade, document
from tests.support.alerting import HOOK
from tests.support.receiver import receiver


def test_a_run_tells_at_its_end_and_its_exit_status_is_its_own(trade: Trade) -> None:
    order = trade.order(with_line_ids=False)
    return_id = trade.wants_back(order)
    trade.act("tamper", return_id=return_id, lines=[{"sku": "TEE-OLD-M"}])
    with receiver() as hook:
        hook.answers = [500]
        said = "[alerts]\nsettle_minutes = 0\n" + HOOK.format(hook=hook.url)
        trade.rewrite(("[poll]", f"{said}\n[poll]"))
        run = trade.command("sync", "--json")
        assert (run.returncode, document(run)["written"]) == (1, 0)
        assert [b"item_not_found" in posted.body for posted in hook.posted] == [True]

"""Shops without a service: a run from cron tells what newly needs somebody, once, in bounded time."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from ledgerloop.operate.alerts import once
from ledgerloop.operate.alerts.once import tell
from ledgerloop.store.errors import DatabaseBusy
from tests.support.alerting import CHAT, DAY, HOOK, HOUR, MAIL, MINUTE, Alerted, alerted

SKU = "SKU TEE-BLK-M has no item in NetSuite."


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Alerted]:
    with alerted(tmp_path, channels=MAIL + CHAT + HOOK) as made:
        yield made


def run(shop: Alerted, after_s: float, *remotes: str) -> None:
    """Cron starts a run that reads these remotes (all of them unless told), and tells at its end."""
    shop.here.clock.pass_by(after_s)
    shop.read(*remotes)
    tell(shop.here.parts, shop.here.config)


def test_a_cause_is_told_once_however_often_cron_runs(shop: Alerted) -> None:
    shop.needs(SKU, "1", "2")
    run(shop, MINUTE)
    assert shop.counts() == (0, 0, 0)
    for _ in range(6):
        run(shop, 10 * MINUTE)
    run(shop, 5 * HOUR)
    assert (shop.told, shop.counts()) == (["2 returns: SKU TEE-BLK-M has no item in NetSuite"], (1, 1, 1))


def test_a_service_afterwards_does_not_tell_it_again(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    run(shop, 10 * MINUTE)
    shop.begin()
    shop.turns(HOUR)
    assert shop.counts() == (1, 1, 1)


def test_what_waits_for_long_is_told_by_the_first_run(shop: Alerted) -> None:
    shop.stands("waiting", "order_not_in_netsuite", "1")
    run(shop, 4 * DAY)
    assert shop.told == ["1 return has waited for more than 72 hours: order_not_in_netsuite"]


def test_a_remote_that_runs_could_not_read_is_told(shop: Alerted) -> None:
    run(shop, MINUTE)
    for _ in range(3):
        run(shop, 30 * MINUTE, "loop", "shopify")
    assert shop.told == ["NetSuite was not read for 60 minutes"]


def test_what_was_not_taken_is_the_next_runs(shop: Alerted) -> None:
    shop.hook.answers = [503]
    shop.needs(SKU, "1")
    run(shop, 10 * MINUTE)
    run(shop, 10 * MINUTE)
    assert sorted(shop.states()) == ["chat sent", "hook sent", "mail sent"]
    assert len({one["id"] for one in shop.documents}) == 1


def test_when_the_time_is_up_nothing_more_is_begun(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.here.clock.pass_by(10 * MINUTE)
    tell(shop.here.parts, shop.here.config, budget_s=0)
    assert sorted(shop.states()) == ["chat due", "hook due", "mail due"]
    run(shop, 10 * MINUTE)
    assert shop.counts() == (1, 1, 1)


def test_a_fault_of_the_alerts_is_nobody_elses(shop: Alerted, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> float:
        raise DatabaseBusy

    with monkeypatch.context() as patched:
        patched.setattr(once, "time", SimpleNamespace(monotonic=busy))
        tell(shop.here.parts, shop.here.config)
    assert shop.counts() == (0, 0, 0)

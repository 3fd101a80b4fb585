"""The digest of a day: at its time by the clock on the wall, once, and only when there is something to tell."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledgerloop.config.alerts import Alerts
from ledgerloop.operate.alerts.days import day_before, digest_moment
from tests.support.alerting import CHAT, DAY, HOOK, HOUR, MAIL, MINUTE, Alerted, alerted

SKU = "SKU TEE-BLK-M has no item in NetSuite."


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Alerted]:
    with alerted(tmp_path, 'digest_at = "07:30"\ntime_zone = "Europe/Berlin"') as made:
        made.here.clock.now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
        made.begin()
        yield made


def digests(shop: Alerted) -> list[str]:
    return [f"{one['made_at'][5:16]} {one['subject']}" for one in shop.documents if one["kind"] == "digest"]


def test_it_comes_at_its_local_time_once_with_what_is_new_and_what_has_gone(shop: Alerted) -> None:
    shop.needs(SKU, "1", "2")
    shop.turns(18 * HOUR, 3 * HOUR)
    shop.turn(29 * MINUTE)
    assert digests(shop) == []
    shop.turns(4 * MINUTE, MINUTE)
    assert digests(shop) == ["03-05T06:30 Daily digest: 1 cause standing, 1 new, 0 gone"]
    document = shop.documents[-1]
    assert [one["title"] for one in document["alerts"]] == ["2 returns: SKU TEE-BLK-M has no item in NetSuite"]
    shop.turns(2 * DAY, 6 * HOUR)
    assert len(digests(shop)) == 1
    shop.is_well("1", "2")
    shop.turns(DAY, 6 * HOUR)
    assert digests(shop)[1:] == ["03-08T06:33 Daily digest: 0 causes standing, 0 new, 1 gone"]
    assert shop.documents[-1]["ended"] == ["2 returns: SKU TEE-BLK-M has no item in NetSuite"]


def test_a_cause_that_comes_later_that_morning_makes_no_late_digest(shop: Alerted) -> None:
    shop.turns(18.5 * HOUR, 6.5 * HOUR)
    shop.needs(SKU, "1")
    shop.turns(4 * HOUR, HOUR)
    assert digests(shop) == []


def test_on_quiet_days_it_comes_only_when_that_is_wished(tmp_path: Path) -> None:
    said = 'digest_at = "12:00"\ndigest_when_quiet = true'
    with alerted(tmp_path, said, MAIL + CHAT + HOOK) as shop:
        shop.here.clock.now = datetime(2026, 3, 4, 11, 59, tzinfo=UTC)
        shop.turns(2 * DAY, 4 * HOUR)
        quiet = "Daily digest: 0 causes standing, 0 new, 0 gone"
        assert digests(shop) == [f"03-04T15:59 {quiet}", f"03-05T15:59 {quiet}"]
        assert "Nothing stands that needs a person." in shop.texts[0]
        assert "Returns: none." in str(shop.mail.letters[0].get_content())  # type: ignore[attr-defined]


def test_a_channel_can_do_without(tmp_path: Path) -> None:
    said = 'digest_at = "12:00"\ndigest_when_quiet = true'
    with alerted(tmp_path, said, f"{HOOK}\ndigest = false") as shop:
        shop.turns(2 * DAY, 4 * HOUR)
        assert digests(shop) == []


def test_one_that_is_missed_by_hours_is_left_out(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    shop.turn(25 * HOUR)
    assert digests(shop) == []


def at(moment: str, zone: str = "Europe/Berlin", time: str = "02:30") -> str | None:
    config = Alerts.model_validate({"digest_at": time, "time_zone": zone})
    found = digest_moment(config, datetime.fromisoformat(moment))
    return found.isoformat()[:16] if found is not None else None


def test_the_nights_in_which_the_clocks_change_have_one_digest_each() -> None:
    assert at("2026-03-29T00:59+00:00") is None
    assert {at(f"2026-03-29T0{hour}:31+00:00") for hour in range(1, 7)} == {"2026-03-29T01:30"}
    assert at("2026-10-25T00:29+00:00") is None
    assert {at(f"2026-10-25T0{hour}:31+00:00") for hour in range(6)} == {"2026-10-25T00:30"}


def test_a_digest_before_midnight_may_be_late_after_it() -> None:
    assert at("2026-05-02T03:00+00:00", "UTC", "23:30") == "2026-05-01T23:30"
    assert at("2026-05-02T05:31+00:00", "UTC", "23:30") is None


def test_a_day_is_one_by_the_clock_on_the_wall() -> None:
    config = Alerts.model_validate({"digest_at": "07:30", "time_zone": "America/New_York"})
    moment = digest_moment(config, datetime(2026, 3, 8, 12, 0, tzinfo=UTC))
    assert moment == datetime(2026, 3, 8, 11, 30, tzinfo=UTC)
    assert day_before(config, moment) == datetime(2026, 3, 7, 12, 30, tzinfo=UTC)


def test_without_a_time_there_is_none() -> None:
    assert digest_moment(Alerts(), datetime(2026, 3, 8, 12, 0, tzinfo=UTC)) is None

"""When a digest is made."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ledgerloop.config.alerts import Alerts
from ledgerloop.store.alert_causes import ENDS_AFTER, FRESH

LATEST: Final = timedelta(hours=6)
"""How late a digest may be, because nothing ran; later there is none for that day."""


def digest_moment(config: Alerts, now: datetime) -> datetime | None:
    """The moment of the digest that is to be made now, in UTC; None when none is.

    An hour that a day does not have (the clocks go forward) counts as if they had not; one it has twice, the first.
    """
    if config.digest_time is None:
        return None
    zone = ZoneInfo(config.time_zone)
    today = now.astimezone(zone).date()
    moments = [_at(config.digest_time, zone, today - timedelta(days=days)) for days in (0, 1)]
    return next((one for one in moments if one <= now and now - one <= LATEST), None)


def day_before(config: Alerts, moment: datetime) -> datetime:
    """The moment of the digest before that one: a day by the clock on the wall."""
    zone = ZoneInfo(config.time_zone)
    at = config.digest_time or time()
    return _at(at, zone, moment.astimezone(zone).date() - timedelta(days=1))


def _at(at: time, zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def settled(moment: datetime) -> datetime:
    """Up to when it is known by a moment what has gone: a cause must not be seen for a while."""
    return moment - ENDS_AFTER - FRESH

"""The rules that look at what is stored: what needs a person, what waits for long, what is not read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import quote

from ledgerloop.config.alerts import Alerts
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.pollers import UPDATED
from ledgerloop.operate.alerts.cause import SUBJECTS, Cause, Subjects, counted, in_brief
from ledgerloop.operate.views.attention import Group, attention_groups
from ledgerloop.operate.views.today import REMOTES
from ledgerloop.store.alert_facts import first_subjects, waiting_since_before
from ledgerloop.store.outcomes import ATTENTION, WAITING
from ledgerloop.syncs import ORDER_SYNCS

POLLS: Final = 3
"""Polls that a remote may miss at least before it counts as silent, whatever is configured."""

WARM_UP: Final = timedelta(minutes=5)
"""How long after its start a process begins no alert about what waits: the polls must have caught up first."""

REMOTE_NAMES: Final = {"loop": "Loop", "shopify": "Shopify", "netsuite": "NetSuite"}


def needing_attention(parts: Parts, config: Alerts, now: datetime) -> Iterator[Cause]:
    """What a person must change, by root cause; quiet while it is snoozed or younger than it must be."""
    if not config.attention:
        return
    young = now - timedelta(minutes=config.settle_minutes)
    for one in attention_groups(parts):
        yield _of_group(parts, one, quiet=one.since > young)
    for one in attention_groups(parts, snoozed=True):
        yield _of_group(parts, one, quiet=True)


def _of_group(parts: Parts, one: Group, *, quiet: bool) -> Cause:
    number = counted(one.count, "order" if one.sync in ORDER_SYNCS else "return")
    return Cause(
        rule="attention",
        name=f"attention:{one.group}",
        title=f"{number}: {in_brief(one.text if one.count == 1 else one.cause or one.text)}",
        text=one.text,
        remedy=one.remedy,
        since=one.since,
        path=f"/attention/{quote(one.group)}",
        count=one.count,
        code=one.code,
        quiet=quiet,
        subjects=lambda: tuple(first_subjects(parts.stores.store, ATTENTION, one.code, SUBJECTS, cause=one.cause)),
    )


def _waiting(parts: Parts, code: str, before: datetime) -> Subjects:
    return tuple(first_subjects(parts.stores.store, WAITING, code, SUBJECTS, before=before))


def waiting_long(parts: Parts, config: Alerts, now: datetime, started_at: datetime | None) -> Iterator[Cause]:
    """What has waited for longer than it should, by code. Without a start everything has just been read."""
    if not config.waiting_hours:
        return
    hours = config.waiting_hours
    before = now - timedelta(hours=hours)
    for one in waiting_since_before(parts.stores.store, before):
        what = "has" if one.count == 1 else "have"
        yield Cause(
            rule="waiting",
            name=f"waiting:{one.code}",
            title=f"{counted(one.count)} {what} waited for more than {hours} hours: {one.code}",
            text=f"The oldest has waited since {one.since:%Y-%m-%d %H:%M} UTC with the code {one.code}.",
            remedy=f"Look at the oldest and do what the code says; see {one.code} in the list of codes.",
            since=one.since,
            path=f"/returns?standing=waiting&code={quote(one.code)}",
            count=one.count,
            code=one.code,
            quiet=started_at is not None and now - started_at < WARM_UP,
            subjects=partial(_waiting, parts, one.code, before),
        )


def silent(parts: Parts, config: Alerts, now: datetime, started_at: datetime | None, every_s: float) -> Iterator[Cause]:
    """Remotes that were not read to the end for longer than they should; quiet while this process has just begun.

    Without a start there was a run just now that tried to read them; one that was never read is then told by nothing.
    """
    if not config.silent_minutes:
        return
    longest = max(timedelta(minutes=config.silent_minutes), timedelta(seconds=POLLS * every_s))
    for shop_id in parts.shops:
        for remote in REMOTES:
            cursor = parts.stores.cursors.get(shop_id, remote, UPDATED)
            read_at = datetime.fromisoformat(cursor) if cursor is not None else None
            since = read_at or started_at
            if since is None or now - since <= longest:
                continue
            last = f"It was read to the end last at {read_at:%Y-%m-%d %H:%M} UTC" if read_at else "It was never read"
            name = f"{REMOTE_NAMES[remote]} of shop {shop_id}" if len(parts.shops) > 1 else REMOTE_NAMES[remote]
            yield Cause(
                rule="silent",
                name=f"silent:{shop_id}/{remote}",
                title=f"{name} was not read for {int(longest.total_seconds() // 60)} minutes",
                text=f"{last}. What changes there is not seen meanwhile.",
                remedy="Look at the remote and its credentials: run `ledgerloop doctor`, or Set-up, Examine now.",
                since=since,
                path="/set-up",
                quiet=started_at is not None and now - started_at <= longest,
            )

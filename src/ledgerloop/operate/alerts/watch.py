"""Takes turns: what stands now, what of it nobody was told yet, and off it goes.

Only the process that reads the remotes takes turns. Should two take one at the same moment, the database decides who
tells what.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from ledgerloop.config import Config
from ledgerloop.config.alerts import Channel, RuleName
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.alerts import books_rule, compose, rules
from ledgerloop.operate.alerts.cause import Cause, shown
from ledgerloop.operate.alerts.channels import Way, ways_of
from ledgerloop.operate.alerts.days import day_before, digest_moment, settled
from ledgerloop.operate.alerts.sending import Sending
from ledgerloop.operate.views.attention import MOST_GROUPS
from ledgerloop.store.alert_causes import AlertCauses, StandingCause
from ledgerloop.store.alerts_sent import AlertsSent, CauseKey, Made
from ledgerloop.store.return_list import ReturnList

ALONE: Final = 5
"""Causes that come at once and are told one by one; more are one message, lest a bad day floods everybody."""

KEPT: Final = timedelta(days=90)
"""How long messages, and causes that have gone, are kept."""

PRUNED_EVERY: Final = timedelta(days=1)

QUICK: Final[tuple[RuleName, ...]] = ("attention", "waiting", "silent")
"""Rules that are looked at in every turn."""


class Alerts:
    """The alerts of this process. `ways` replaces those of the config.

    `once`: of a run that has just read everything, and ends after one turn; the books are not looked at.
    """

    def __init__(self, parts: Parts, config: Config, ways: dict[str, Way] | None = None, *, once: bool = False) -> None:
        self._parts = parts
        self._config = config.alerts
        self._url = config.server.public_url
        self._every_s = float(config.poll.every_s)
        self._ways = ways if ways is not None else ways_of(config.alerts)
        self._causes = AlertCauses(parts.stores.store)
        self._sent = AlertsSent(parts.stores.store)
        self._sending = Sending(self._sent, self._ways, parts.clock)
        begins = parts.clock()
        self._started_at = None if once else begins
        self._books_at = begins + books_rule.FIRST
        self._books: list[Cause] | None = None
        self._pruned_at = begins - PRUNED_EVERY

    def turn(self, ends: float | None = None) -> bool:
        """Look, decide, send; then look at the books when that is due, which takes long. A channel is no fault.

        `ends`: when, on the monotonic clock, no further message is begun.
        """
        now = self._parts.clock()
        if self._ways:
            self._note(now)
            self._decide(now)
        self._sending.turn(ends)
        if now - self._pruned_at >= PRUNED_EVERY:
            self._pruned_at = now
            self._causes.forget_before(now - KEPT)
            self._sent.forget_before(now - KEPT)
        if self._ways and now >= self._books_at:
            self._books_at = now + books_rule.EVERY
            self._books = books_rule.out_of_balance(self._parts, self._config, now)
        return True

    def _look(self, now: datetime) -> list[Cause]:
        parts, config, began = self._parts, self._config, self._started_at
        return [
            *rules.needing_attention(parts, config, now),
            *rules.waiting_long(parts, config, now, began),
            *rules.silent(parts, config, now, began, self._every_s),
            *(self._books or ()),
        ]

    def _note(self, now: datetime) -> None:
        """Write down what stands; a rule that was not looked at yet ends nothing."""
        found = {one.name: one for one in self._look(now)}
        new, stale = self._causes.to_write(found, now)
        loud = {name for name in new | stale if not found[name].quiet}
        shops = len(self._parts.shops)
        seen = {name: (found[name].rule, shown(found[name], shops)) for name in loud}
        self._causes.note(seen, stale - loud, now)
        self._causes.end(self._looked_at(found.values()), now)

    def _looked_at(self, found: Collection[Cause]) -> set[RuleName]:
        """The rules of which all causes were seen: where there are too many, none has gone for that."""
        looked: set[RuleName] = {*QUICK, "books"} if self._books is not None else {*QUICK}
        groups = sum(1 for one in found if one.rule == "attention")
        return looked - {"attention"} if groups >= MOST_GROUPS else looked

    def _decide(self, now: datetime) -> None:
        standing = self._causes.standing()
        for name, way in self._ways.items():
            mine = [one for one in standing if one.rule in way.channel.rules]
            told = self._sent.told(name, [one.cause for one in mine])
            news = [one for one in mine if (one.cause, one.begun_at) not in told]
            for some in [[one] for one in news] if len(news) <= ALONE else [news]:
                self._decide_one(name, some, now)
            if way.channel.digest:
                self._decide_digest(way.channel, mine, now)

    def _decide_one(self, channel: str, causes: Sequence[StandingCause], now: datetime) -> None:
        by_key = {(one.cause, one.begun_at): one for one in causes}

        def make(won: Sequence[CauseKey]) -> Made:
            return compose.alert(channel, [by_key[key] for key in won], self._url, now)

        self._sent.decide(channel, "alert", list(by_key), make, now)

    def _decide_digest(self, channel: Channel, standing: Sequence[StandingCause], now: datetime) -> None:
        moment = digest_moment(self._config, now)
        if moment is None or ("digest", moment) in self._sent.told(channel.name, ["digest"]):
            return
        since = day_before(self._config, moment)
        begun = {one.cause for one in standing if since < one.begun_at <= moment}
        ended = _of_rules(self._causes.ended_since(settled(since)), channel)
        ended = [one for one in ended if one.ended_at is not None and one.ended_at <= settled(moment)]
        if not begun and not ended and not self._config.digest_when_quiet:
            return
        standings = ReturnList(self._parts.stores.store).standings()

        def make(_won: Sequence[CauseKey]) -> Made:
            return compose.digest(channel.name, moment, standing, begun, ended, standings, self._url, now)

        self._sent.decide(channel.name, "digest", [("digest", moment)], make, now)


def _of_rules(causes: Iterable[StandingCause], channel: Channel) -> list[StandingCause]:
    return [one for one in causes if one.rule in channel.rules]

"""Sends what was decided: claimed before, told afterwards, tried again where that cannot double it."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from ledgerloop.clock import Clock
from ledgerloop.operate.alerts.channels import Way
from ledgerloop.outcome import RemoteProblem, Unclear
from ledgerloop.store.alerts_sent import AlertsSent, Message, MessageState

LOST_AFTER: Final = timedelta(minutes=30)
"""When a message whose sender did not come back counts as unclear: longer than any attempt takes."""

FIRST_AGAIN: Final = timedelta(minutes=1)
"""When a message that was not taken is tried again; each time after twice as long."""

LONGEST_AGAIN: Final = timedelta(hours=1)

GIVE_UP: Final = timedelta(hours=24)
"""How long a message is tried; later it is no news."""

UNKNOWN: Final = "the process that sent it ended before it had an answer"

log = structlog.get_logger("ledgerloop.alerts")


class Sending:
    """Sends messages by their channels; a channel that fails holds up none of the others."""

    def __init__(self, sent: AlertsSent, ways: Mapping[str, Way], clock: Clock) -> None:
        self._sent = sent
        self._ways = ways
        self._clock = clock

    def turn(self, ends: float | None = None) -> None:
        """Send what is due; of a channel that cannot take one message, the others wait for the next turn.

        `ends`: when, on the monotonic clock, no further message is begun.
        """
        now = self._clock()
        for lost in self._sent.left_sending(now - LOST_AFTER):
            way = self._ways.get(lost.channel)
            self._is_unclear(lost, UNKNOWN, repeats=way is not None and way.repeats)
        for one in self._sent.homeless(list(self._ways)):
            self._sent.give_up(one.id, "there is no such channel any more", now)
        for name, way in self._ways.items():
            for message_id in self._sent.due(name, now):
                if (ends is not None and time.monotonic() >= ends) or not self.attempt(way, message_id):
                    break

    def attempt(self, way: Way, message_id: str, *, again: bool = True) -> bool:
        """Send a message once, if nobody else does; False when the channel did not take it. Not `again`: only once."""
        message = self._sent.claim(message_id, self._clock())
        if message is None:
            return True
        try:
            remark = way.send(message, self._clock())
        except Unclear as problem:
            self._is_unclear(message, problem.message, repeats=way.repeats and again)
            return False
        except RemoteProblem as problem:
            self._was_not_taken(message, problem, again=again)
            return False
        self._sent.close(message, MessageState.SENT, self._clock(), problem=remark)
        told = log.warning if remark else log.info
        told("alert_sent", channel=message.channel, message=message.id, subject=message.subject, remark=remark)
        return True

    def _was_not_taken(self, message: Message, problem: RemoteProblem, *, again: bool) -> None:
        now = self._clock()
        if again and now - message.made_at < GIVE_UP:
            self._try_again(message, problem.message, now)
        else:
            self._sent.close(message, MessageState.FAILED, now, problem=problem.message)
        log.warning("alert_not_sent", channel=message.channel, message=message.id, problem=problem.message)

    def _is_unclear(self, message: Message, problem: str, *, repeats: bool) -> None:
        now = self._clock()
        if repeats and now - message.made_at < GIVE_UP:
            self._try_again(message, problem, now)
        else:
            self._sent.close(message, MessageState.UNCLEAR, now, problem=problem)
        log.error("alert_unclear", channel=message.channel, message=message.id, problem=problem, repeated=repeats)

    def _try_again(self, message: Message, problem: str, now: datetime) -> None:
        pause = min(FIRST_AGAIN * 2 ** min(message.attempts - 1, 10), LONGEST_AGAIN)
        self._sent.close(message, MessageState.DUE, now, problem=problem, next_at=now + pause)

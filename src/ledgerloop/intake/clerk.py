"""Takes messages in with one thread: what arrives while a transaction is being written is stored together by the next.

So many messages cost little more than one, and the other writers of the process get their turn in between.
"""

import queue
import threading
from concurrent.futures import Future
from typing import Final

import structlog

from ledgerloop.clock import Clock
from ledgerloop.intake.webhooks import Answer, Knock, take
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable
from ledgerloop.store.inbox import Inbox

TOGETHER: Final = 64
"""Messages stored by one transaction at most."""

log = structlog.get_logger("ledgerloop.intake")

_Waiting = tuple[Knock, "Future[Answer]"]


class Clerk:
    """Answers each message once it is stored. What nobody waits for any longer is not begun."""

    def __init__(self, inbox: Inbox, clock: Clock) -> None:
        self._inbox = inbox
        self._clock = clock
        self._line: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="intake", daemon=True)
        self._thread.start()

    def take(self, knock: Knock) -> "Future[Answer]":
        """Take a message in, soon."""
        answered: Future[Answer] = Future()
        self._line.put((knock, answered))
        return answered

    def close(self) -> None:
        """End when all that came before is answered."""
        self._line.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while True:
            some, ends = self._next()
            begun = [one for one in some if one[1].set_running_or_notify_cancel()]
            if begun:
                self._store(begun)
            if ends:
                return

    def _next(self) -> tuple[list[_Waiting], bool]:
        """Wait for a message; gives it with all that came meanwhile, and whether it is the end."""
        some: list[_Waiting] = []
        one = self._line.get()
        while one is not None:
            some.append(one)
            if len(some) == TOGETHER:
                return some, False
            try:
                one = self._line.get_nowait()
            except queue.Empty:
                return some, False
        return some, True

    def _store(self, some: list[_Waiting]) -> None:
        try:
            answers = take(self._inbox, self._clock, [knock for knock, _ in some])
        except (DatabaseBusy, DatabaseUnusable) as problem:
            log.warning("messages_not_stored", messages=len(some), problem=str(problem))
            answers = [Answer.NOT_STORED] * len(some)
        except Exception:  # one message that cannot be stored must not keep the others out, and is shown
            if len(some) > 1:
                for one in some:
                    self._store([one])
                return
            log.exception("message_not_stored", source=some[0][0].source)
            answers = [Answer.NOT_STORED]
        for (_, answered), answer in zip(some, answers, strict=True):
            answered.set_result(answer)

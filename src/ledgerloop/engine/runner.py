"""The durable runner, the only module that knows DBOS: takes claimed cases, works them in threads, survives a crash.

The truth is `store/due.py`; a run is one repeatable unit without recorded steps, so one repeated after a crash looks at
the case anew. Runs therefore may be dropped at any time: what they were for is still due.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from ledgerloop.engine.cases import LEASE_S, RENEW_EVERY_S, Cases
from ledgerloop.engine.parts import Parts
from ledgerloop.store.connect import runs_engine
from ledgerloop.store.due import Claim
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable

APP_VERSION: Final = "ledgerloop-1"
"""Pinned: DBOS's default is a hash of the program, and runs begun before an update would never be picked up."""

POLL_S: Final = 0.1
"""How often the queue is looked at, seconds; DBOS's default of one second caps what a worker gets done."""

EMBEDDED: Final = "embedded"
"""Executor id on SQLite, the same after every start: DBOS picks up by itself what a killed process had begun."""

QUICK_S: Final = 2.0
"""How long runs that have nothing to do may take to end, seconds."""

A_LOT: Final = 500
"""Finished runs that are deleted at once."""

OPEN: Final = ["PENDING", "ENQUEUED"]
FINISHED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

log = structlog.get_logger("ledgerloop.engine")


class Runner:
    """Runs up to `at_once` cases of this process. One at a time per process: DBOS is a singleton."""

    def __init__(self, parts: Parts, cases: Cases, *, at_once: int, on_rest: Callable[[], None]) -> None:
        self._parts = parts
        self._cases = cases
        self._at_once = at_once
        self._on_rest = on_rest
        self._embedded = parts.stores.store.path is not None
        self.executor_id = EMBEDDED if self._embedded else parts.owner
        self._handed: dict[tuple[str, str], Claim] = {}
        self._running = 0
        self._change = threading.Condition()
        self._ending = threading.Event()
        self._engine = runs_engine(parts.stores.store.url)
        self.leaves_runs = False
        """Whether runs were left over at the end, for others to clear away."""

    def start(self) -> None:
        """Begin to run what is enqueued, what an earlier process of this executor left behind included."""
        config: DBOSConfig = {
            "name": "ledgerloop",
            "system_database_url": self._engine.url.render_as_string(hide_password=False),
            "system_database_engine": self._engine,
            "application_version": APP_VERSION,
            "executor_id": self.executor_id,
            "max_executor_threads": self._at_once + 16,
            "enable_otlp": False,
            "log_level": "ERROR",
        }
        _Current.runner = self
        # Without a handler of its own it would make one that writes lines unlike ours.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        DBOS(config=config)
        DBOS.listen_queues([self.queue])
        DBOS.launch()
        self.announce()

    @property
    def queue(self) -> str:
        """The name of this process's queue: a claim is worked by the process that holds it."""
        return "cases" if self._embedded else f"cases {self.executor_id}"

    def announce(self) -> None:
        """Make the queue known: one run at a time per order, and no other limit, which would slow it down."""
        DBOS.register_queue(
            self.queue,
            worker_concurrency=self._at_once,
            partition_concurrency=1,
            polling_interval_sec=POLL_S,
            on_conflict="always_update",
        )

    def enqueue(self, claim: Claim) -> None:
        """Take a claimed case over; it is handed back when it is at rest. Gives it back at once if that fails."""
        key = (claim.shop, claim.order_key)
        with self._change:
            self._handed[key] = claim
        options = SetEnqueueOptions(queue_partition_key=f"{claim.shop}:{claim.order_key}")
        try:
            with SetWorkflowID(run_id(claim)), options:
                DBOS.enqueue_workflow(self.queue, run_case, claim.shop, claim.order_key, claim.generation)
        except (SQLAlchemyError, dbos_error.DBOSException) as problem:
            log.warning("not_enqueued", shop=claim.shop, order=claim.order_key, problem=str(problem))
            with self._change:
                self._handed.pop(key, None)
            self._parts.stores.due.release(claim)

    def room(self) -> int:
        """How many more cases may be enqueued."""
        with self._change:
            return max(0, self._at_once - len(self._handed) - self._running)

    def in_hand(self) -> int:
        """How many cases are enqueued or running."""
        with self._change:
            return len(self._handed) + self._running

    def run(self, shop: str, order_key: str, generation: int) -> None:
        """Work one case, if it is ours or can be: the body of every run, the recovered ones included."""
        with self._change:
            claim = self._handed.pop((shop, order_key), None)
            self._running += 1
        try:
            claim = self._ours(claim, shop, order_key)
            if claim is not None and self._ending.is_set():
                self._parts.stores.due.release(claim)
            elif claim is not None:
                self._cases.work(claim)
        except (DatabaseBusy, DatabaseUnusable) as problem:
            log.warning("run_given_up", shop=shop, order=order_key, generation=generation, problem=str(problem))
        finally:
            with self._change:
                self._running -= 1
                self._change.notify_all()
            self._on_rest()

    def _ours(self, claim: Claim | None, shop: str, order_key: str) -> Claim | None:
        """Our live claim, made now where there is none; None when others have the case or it is not due."""
        due, now = self._parts.stores.due, self._parts.clock()
        if claim is not None and claim.until is not None:
            if claim.until - now > timedelta(seconds=LEASE_S - RENEW_EVERY_S):
                return claim
            if due.renew([claim], now + timedelta(seconds=LEASE_S)):
                return claim
        if shop not in self._parts.shops:
            return None
        return next(iter(due.claim(self._parts.owner, now, 1, LEASE_S, keys=[(shop, order_key)])), None)

    def take_over(self, executor_ids: Iterable[str]) -> int:
        """Drop the runs and the queues of dead processes; gives how many runs. What they were for is due by its own."""
        dropped = 0
        for executor_id in executor_ids:
            queue = f"cases {executor_id}"
            ids = {one.workflow_id for one in DBOS.list_workflows(status=OPEN, queue_name=queue, load_input=False)}
            ids |= {
                one.workflow_id for one in DBOS.list_workflows(status=OPEN, executor_id=executor_id, load_input=False)
            }
            if ids:
                DBOS.delete_workflows(sorted(ids))
            DBOS.delete_queue(queue)
            dropped += len(ids)
        return dropped

    def prune(self, finished_before: datetime) -> int:
        """Delete the runs that finished before; gives how many."""
        pruned = 0
        while True:
            rows = DBOS.list_workflows(
                status=FINISHED,
                completed_before=finished_before.isoformat(),
                limit=A_LOT,
                load_input=False,
                load_output=False,
            )
            if not rows:
                return pruned
            DBOS.delete_workflows([one.workflow_id for one in rows])
            pruned += len(rows)

    def open_runs(self) -> int:
        """How many runs of all processes are enqueued or running."""
        return len(DBOS.list_workflows(status=OPEN, load_input=False))

    def stop(self, grace_s: float) -> bool:
        """Begin nothing more and wait for what runs; False when something still runs after `grace_s` seconds.

        What stands in line ends at once by itself and is due again. Where it does not, `leaves_runs` is set.
        """
        self._ending.set()
        ends = time.monotonic() + max(grace_s, QUICK_S)
        with self._change:
            while (self._running or self._handed) and (left := ends - time.monotonic()) > 0:
                self._change.wait(left)
            at_rest = not self._running
        if not self._embedded:
            self.leaves_runs = not self._leave_nothing()
        DBOS.destroy()
        _Current.runner = None
        self._engine.dispose()
        return at_rest

    def _leave_nothing(self) -> bool:
        """Take our queue away once it is empty; False when runs are left for others to clear away."""
        ends = time.monotonic() + QUICK_S
        try:
            while DBOS.list_workflows(status=OPEN, queue_name=self.queue, load_input=False):
                if time.monotonic() > ends:
                    return False
                time.sleep(POLL_S)
            DBOS.delete_queue(self.queue)
        except (SQLAlchemyError, dbos_error.DBOSException):
            return False
        return True


class _Current:
    """The runner of this process, found by the runs that DBOS starts."""

    runner: Runner | None = None


@DBOS.workflow(name="case")
def run_case(shop: str, order_key: str, generation: int) -> None:
    """Work one case; repeatable, without recorded steps."""
    runner = _Current.runner
    if runner is not None:
        runner.run(shop, order_key, generation)


def run_id(claim: Claim) -> str:
    """Name a run so that names sort as runs follow one another; a waiting case is claimed again in one generation."""
    claimed_ms = int(claim.until.timestamp() * 1000) if claim.until is not None else 0
    return f"{claim.shop}:{claim.order_key}:{claim.generation:012d}:{claimed_ms:014d}"

"""The connector beside a world in memory: it syncs, is killed at a write, starts again, loses its database."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ledgerloop.bootstrap import Outside, open_parts
from ledgerloop.config import load_config
from ledgerloop.engine import batcher, foreground, gather, rounds, see
from ledgerloop.engine.cases import LEASE_S
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.rounds import Report
from ledgerloop.intake.pollers import sweep
from ledgerloop.intake.webhooks import Answer, Knock, doors_of, take
from ledgerloop.store.outcomes import Outcome
from ledgerloop.store.store import open_store
from ledgerloop_sandbox.deliveries import Delivery
from tests.support.sandbox import CONFIG
from tests.support.world_in_memory import URLS, MemoryWorld

QUICK = Path("/dev/shm")
"""A folder in memory, where the machine has one: every commit waits for the disk elsewhere."""


class Killed(BaseException):
    """The process was killed; nothing of it runs on."""


class InTurn(Executor):
    """Does everything at once, in the thread that asks for it: a run does the same twice."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except BaseException as raised:  # noqa: BLE001  (as a pool of threads does it)
            future.set_exception(raised)
        return future


@contextmanager
def in_turn() -> Iterator[None]:
    """Let the engine's pools do their work in turn."""
    modules: tuple[Any, ...] = (batcher, gather, rounds, see)
    for module in modules:
        module.ThreadPoolExecutor = InTurn
    before, rounds.AT_ONCE = rounds.AT_ONCE, 1
    try:
        yield
    finally:
        rounds.AT_ONCE = before
        for module in modules:
            module.ThreadPoolExecutor = ThreadPoolExecutor


@cache
def _key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


@cache
def _empty_database() -> bytes:
    """A new database, as every connector would make it for itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        open_store(f"sqlite:///{path}").close()
        return path.read_bytes()


class Connector:
    """The connector of one shop."""

    def __init__(self, world: MemoryWorld, *policy: str) -> None:
        self._world = world
        self.folder = Path(tempfile.mkdtemp(dir=QUICK if QUICK.is_dir() else None))
        self.config = load_config(self._write_config(policy), {})
        self._doors = doors_of(self.config)
        self._stack = ExitStack()
        self._parts: Parts | None = None
        self.faults: list[str] = []
        """Faults of its own that it logged."""
        self.forget_everything()

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "ledgerloop.db"

    @property
    def parts(self) -> Parts:
        """The parts of the running connector."""
        assert self._parts is not None
        return self._parts

    def _write_config(self, policy: tuple[str, ...]) -> Path:
        credentials = self._world.world.credentials()
        values = {
            **URLS,
            **credentials,
            "database": f"sqlite:///{self.folder}/ledgerloop.db",
            "every_s": 60,
            "concurrency": 2,
            "netsuite_account": self._world.world.account.account_id,
            "netsuite_client_id": "client",
            "netsuite_certificate_id": "certificate",
            "policy": "\n".join(policy),
        }
        (self.folder / "netsuite.pem").write_text(_key())
        path = self.folder / "ledgerloop.toml"
        path.write_text(CONFIG.format(**values))
        return path

    def start(self) -> None:
        """Build the parts anew, on the same database."""
        self.stop()
        outside = Outside(self._world.clock, self._world.clock.sleep, self._world.transport)
        self._parts = self._stack.enter_context(open_parts(self.config, outside=outside))

    def stop(self) -> None:
        """End as on SIGTERM."""
        self._parts = None
        self._stack.close()

    def forget_everything(self) -> None:
        """The database is lost; start on a new one."""
        self.stop()
        for path in self.folder.glob("ledgerloop.db*"):
            path.unlink()
        (self.folder / "ledgerloop.db").write_bytes(_empty_database())
        self.start()

    def remove(self) -> None:
        """Stop for good."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sync(self) -> Report:
        """One foreground run."""
        with in_turn(), self._listening():
            return foreground.run(self.parts)

    def sync_until_killed(self) -> None:
        """A run that may be killed; the lease of a dead process then runs out, and another one starts."""
        try:
            self.sync()
        except Killed:
            self._world.clock.pass_by(LEASE_S + 1)
            self.start()

    def sweep(self) -> None:
        """What is done every night."""
        with self._listening():
            for shop in self.parts.shops.values():
                sweep(shop.watch, shop.loop, shop.reading)

    def hear(self, delivery: Delivery) -> int:
        """Take a webhook in; gives the HTTP status."""
        if self._parts is None:
            return 0
        knock = Knock(self._doors["main"], delivery.remote, delivery.headers, delivery.body)
        answer = take(self._parts.stores.inbox, self._parts.clock, [knock])[0]
        return 200 if answer in (Answer.STORED, Answer.AGAIN) else 401

    def said(self, return_id: str) -> list[Outcome]:
        """What waits or needs attention about a return."""
        return self.parts.stores.outcomes.for_return("main", return_id)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Note faults of our own; everything else that is logged is dropped."""

        def note(_logger: Any, _method: str, said: structlog.typing.EventDict) -> structlog.typing.EventDict:
            if said["event"] in ("case_failed", "loop_failed"):
                self.faults.append(structlog.processors.format_exc_info(_logger, _method, said)["exception"])
            raise structlog.DropEvent

        before = structlog.get_config()
        structlog.configure(processors=[note])
        try:
            yield
        finally:
            structlog.configure(**before)

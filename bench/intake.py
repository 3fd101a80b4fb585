"""How fast webhooks are taken in while the workers are busy.

`serve` drains 200 returns from a NetSuite that takes 50 ms a call; meanwhile eight clients push signed Loop webhooks,
each with a body of its own about one of these returns. In turns with it, the same clients push to a bare Starlette
handler that only inserts one row durably (WAL, synchronous FULL), so that both see the same machine in the same state.
"""

import itertools
import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from _shop import load_returns, shop

from tests.support.sandbox import Sandbox
from tests.support.serving import Running, loop_message, signature, wait_until

RETURNS = 200
LATENCY_S = 0.05
CONCURRENCY = 5
CLIENTS = 8
TURNS = 5
TURN_S = 3.0

LEAST_RATIO = 0.3
"""Smallest share of the bare handler's rate."""

MOST_P99_MS = 100.0
"""Longest time of the slowest hundredth, milliseconds."""

BARE = """
import sqlite3, sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
async def take(request):
    db.execute("INSERT INTO inbox (body) VALUES (?)", (await request.body(),))
    return PlainTextResponse("ok")
app = Starlette(routes=[Route("/webhooks/main/loop", take, methods=["POST"])])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), http="h11", ws="none", log_config=None, access_log=False)
"""


class Clients:
    """Pushes from a fixed number of connections at once, each waiting for its answer before it sends the next."""

    def __init__(self, url: str, secret: str, subjects: list[tuple[str, str]]) -> None:
        address = urlsplit(url)
        self._at = (address.hostname, address.port or 80)
        self._secret = secret
        self._subjects = subjects
        self._number = itertools.count(1)
        self.seconds: list[float] = []
        self.took_s = 0.0
        self.failed = 0

    def push(self, for_s: float) -> None:
        """Push for that long."""
        ends = time.monotonic() + for_s
        threads = [threading.Thread(target=self._run, args=(ends,)) for _ in range(CLIENTS)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.took_s += time.monotonic() - begun

    def _run(self, ends: float) -> None:
        with socket.create_connection(self._at, timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.monotonic() < ends:
                request = self._request()
                begun = time.perf_counter()
                connection.sendall(request)
                answer = _answer(connection)
                self.seconds.append(time.perf_counter() - begun)
                self.failed += not answer.startswith(b"HTTP/1.1 200")

    def _request(self) -> bytes:
        number = next(self._number)
        body = loop_message(*self._subjects[number % len(self._subjects)], number=number, filling="x" * 1500)
        head = (
            f"POST /webhooks/main/loop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"X-Loop-Signature: {signature(body, self._secret)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took_s

    @property
    def p99_ms(self) -> float:
        """The time within which ninety-nine of a hundred are answered, milliseconds."""
        return 1000 * sorted(self.seconds)[int(len(self.seconds) * 0.99)]


def _answer(connection: socket.socket) -> bytes:
    """Read one answer whole."""
    answer = b""
    while True:
        answer += connection.recv(65536)
        head, blank, body = answer.partition(b"\r\n\r\n")
        if blank and len(body) >= int(head.lower().partition(b"content-length: ")[2].split()[0]):
            return answer


@contextmanager
def bare(folder: Path) -> Iterator[str]:
    """Run the bare handler as a process of its own."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", BARE, str(folder / "bare.db"), str(port)])
    try:
        wait_until(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def busy(serve: Running) -> int:
    """How many orders are due or in work."""
    lines = serve.client.get("/metrics").text.splitlines()
    wanted = ('ledgerloop_cases{state="due"}', 'ledgerloop_cases{state="claimed"}')
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith(wanted))


def measure(sandbox: Sandbox, config: Path, folder: Path) -> tuple[Clients, Clients, list[int]]:
    """Push to both in turns while the returns are drained."""
    subjects = [(one["return_id"], one["order_id"]) for one in sandbox.control("GET", "/state")["loop"]["returns"]]
    secret = sandbox.urls["credentials"]["loop_webhook_secret"]
    with bare(folder) as bare_url, Running(config) as serve:
        wait_until(lambda: busy(serve) > RETURNS // 2, 60)
        ours, theirs = Clients(serve.url, secret, subjects), Clients(bare_url, secret, subjects)
        in_work = []
        for _ in range(TURNS):
            theirs.push(TURN_S)
            ours.push(TURN_S)
            in_work.append(busy(serve))
        serve.kill()
    return ours, theirs, in_work


def main() -> int:
    """Measure, print both, and give the exit status."""
    with shop(concurrency=CONCURRENCY, every_s=60) as (sandbox, config), tempfile.TemporaryDirectory() as folder:
        load_returns(sandbox, RETURNS, "invoice")
        sandbox.control("POST", "/latency", remote="netsuite", seconds=LATENCY_S)
        ours, theirs, in_work = measure(sandbox, config, Path(folder))
        with closing(sqlite3.connect(config.parent / "ledgerloop.db")) as db:
            stored = db.execute("SELECT count(*) FROM inbox_bodies").fetchone()[0]
        written = len(sandbox.writes("netsuite"))
    lost = len(ours.seconds) - ours.failed - stored
    ratio = ours.rate / theirs.rate
    kept = ratio >= LEAST_RATIO and ours.p99_ms <= MOST_P99_MS and lost <= 0 and not ours.failed and min(in_work) > 0
    print(json.dumps({"in_work_after_each_turn": in_work, "netsuite_writes_meanwhile": written}))
    print(f"bare handler   {theirs.rate:7.0f}/s   p99 {theirs.p99_ms:6.1f} ms")
    print(
        f"serve, busy    {ours.rate:7.0f}/s   p99 {ours.p99_ms:6.1f} ms   refused {ours.failed}   lost {max(0, lost)}"
    )
    print(f"ratio {ratio:.2f}, least {LEAST_RATIO}; p99 at most {MOST_P99_MS:.0f} ms  {'ok' if kept else 'MISSED'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

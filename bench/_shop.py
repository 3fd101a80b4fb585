"""A shop with many returns at the simulators, for the benches."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.sandbox import Sandbox

RECORDS = {"invoice": 4, "cash_sale": 3}
"""NetSuite records of one refund: authorization, receipt, and credit memo with customer refund, or cash refund."""

SYNC_TIMEOUT_S = 900.0
"""Longest time for one sync, seconds."""


@dataclass(frozen=True)
class Drained:
    """What one `sync` did: NetSuite's requests, the records it holds, and the seconds from first to last request."""

    requests: list[dict[str, Any]]
    records: dict[str, int]
    seconds: float
    peak: int


@contextmanager
def shop(*arguments: str, **config: Any) -> Iterator[tuple[Sandbox, Path]]:
    """Start the simulators and write a ledgerloop.toml for them."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(*arguments) as sandbox:
        yield sandbox, sandbox.write_config(Path(folder), **config)


def load_returns(sandbox: Sandbox, count: int, billing: str) -> None:
    """Place orders of one unit each, and have each returned and processed in Loop."""
    for number in range(count):
        order = sandbox.act("place_order", name=f"#{1001 + number}", billing=billing)
        made = sandbox.act("request_return", order_id=order["order_id"])
        sandbox.act("process_in_loop", return_id=made["return_id"])


def command(config: Path, *arguments: str, timeout_s: float) -> "subprocess.CompletedProcess[str]":
    """One `ledgerloop` command, started as a person starts it."""
    return subprocess.run(
        [sys.executable, "-m", "ledgerloop", *arguments, "--config", str(config)],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def drain(sandbox: Sandbox, config: Path) -> Drained:
    """Run one `sync`; it must end with status 0."""
    sandbox.control("DELETE", "/log")
    begun = time.monotonic()
    done = command(config, "sync", timeout_s=SYNC_TIMEOUT_S)
    seconds = time.monotonic() - begun
    if done.returncode:
        sys.exit(f"sync ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    log = sandbox.log("netsuite")
    counts: dict[str, int] = {}
    for one in sandbox.records():
        if str(one["externalId"] or "").startswith("LOOP-"):
            counts[one["type"]] = counts.get(one["type"], 0) + 1
    return Drained(log["requests"], counts, seconds, log["peak"])

"""Orders back-filled by bulk query: how many a second, and their memory: 10,000 take little more than 1,000.

Usage: python bench/orders.py [MANY] [FEW]. The orders come as JSON lines from a server of its own; one in fifty has a
refund, which is read afterwards.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import func, select

from ledgerloop.bootstrap import Outside, open_parts
from ledgerloop.clock import utc_now
from ledgerloop.config import load_config
from ledgerloop.operate.order_backfill import read_orders
from ledgerloop.store.order_tables import orders
from tests.support.bulk_shop import REFUNDED
from tests.support.remotes import config_with_shopify

MANY, FEW = 10_000, 1_000
MOST_GROWTH = 1.2
"""How much more memory, at its peak, MANY orders may take than FEW."""


def back_fill(url: str, folder: Path) -> None:
    """Read all orders into a fresh database; runs in a process of its own, whose memory is measured."""
    config = load_config(config_with_shopify(url, folder), {})
    begun = time.monotonic()
    with open_parts(config, outside=Outside(utc_now, sleep=lambda _seconds: None)) as parts:
        found = read_orders(parts, datetime(2026, 11, 1, tzinfo=UTC), None, store=True)
        with parts.stores.store.reading() as tx:
            stored = tx.execute(select(func.count()).select_from(orders)).scalar_one()
    seconds, peak_kb = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"new": found.counts["new"], "stored": stored, "seconds": seconds, "peak_mb": peak_kb / 1024}))


def measure(count: int) -> dict[str, float]:
    """Serve so many orders, and have another process read them."""
    with tempfile.TemporaryDirectory() as folder:
        served = [sys.executable, "-m", "tests.support.bulk_shop", str(count)]
        root = Path(__file__).resolve().parent.parent
        with subprocess.Popen(served, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as shop:
            assert shop.stdout is not None
            url = shop.stdout.readline().strip()
            reader = [sys.executable, __file__, "--read", url, folder]
            done = subprocess.run(reader, capture_output=True, text=True, check=False)
            assert shop.stdin is not None
            shop.stdin.close()
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    refunds = count // REFUNDED
    print(
        f"{count:6} orders, {refunds} with refunds read after: {found['seconds']:.1f} s, "
        f"{count / found['seconds']:.0f} orders/s, {found['peak_mb']:.1f} MB at the peak"
    )
    assert found["stored"] == found["new"] == count
    return found


def main(many: int = MANY, few: int = FEW) -> None:
    small, large = measure(few), measure(many)
    growth = large["peak_mb"] / small["peak_mb"]
    print(f"memory at {many} orders: {growth:.2f} times that at {few} (at most {MOST_GROWTH})")
    if growth > MOST_GROWTH:
        sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        back_fill(sys.argv[2], Path(sys.argv[3]))
    else:
        main(*map(int, sys.argv[1:]))

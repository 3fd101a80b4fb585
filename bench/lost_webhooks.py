"""How many Loop requests it takes to find what a day of 2,000 lost webhooks did not tell: one `sync`, polls alone."""

import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.acceptance import lost_day
from tests.acceptance.trade import Trade
from tests.support.sandbox import Sandbox

RETURNS = 2000


def main() -> int:
    """Measure, print the counts, and give the exit status."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        trade = Trade(sandbox, Path(folder))
        trade.policy(concurrency=5)
        lost_day.begin(trade)
        fates = lost_day.live(trade, RETURNS)
        begun = time.monotonic()
        trade.sync()
        seconds = time.monotonic() - begun
        asked = lost_day.loop_requests(trade)
        records = Counter(one["type"] for one in trade.records())
        netsuite = len(sandbox.log("netsuite")["requests"])
    whole = records == lost_day.wanted(fates)
    kept = whole and asked["list"] <= lost_day.MOST_LIST_REQUESTS
    print(
        f"{RETURNS} returns whose webhooks were lost: {asked['list']} Loop requests to find them, limit "
        f"{lost_day.MOST_LIST_REQUESTS}; {asked['details']} to read single ones; {netsuite} NetSuite requests; "
        f"{seconds:.0f} s  {'ok' if kept else 'MISSED'}"
    )
    if not whole:
        print(f"records: {dict(records)}, wanted {dict(lost_day.wanted(fates))}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

"""How full NetSuite's slots are kept: 200 returns drained from a NetSuite that takes 200 ms a call, five at once."""

import sys
from datetime import datetime

from _shop import drain, load_returns, shop

RETURNS = 200
LATENCY_S = 0.2
CONCURRENCY = 5
LIMIT = 1.15
"""Longest time, in units of calls x latency / concurrency."""


def span_s(requests: list[dict[str, str]]) -> float:
    """Seconds from the begin of the first request to the end of the last one."""
    begun = min(datetime.fromisoformat(one["started"]) for one in requests)
    ended = max(datetime.fromisoformat(one["ended"]) for one in requests)
    return (ended - begun).total_seconds()


def main() -> int:
    """Drain, print the ratio, and give the exit status."""
    with shop(concurrency=CONCURRENCY) as (sandbox, config):
        load_returns(sandbox, RETURNS, "invoice")
        sandbox.control("POST", "/latency", remote="netsuite", seconds=LATENCY_S)
        drained = drain(sandbox, config)
    calls = len(drained.requests)
    best_s = calls * LATENCY_S / CONCURRENCY
    took_s = span_s(drained.requests)
    ratio = took_s / best_s
    kept = ratio <= LIMIT and drained.peak <= CONCURRENCY
    print(
        f"{RETURNS} refunds  {calls} calls of {LATENCY_S:.1f} s, {CONCURRENCY} at once (peak {drained.peak}): "
        f"{took_s:.1f} s, best {best_s:.1f} s  ratio {ratio:.3f}, limit {LIMIT}  {'ok' if kept else 'OVER'}  "
        f"(whole command {drained.seconds:.1f} s)"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

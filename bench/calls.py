"""How many requests NetSuite gets per refund: 200 returns loaded before one `sync`, everything counted."""

import sys
from collections import Counter

from _shop import RECORDS, drain, load_returns, shop

RETURNS = 200
LIMITS = {"invoice": 4.3, "cash_sale": 3.3}
"""Most requests per refund, by how the order was billed."""


def kind(method: str, path: str) -> str:
    """What a request is for."""
    if path.endswith("/token"):
        return "token"
    if path.endswith("/suiteql"):
        return "query"
    return "write" if method == "POST" else "read"


def measure(billing: str) -> bool:
    """Drain the returns of one kind of billing; tell whether the limit was kept."""
    with shop(concurrency=5) as (sandbox, config):
        load_returns(sandbox, RETURNS, billing)
        drained = drain(sandbox, config)
    per_refund = len(drained.requests) / RETURNS
    kinds = Counter(kind(one["method"], one["path"]) for one in drained.requests)
    whole = drained.records == dict.fromkeys(drained.records, RETURNS) and len(drained.records) == RECORDS[billing]
    kept = whole and per_refund <= LIMITS[billing]
    counted = ", ".join(f"{count} {name}" for name, count in sorted(kinds.items()))
    print(
        f"{billing:9}  {RETURNS} refunds  {len(drained.requests)} requests ({counted})  "
        f"{per_refund:.3f} per refund, limit {LIMITS[billing]}  {'ok' if kept else 'OVER'}"
    )
    if not whole:
        print(f"{billing:9}  records are missing or doubled: {drained.records}")
    return kept


if __name__ == "__main__":
    sys.exit(0 if all([measure("invoice"), measure("cash_sale")]) else 1)

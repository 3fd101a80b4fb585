"""The month-end pack over 1,000 mixed returns: seconds, memory, and whether it ties to the simulator's general ledger.

The first pack enters everything into the books; the next one finds them entered.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from _copies import STORIES, copy, play
from _shop import Sandbox, shop

RETURNS = 1000
SECONDS = 20.0
"""Most time for a pack of 1,000 returns: of a processor, so that a busy machine tells the same; it uses one core."""

MEGABYTES = 300
"""Most memory, resident."""

ROLES = {"netsuite.clearing": "exchange_clearing", "netsuite.gift_cards": "gift_cards", "netsuite.fees": "fees"}
"""Accounts of the books, and the simulator's that nothing else posts to."""


@dataclass(frozen=True)
class Made:
    """What a pack took: seconds by the clock and of the processor, megabytes."""

    seconds: float
    processor_s: float
    megabytes: float


def books(config: Path, *arguments: str) -> Made:
    """Make a pack in a process of its own."""
    begun, used = time.monotonic(), _used()
    program = [sys.executable, "-m", "ledgerloop", "books", "--offline", *arguments, "--config", str(config)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"books ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr}")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Made(time.monotonic() - begun, _used() - used, most)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ties(sandbox: Sandbox, config: Path, times: int) -> bool:
    """Compare the accounts of a pack with the simulator's ledger, whose records the copies hold so many times."""
    path = config.parent / "pack.json"
    books(config, "--format", "json", "--out", str(path))
    pack: dict[str, Any] = json.loads(path.read_text())
    held = {one["account"]: Decimal(one["closing"]) for one in pack["accounts"]}
    balances = sandbox.balances()
    apart = {
        account: (held.get(account, Decimal(0)), Decimal(balances[role]) * times)
        for account, role in ROLES.items()
        if role in balances and held.get(account, Decimal(0)) != Decimal(balances[role]) * times
    }
    for account, (ours, theirs) in apart.items():
        print(f"{account}: the pack holds {ours}, NetSuite {theirs}")
    print(f"ledger  {', '.join(ROLES)} {'differ' if apart else 'tie'}")
    return not apart


def main(returns: int) -> bool:
    """Measure the first pack and the next one; tell whether the limits were kept."""
    with shop(policy="settle_s = 0") as (sandbox, config):
        times = copy(config.parent / "ledgerloop.db", play(sandbox, config), returns)
        made, kept = times * len(STORIES), True
        for what in ("first", "next"):
            pack = books(config, "--format", "xlsx", "--out", str(config.parent / f"{what}.xlsx"))
            fine = pack.megabytes < MEGABYTES and (made > RETURNS or pack.processor_s < SECONDS)
            kept = kept and fine
            each = 1000 * pack.processor_s / made
            print(
                f"{what:6}  {made} returns  {pack.processor_s:.1f} s of a processor ({each:.1f} ms each), limit "
                f"{SECONDS:.0f} s for {RETURNS}  {pack.seconds:.1f} s by the clock  {pack.megabytes:.0f} MB, limit "
                f"{MEGABYTES}  {'ok' if fine else 'OVER'}"
            )
        return ties(sandbox, config, times) and kept


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--returns", type=int, default=RETURNS)
    sys.exit(0 if main(parser.parse_args().returns) else 1)

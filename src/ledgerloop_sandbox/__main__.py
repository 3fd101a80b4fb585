"""`python -m ledgerloop_sandbox`: start the three simulators and the control app."""

from __future__ import annotations

import argparse
import sys

from .process import Options, run


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run until SIGTERM, SIGINT or (with `--with-parent`) the end of standard input."""
    parser = argparse.ArgumentParser(prog="ledgerloop_sandbox", description="Simulators of Loop, Shopify and NetSuite.")
    for name in ("loop", "shopify", "netsuite", "control"):
        parser.add_argument(f"--{name}-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="added to every answer of every remote")
    parser.add_argument("--empty", action="store_true", help="no orders and returns to begin with")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")
    given = parser.parse_args(arguments)
    return run(Options(**vars(given)))


if __name__ == "__main__":
    sys.exit(main())

"""Tells at the end of a run in the foreground what `serve` would tell, for shops that run `sync` by cron."""

import time
from typing import Final

import structlog

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.alerts.watch import Alerts

BUDGET_S: Final = 20.0
"""How long attempts are begun, seconds; each ends by its channel's own time-out. The rest is the next run's."""

log = structlog.get_logger("ledgerloop.alerts")


def tell(parts: Parts, config: Config, budget_s: float = BUDGET_S) -> None:
    """Take one turn; whatever comes of it, the run has ended as it has."""
    try:
        Alerts(parts, config, once=True).turn(ends=time.monotonic() + budget_s)
    except Exception:  # a fault here must not change what the run answers, and is shown
        log.exception("alerts_failed")

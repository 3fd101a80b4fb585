"""Whatever happens in whatever order: nothing twice, nothing too early, and every return settled or explained.

How many examples: 50 by default over all machines, `LEDGERLOOP_MACHINE_EXAMPLES` for more; `make soak` runs 2,000.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import ReturnsMachine

EXAMPLES = int(os.environ.get("LEDGERLOOP_MACHINE_EXAMPLES", "50"))
SOAK_EXAMPLES = 2000
STEPS = 25


class ReceivedByBoth(ReturnsMachine):
    """Goods are received in NetSuite or by Loop's processing."""

    receive = "both"


class ReceivedInNetSuite(ReturnsMachine):
    """Only the warehouse's receipts process returns in Loop."""

    receive = "netsuite"


class ReceivedFromLoop(ReturnsMachine):
    """Only Loop's processing makes receipts."""

    receive = "loop"


MACHINES = {"both": (ReceivedByBoth, 2), "netsuite": (ReceivedInNetSuite, 2), "loop": (ReceivedFromLoop, 1)}
"""Machine by setting `receive`, with its share of the examples."""

SHARES = sum(share for _, share in MACHINES.values())


def _run(name: str, examples: int, *, same_again: bool) -> None:
    machine, share = MACHINES[name]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(1, examples * share // SHARES),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=same_again,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("receive", MACHINES)
def test_nothing_is_doubled_lost_or_done_too_early_whatever_happens(receive: str) -> None:
    _run(receive, EXAMPLES, same_again=True)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("receive", MACHINES)
def test_nothing_is_doubled_lost_or_done_too_early_for_hours(receive: str) -> None:
    _run(receive, SOAK_EXAMPLES, same_again=False)

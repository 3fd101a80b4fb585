"""Reads a case afresh and asks every sync, without writing anything anywhere."""

from dataclasses import dataclass

from ledgerloop.domain.case import Case
from ledgerloop.engine.converge import Answers, Run, decide
from ledgerloop.engine.gather import Wanted, gather
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import NeedsReading

MOST_READINGS = 12
"""Rounds of reading: each names something new, and there are fewer sources than this."""


@dataclass(frozen=True)
class Decided:
    """A case as it is now, and what every sync answers."""

    case: Case
    answers: Answers


def decide_afresh(parts: Parts, shop: Shop, order_key: str) -> Decided:
    """Read whatever the decisions need, and decide; what cannot be read waits."""
    run = Run()
    for _ in range(MOST_READINGS):
        case = observe(parts, shop, order_key, parts.clock())
        answers = decide(case, shop, run)
        needs = {one for one in answers.values() if isinstance(one, NeedsReading)}
        if not needs:
            break
        run.unreadable.update(gather(parts, shop, [Wanted(order_key, need) for need in needs]))
    return Decided(case, answers)

"""What a change of mappings would release and hold back, for `mappings`; loaded only where that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledgerloop.cli.common import err, out
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.mappings.importing import Done
from ledgerloop.operate.views.attention import Member
from ledgerloop.operate.views.release import NOTHING, Release, release_of

FEW = 10
"""Returns and orders that are named."""


@dataclass(frozen=True)
class Effect:
    """What a change that was only tried would do."""

    told: Release

    def as_dict(self) -> dict[str, Any]:
        """As the JSON document shows it."""
        held = self.told.holding
        return {
            "released": self.told.released,
            "held_back": held.held,
            "held_back_by": dict(held.codes),
            "later": held.later,
            "looked_at": held.looked_at,
            "more": self.told.more or held.more,
        }

    def say(self, *, dry_run: bool) -> None:
        """Print what goes on by it, and what stands still."""
        if dry_run and self.told.waiting:
            out.print(f"{self.told.released} of {self.told.waiting} that wait for it would go on.", highlight=False)
        held, would = self.told.holding, "would stand" if dry_run else "stand"
        if held.held:
            codes = ", ".join(f"{number} x {code}" for code, number in held.codes.items())
            _warn(f"{held.held} under way {would} still at once: {_few(held.named, held.held)} ({codes}).")
        if held.later:
            _warn(f"{held.later} under way have it, and come to it later: {_few(held.later_named, held.later)}.")
        if held.looked_at and not held.held and not held.later:
            out.print(f"None of {held.looked_at} under way has it.", highlight=False)
        if held.more:
            _warn(f"More are under way; {held.looked_at} orders were looked at.")


def effect_of(parts: Parts, tried: Done) -> Effect:
    """What a change would do that was only tried."""
    return Effect(NOTHING if tried.problems else release_of(parts, tried.changes))


def _few(named: Sequence[Member], count: int) -> str:
    return ", ".join(one.subject for one in named[:FEW]) + (" and others" if count > FEW else "")


def _warn(text: str) -> None:
    err.print(text, markup=False, highlight=False, soft_wrap=True, style="yellow")

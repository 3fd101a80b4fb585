"""What waits and what needs attention, now."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.rounds import CaseKey
from ledgerloop.store.outcomes import Outcome


@dataclass(frozen=True)
class Stand:
    """Answers that are not "nothing": attention first."""

    attention: tuple[Outcome, ...]
    waiting: tuple[Outcome, ...]

    @property
    def rows(self) -> tuple[Outcome, ...]:
        """All of them, what a person must change first."""
        return (*self.attention, *self.waiting)

    def as_dict(self) -> dict[str, object]:
        """As one JSON document shows it."""
        return {
            "attention": [_shown(one) for one in self.attention],
            "waiting": [_shown(one) for one in self.waiting],
        }


def stand_of(parts: Parts, only: Sequence[CaseKey] | None = None) -> Stand:
    """The answers of all configured shops, or of these cases only."""
    outcomes = parts.stores.outcomes
    return Stand(
        tuple(one for one in outcomes.needing_attention() if _meant(parts, one, only)),
        tuple(one for one in outcomes.waiting() if _meant(parts, one, only)),
    )


def _meant(parts: Parts, one: Outcome, only: Sequence[CaseKey] | None) -> bool:
    if one.shop not in parts.shops:
        return False
    if only is None:
        return True
    if one.return_id.startswith(ORDER_SUBJECT):
        return (one.shop, one.return_id.removeprefix(ORDER_SUBJECT)) in only
    stored = parts.stores.returns.get(one.shop, one.return_id)
    return stored is not None and (one.shop, stored.order_key) in only


def _shown(one: Outcome) -> dict[str, object]:
    about_order = one.return_id.startswith(ORDER_SUBJECT)
    return {
        "shop": one.shop,
        "return": "" if about_order else one.return_id,
        "order": one.return_id.removeprefix(ORDER_SUBJECT) if about_order else "",
        "sync": one.sync,
        "code": one.code,
        "text": one.text,
        "remedy": one.remedy,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until is not None else None,
    }

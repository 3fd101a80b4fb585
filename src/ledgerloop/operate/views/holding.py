"""What a change of mappings would hold back, before it is made: cases under way are decided anew, as they are stored.

What stops at its very next step is told with its code; of what has not come so far, that it names what is mapped.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.unmapped import remedied
from ledgerloop.domain.uses import rests_on
from ledgerloop.engine.converge import Answers, Run, decide
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.policies import SupposedPolicy
from ledgerloop.operate.mappings.effects import Effect
from ledgerloop.operate.views.attention import Member
from ledgerloop.outcome import Attention, Waiting
from ledgerloop.store.under_way import cases_under_way

MOST: Final = 200
"""Cases that are decided anew for one look: each costs some milliseconds."""

NAMED: Final = 50
"""Returns and orders that are named."""

OPEN: Final = (ReturnState.OPEN, ReturnState.REVIEW)
"""States of returns that still go their way in Loop."""


@dataclass(frozen=True)
class Holding:
    """What would stand still that goes on now, by code, and what else under way names what is mapped no longer.

    `more`: further cases under way were not looked at.
    """

    held: int = 0
    named: tuple[Member, ...] = ()
    codes: Mapping[str, int] = field(default_factory=dict)
    later: int = 0
    later_named: tuple[Member, ...] = ()
    looked_at: int = 0
    more: bool = False


NOTHING: Final = Holding()
"""Nothing is lost by the change."""


def holding_of(parts: Parts, found: Sequence[Effect]) -> Holding:
    """What these effects would hold back: where something is mapped no longer, or to something else."""
    held, later, codes, looked_at, more = list[Member](), list[Member](), Counter[str](), 0, False
    for effect in found:
        if not effect.lost:
            continue
        keys = cases_under_way(parts.stores.store, effect.shop, MOST + 1 - looked_at)
        more = more or looked_at + len(keys) > MOST
        for order_key in keys[: MOST - looked_at]:
            looked_at += 1
            for subject, code in _touched(parts, effect, order_key).items():
                (held if code else later).append(Member(effect.shop, subject))
                codes.update([code] if code else ())
    named, later_named = tuple(held[:NAMED]), tuple(later[:NAMED])
    return Holding(len(held), named, dict(codes), len(later), later_named, looked_at, more)


def _touched(parts: Parts, effect: Effect, order_key: str) -> dict[str, str]:
    """Subjects of a case that rest on what is lost, each with the code for which it would stand still, if it would."""
    shop = parts.shops[effect.shop]
    case = observe(parts, _with(shop, effect, then=True), order_key, parts.clock())
    after = _decided(case, _with(shop, effect, then=True))
    before = _decided(case, _with(shop, effect, then=False))
    wanted = {one for kind, key in effect.lost for one in remedied(kind, key)}
    stops = {
        about[0]: _code(answer)
        for about, answer in after.items()
        if _is_for(answer, wanted) and _code(answer) != _code(before.get(about))
    }
    touched = (one for one in _under_way(case, before) if any(_names(case, one, effect)))
    return {**dict.fromkeys(touched, ""), **stops}


def _names(case: Case, subject: str, effect: Effect) -> list[bool]:
    return [True for kind, key in effect.lost if rests_on(case, subject, kind, key, effect.before)]


def _under_way(case: Case, answers: Answers) -> set[str]:
    """Subjects that go on: returns that Loop has not ended, and what a sync wants to write or waits for."""
    open_ones = {one.loop_return_id for one in case.returns if one.state in OPEN}
    stopped = {about[0] for about, one in answers.items() if isinstance(one, Attention)}
    return (open_ones | {about[0] for about, one in answers.items() if isinstance(one, Write | Waiting)}) - stopped


def _with(shop: Shop, effect: Effect, *, then: bool) -> Shop:
    return replace(shop, policies=SupposedPolicy(effect.after if then else effect.before, shop.policies))


def _decided(case: Case, shop: Shop) -> Answers:
    return decide(case.as_stored(), shop, Run())


def _is_for(answer: Answer, wanted: set[tuple[str, str]]) -> bool:
    """Whether it stands still for one of these codes and causes."""
    cause = answer.cause if isinstance(answer, Attention) else ""
    return bool({(_code(answer), cause), (_code(answer), "")} & wanted)


def _code(answer: Answer | None) -> str:
    return answer.code if isinstance(answer, Attention | Waiting) else ""

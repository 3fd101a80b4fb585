"""What a change of mappings would release, before it is made: the cases that wait for it are decided anew, as they are
stored, by the policy as it would be. Nothing is read from a remote, and nothing is written anywhere.

What it would hold back is told by `holding`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledgerloop.domain.unmapped import remedied
from ledgerloop.engine.converge import Answers, Run, decide
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.policies import SupposedPolicy
from ledgerloop.operate.mappings.effects import Effect, effects, held_back
from ledgerloop.operate.mappings.importing import Done, remove_one, set_one
from ledgerloop.operate.views.attention import Member
from ledgerloop.operate.views.holding import NOTHING as NO_HOLDING
from ledgerloop.operate.views.holding import Holding, holding_of
from ledgerloop.outcome import Attention, NeedsReading, Waiting
from ledgerloop.store.held_back import HeldBack, HeldBacks
from ledgerloop.store.mappings import Change

MOST = 200
"""Answers that are decided anew for one look: each costs some milliseconds."""

NAMED = 50
"""Returns and orders that are named."""


@dataclass(frozen=True)
class Release:
    """What waits for a change, and what of it would go on.

    `stops` are codes for which others would stand still then; `unread` must be read first to tell.
    `more`: further ones wait that were not decided anew. `holding`: what goes on now and would not then.
    """

    waiting: int
    released: int
    named: tuple[Member, ...]
    unchanged: int
    stops: Mapping[str, int]
    unread: int
    more: bool
    holding: Holding = NO_HOLDING


NOTHING = Release(0, 0, (), 0, {}, 0, False)
"""Nothing waits for the change."""


@dataclass(frozen=True)
class Waiters:
    """How many returns and orders stand still for one mapping, and an example; `more`: further ones are not counted."""

    count: int
    more: bool
    shop: str
    example: str


def waiting_for(parts: Parts, kind: str, key: str, shop: str = "") -> Waiters:
    """What stands still for a mapping of this key, whatever it would be mapped to."""
    listing, wanted = HeldBacks(parts.stores.store), list(remedied(kind, key))
    found: list[HeldBack] = []
    for one in [shop] if shop else parts.shops:
        found += listing.of(one, wanted, limit=MOST + 1 - len(found))
    subjects = list(dict.fromkeys((one.shop, one.subject) for one in found))[:MOST]
    return Waiters(len(subjects), len(found) > MOST, *(subjects[0] if subjects else (shop, "")))


def preview(parts: Parts, kind: str, key: str, value: str | None, shop: str = "") -> tuple[Done, Release]:
    """Setting one mapping, or taking it away (None), as it would be: what it changes or why not, and what goes on."""
    if value is None:
        done = remove_one(parts, kind, key, by="", shop=shop, dry_run=True)
    else:
        done = set_one(parts, kind, key, value, by="", shop=shop, dry_run=True)
    return done, release_of(parts, done.changes)


def release_of(parts: Parts, changes: Sequence[Change]) -> Release:
    """What these changes would release if they were made."""
    if not changes:
        return NOTHING
    now = [one.entry for one in parts.stores.mappings.all()]
    told, named, more = Counter[tuple[str, str]](), list[Member](), False
    found = effects(parts, now, changes)
    for effect in found:
        held = held_back(parts, effect, limit=MOST + 1 - told.total())
        more = more or told.total() + len(held) > MOST
        for subject, becomes in _anew(parts, effect, held[: MOST - told.total()]):
            told[becomes] += 1
            if becomes == _RELEASED:
                named.append(subject)
    stops = {code: number for (how, code), number in told.items() if how == "stops"}
    return Release(
        waiting=told.total(),
        released=told[_RELEASED],
        named=tuple(named[:NAMED]),
        unchanged=told[_UNCHANGED],
        stops=stops,
        unread=told[_UNREAD],
        more=more,
        holding=holding_of(parts, found),
    )


_RELEASED, _UNCHANGED, _UNREAD = ("released", ""), ("unchanged", ""), ("unread", "")


def _anew(parts: Parts, effect: Effect, held: Iterable[HeldBack]) -> Iterable[tuple[Member, tuple[str, str]]]:
    """What becomes of each of these subjects; one that several syncs stop goes on when all of them let it."""
    shop = parts.shops[effect.shop]
    supposed = replace(shop, policies=SupposedPolicy(effect.after, shop.policies))
    cases: dict[str, dict[str, list[HeldBack]]] = {}
    for one in held:
        if one.order_key:
            cases.setdefault(one.order_key, {}).setdefault(one.subject, []).append(one)
    for order_key, subjects in cases.items():
        answers = _decided(parts, supposed, order_key)
        for subject, stopped in subjects.items():
            how = [_becomes(one, answers) for one in stopped]
            yield Member(effect.shop, subject), next((one for one in how if one != _RELEASED), _RELEASED)


def _decided(parts: Parts, shop: Shop, order_key: str) -> Answers:
    return decide(observe(parts, shop, order_key, parts.clock()).as_stored(), shop, Run())


def _becomes(stopped: HeldBack, answers: Answers) -> tuple[str, str]:
    about = (stopped.subject, stopped.sync)
    if about not in answers:
        return _UNCHANGED
    answer = answers[about]
    if isinstance(answer, NeedsReading):
        return _UNREAD
    if isinstance(answer, Attention | Waiting):
        return _UNCHANGED if answer.code == stopped.code else ("stops", answer.code)
    return _RELEASED

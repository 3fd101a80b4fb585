"""Mappings changed by programs: once for each key of theirs, and only while they are as they were last seen."""

from collections.abc import Callable
from typing import Any

from ledgerloop.engine.parts import Parts
from ledgerloop.operate.acts import ActRefused, Answer, Doing, answered
from ledgerloop.operate.mappings.importing import Done, remove_one, set_one, take_in
from ledgerloop.store.asked import note_answer
from ledgerloop.store.store import Transaction
from ledgerloop.store.types import digest


class MappingRefused(Exception):  # noqa: N818  (named for what it is)
    """What was given is no mapping; `done` says why, and nothing was changed."""

    def __init__(self, done: Done) -> None:
        super().__init__(done.problems[0].what)
        self.done = done


def change_one(
    parts: Parts, doing: Doing, kind: str, key: str, value: str | None, shop: str, seen: int | None = None
) -> Answer:
    """Set one mapping, or take it away (None). `seen`: the version of the mappings that must still hold.

    Raises MappingRefused and ActRefused.
    """

    def change(tx: Transaction) -> Done:
        by, via = doing.by.name, doing.by.via
        if value is None:
            return remove_one(parts, kind, key, by=by, via=via, shop=shop, tx=tx)
        return set_one(parts, kind, key, value, by=by, via=via, shop=shop, tx=tx)

    return _changed(parts, doing, ["change_mapping", kind, key, value, shop], shop, seen, change)


def import_text(
    parts: Parts, doing: Doing, name: str, text: str, shop: str, form: str = "", seen: int | None = None
) -> Answer:
    """Take a whole file in; `name` is kept with each change. Raises MappingRefused and ActRefused."""

    def change(tx: Transaction) -> Done:
        return take_in(parts, name, text.encode(), by=doing.by.name, via=doing.by.via, shop=shop, form=form, tx=tx)

    return _changed(parts, doing, ["import_mappings", name, digest(text), shop, form], shop, seen, change)


def look_at_text(parts: Parts, doing: Doing, name: str, text: str, shop: str, form: str = "") -> Done:
    """What a file would change; nothing is. Raises ActRefused."""
    _known_shop(parts, shop)
    return take_in(parts, name, text.encode(), by=doing.by.name, shop=shop, form=form, dry_run=True)


def _changed(
    parts: Parts,
    doing: Doing,
    asked: list[Any],
    shop: str,
    seen: int | None,
    change: Callable[[Transaction], Done],
) -> Answer:
    _known_shop(parts, shop)
    with parts.stores.store.writing() as tx:
        before = answered(tx, doing, asked, parts.clock())
        if before is not None:
            return before
        parts.stores.mappings.lock(tx)
        if seen is not None and parts.stores.mappings.version(tx) != seen:
            raise ActRefused("changed_meanwhile", "Somebody has changed the mappings since; read them again.")
        done = change(tx)
        if done.problems:
            raise MappingRefused(done)
        answer: Answer = {"changes": len(done.changes), "looked_at_again": done.woken}
        if doing.key:
            note_answer(tx, doing.by.name, doing.key, answer)
    return answer


def _known_shop(parts: Parts, shop: str) -> None:
    if shop and shop not in parts.shops:
        raise ActRefused("unknown_subject", f"There is no shop {shop}.")

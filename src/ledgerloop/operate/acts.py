"""What people do: look again, retry, hold, release, mark as handled, comment, assign, snooze, map.

Each act notes who did it in the audit chain, in the transaction of the act itself. With a key of the person's own it is
done once: asked again, it answers as before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from ledgerloop.domain.case import ORDER_SUBJECT, Rest
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.sending import skus_of
from ledgerloop.engine.settle import outcome_of_rest
from ledgerloop.operate.mappings.importing import Done, remove_one, set_one
from ledgerloop.operate.views.about import about_group, about_subject
from ledgerloop.operate.views.attention import cause_of_group
from ledgerloop.store.asked import AskedOtherwise, answer_before, note_answer
from ledgerloop.store.due import SOON
from ledgerloop.store.lookups import CUSTOMER, ITEM
from ledgerloop.store.order_identifications import NETSUITE_ORDER_ID
from ledgerloop.store.remarks import Remarks
from ledgerloop.store.rests import RestKind
from ledgerloop.store.return_list import ReturnList
from ledgerloop.store.store import Transaction
from ledgerloop.store.users import Person

AT_ONCE: Final = 200
"""Subjects of a group that are taken in one transaction, so that others can write between."""

LONGEST_TEXT: Final = 2000
"""Characters of a reason or a comment."""

Answer: TypeAlias = dict[str, Any]


class ActRefused(Exception):  # noqa: N818  (named for what it is)
    """What was asked for cannot be done. `code` is unknown_subject, text_missing, text_too_long, not_at_rest,
    snooze_in_the_past, key_used_otherwise or changed_meanwhile.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Doing:
    """Who does it, and under which key of their own (empty: without)."""

    by: Person
    key: str = ""


@dataclass(frozen=True)
class Target:
    """A return, or an order (`order:ID`), with its case."""

    shop: str
    subject: str
    order_key: str

    @property
    def about(self) -> str:
        """Its name in the audit chain and in remarks."""
        return about_subject(self.shop, self.subject)


def target_of(parts: Parts, shop: str, subject: str) -> Target:
    """Find what is meant. Raises ActRefused."""
    if shop in parts.shops:
        if subject.startswith(ORDER_SUBJECT):
            order_id = subject.removeprefix(ORDER_SUBJECT)
            if parts.stores.orders.get(shop, order_id) is not None:
                return Target(shop, subject, order_id)
        else:
            head = ReturnList(parts.stores.store).get(shop, subject)
            if head is not None:
                return Target(shop, subject, head.order_key)
    raise ActRefused("unknown_subject", f"There is no {about_subject(shop, subject)} here.")


def check_again(parts: Parts, doing: Doing, target: Target) -> Answer:
    """Read it afresh from all remotes as soon as possible, and decide anew."""

    def act(tx: Transaction) -> Answer:
        _afresh(parts, target, "asked for by a person", tx)
        return {"due": True}

    return _do(parts, doing, "check_again", target.about, {}, act)


def retry(parts: Parts, doing: Doing, target: Target) -> Answer:
    """Let what was refused or came to nothing be written again, then check again."""

    def act(tx: Transaction) -> Answer:
        return {"due": True, "reopened": _reopen(parts, target, tx)}

    return _do(parts, doing, "retry", target.about, {}, act)


def retry_group(parts: Parts, doing: Doing, group: str) -> Answer:
    """Retry everything that stands still for one cause. Raises ActRefused."""
    named = cause_of_group(parts, group)
    if named is None:
        raise ActRefused("unknown_subject", "Nothing stands still for this cause any more.")
    listing, after = ReturnList(parts.stores.store), ("", "")
    found: list[Target] = []
    while some := listing.subjects_of(*named, after, AT_ONCE):
        after = some[-1]
        found += [one for shop, subject in some if (one := _known(parts, shop, subject)) is not None]
    for begin in range(AT_ONCE, len(found), AT_ONCE):
        with parts.stores.store.writing() as tx:
            for one in found[begin : begin + AT_ONCE]:
                _reopen(parts, one, tx)

    def act(tx: Transaction) -> Answer:
        for one in found[:AT_ONCE]:
            _reopen(parts, one, tx)
        return {"due": True, "subjects": len(found)}

    return _do(parts, doing, "retry_group", about_group(group), {"code": named[0]}, act)


def hold(parts: Parts, doing: Doing, target: Target, reason: str) -> Answer:
    """Do nothing for it until it is released; what is being written at this moment is finished. Raises ActRefused."""
    return _put_to_rest(parts, doing, target, RestKind.HELD, reason, "hold")


def mark_handled(parts: Parts, doing: Doing, target: Target, reason: str) -> Answer:
    """A person has done by hand what was to be done: nothing more is done for it. Raises ActRefused."""
    return _put_to_rest(parts, doing, target, RestKind.HANDLED, reason, "mark_handled")


def release(parts: Parts, doing: Doing, target: Target) -> Answer:
    """Let it be worked again, whether it was held or handled. Raises ActRefused."""

    def act(tx: Transaction) -> Answer:
        if not parts.stores.rests.end(target.shop, target.subject, tx):
            raise ActRefused("not_at_rest", "It is neither held nor marked as handled.")
        parts.stores.outcomes.replace_all(target.shop, target.subject, [], parts.clock(), tx)
        _tell(parts, target, f"Released by {doing.by.name}", tx)
        _afresh(parts, target, "released by a person", tx)
        return {"released": True}

    return _do(parts, doing, "release", target.about, {}, act)


def set_mapping(parts: Parts, doing: Doing, kind: str, key: str, value: str | None, shop: str = "") -> Done:
    """Set one mapping, or take it away (None): asked again, it changes nothing; refusals are in what it gives."""
    if value is None:
        return remove_one(parts, kind, key, by=doing.by.name, via=doing.by.via, shop=shop)
    return set_one(parts, kind, key, value, by=doing.by.name, via=doing.by.via, shop=shop)


def comment(parts: Parts, doing: Doing, about: str, text: str) -> Answer:
    """Say something about a return, an order or a group. Raises ActRefused."""
    said = _text(text, "comment")

    def act(tx: Transaction) -> Answer:
        number = Remarks(parts.stores.store).comment(about, said, by=doing.by.name, at=parts.clock(), tx=tx)
        return {"comment": number}

    return _do(parts, doing, "comment", about, {"characters": len(said)}, act, asked=said)


def assign(parts: Parts, doing: Doing, about: str, name: str) -> Answer:
    """Say who looks after it; an empty name: nobody. Raises ActRefused."""
    if len(name) > LONGEST_TEXT:
        raise ActRefused("text_too_long", "The name is too long.")
    wanted = name.strip()

    def act(tx: Transaction) -> Answer:
        Remarks(parts.stores.store).assign(about, wanted, by=doing.by.name, at=parts.clock(), tx=tx)
        return {"assigned_to": wanted}

    return _do(parts, doing, "assign", about, {"to": wanted}, act)


def snooze(parts: Parts, doing: Doing, about: str, until: datetime | None) -> Answer:
    """Leave it out of what is open until then; None: show it again. Raises ActRefused."""
    if until is not None and until <= parts.clock():
        raise ActRefused("snooze_in_the_past", "The moment lies in the past.")
    told = {"until": until.isoformat() if until is not None else None}

    def act(tx: Transaction) -> Answer:
        Remarks(parts.stores.store).snooze(about, until, by=doing.by.name, at=parts.clock(), tx=tx)
        return {"snoozed_until": told["until"]}

    return _do(parts, doing, "snooze", about, told, act)


def _put_to_rest(parts: Parts, doing: Doing, target: Target, kind: RestKind, reason: str, what: str) -> Answer:
    why, at = _text(reason, "reason"), parts.clock()

    def act(tx: Transaction) -> Answer:
        about = (target.shop, target.subject, target.order_key)
        parts.stores.rests.put(*about, kind, by=doing.by.name, at=at, reason=why, tx=tx)
        row = outcome_of_rest(target.shop, Rest(target.subject, kind.value, doing.by.name, at, why))
        parts.stores.outcomes.replace_all(target.shop, target.subject, [row], at, tx)
        _tell(parts, target, row.text, tx)
        parts.stores.due.mark(target.shop, target.order_key, at, row.text, tx, priority=SOON)
        return {kind.value: True}

    return _do(parts, doing, what, target.about, {"reason": why}, act)


def _do(
    parts: Parts,
    doing: Doing,
    what: str,
    about: str,
    detail: dict[str, Any],
    act: Callable[[Transaction], Answer],
    *,
    asked: str = "",
) -> Answer:
    """Act once, and note it: all of it takes effect together, or none."""
    at, by = parts.clock(), doing.by
    with parts.stores.store.writing() as tx:
        before = answered(tx, doing, [what, about, detail, asked], at)
        if before is not None:
            return before
        answer = act(tx)
        if doing.key:
            note_answer(tx, by.name, doing.key, answer)
        parts.stores.audit.note(tx, who=by.name, via=by.via, act=what, at=at, about=about, detail=detail)
    return answer


def answered(tx: Transaction, doing: Doing, asked: list[Any], at: datetime) -> Answer | None:
    """What was answered to this key before; None the first time, and without a key. Raises ActRefused."""
    if not doing.key:
        return None
    try:
        return answer_before(tx, doing.by.name, doing.key, asked, at)
    except AskedOtherwise:
        message = "This Idempotency-Key was used before, for something else."
        raise ActRefused("key_used_otherwise", message) from None


def _known(parts: Parts, shop: str, subject: str) -> Target | None:
    try:
        return target_of(parts, shop, subject)
    except ActRefused:
        return None


def _text(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise ActRefused("text_missing", f"Say something: the {what} is empty.")
    if len(said) > LONGEST_TEXT:
        raise ActRefused("text_too_long", f"The {what} has more than {LONGEST_TEXT} characters.")
    return said


def _tell(parts: Parts, target: Target, text: str, tx: Transaction) -> None:
    parts.stores.timeline.append(target.shop, target.order_key, target.subject, parts.clock(), "note", text, tx=tx)


def _reopen(parts: Parts, target: Target, tx: Transaction) -> int:
    stores, now, about = parts.stores, parts.clock(), (target.shop, target.subject)
    deleted = any(one.code == "record_gone" for one in stores.outcomes.for_return(*about, tx))
    reopened = stores.journal.reopen(*about, now, tx, deleted=deleted)
    if target.subject.startswith(ORDER_SUBJECT) and deleted:
        stores.orders.identify(target.shop, target.order_key, NETSUITE_ORDER_ID, "", now, tx)
    _afresh(parts, target, "retried by a person", tx)
    return reopened


def _afresh(parts: Parts, target: Target, why: str, tx: Transaction) -> None:
    """Mark everything that is stored about a case as outdated, and the case as due before all others."""
    stores, shop, key = parts.stores, target.shop, target.order_key
    stores.documents.mark_stale(shop, key, tx)
    stores.source_orders.mark_stale(shop, key, tx)
    stores.shop_orders.mark_stale(shop, key, tx)
    stored = stores.orders.get(shop, key, tx)
    if stored is not None:
        stores.orders.mark_stale(shop, [key], tx)
        stores.lookups.mark_stale(shop, CUSTOMER, [key], tx)
        if stored.order is not None:
            stores.lookups.mark_stale(shop, ITEM, skus_of(stored.order), tx)
    if not target.subject.startswith(ORDER_SUBJECT):
        stores.returns.mark_stale(shop, target.subject, tx)
    stores.due.mark(shop, key, parts.clock(), why, tx, priority=SOON)

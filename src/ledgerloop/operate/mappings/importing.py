"""Takes mappings in: whole files or one by one, in one transaction, and wakes what waited for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ledgerloop.config.suggest import did_you_mean
from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.policies import LOOK_EVERY_S
from ledgerloop.operate.mappings import csv_rows, entity_xml, toml_tables
from ledgerloop.operate.mappings.entities import ENTITIES, SHORT, from_short
from ledgerloop.operate.mappings.merge import Scope, merged
from ledgerloop.operate.mappings.pasted import decoded, holds_elements
from ledgerloop.operate.mappings.records import LARGEST_FILE, Contents, Op, Problem, Remark
from ledgerloop.operate.mappings.words import add
from ledgerloop.store.mappings import Change

READERS = {"xml": entity_xml.read, "csv": csv_rows.read, "toml": toml_tables.read}
"""How each format is read."""

HELD_BACK = (
    *("channel_unknown", "gateway_unmapped", "item_ambiguous", "item_not_configured", "item_not_found"),
    *("location_unmapped", "units_missing"),
)
"""Codes that a mapping may remedy; what stopped with one of them is looked at again."""

WAKE_AFTER = timedelta(seconds=3 * LOOK_EVERY_S)
"""When they are looked at again: after every running process has seen the new mapping, else it would find the old."""


@dataclass(frozen=True)
class Done:
    """What came of it. With problems nothing was changed."""

    changes: Sequence[Change] = ()
    remarks: Sequence[Remark] = ()
    problems: Sequence[Problem] = ()
    read: int = 0
    """Records that the file holds."""
    woken: int = 0
    """Orders that are looked at again."""
    shadowed: Sequence[str] = field(default=())
    """Shops that have a mapping of their own for what was changed for every shop."""


def take_in(
    parts: Parts, name: str, raw: bytes, *, by: str, shop: str = "", form: str = "", dry_run: bool = False
) -> Done:
    """Import one file; `form` is xml, csv or toml, empty for what its name and content say."""
    if len(raw) > LARGEST_FILE:
        what = f"The file has more than {LARGEST_FILE} bytes."
        return Done(problems=[Problem("mapping_file_broken", 0, what, "Import it in parts.")])
    try:
        text = decoded(raw)
    except UnicodeError:
        what = "The file is not text in UTF-8, nor in the encoding that it declares."
        return Done(problems=[Problem("mapping_file_broken", 0, what, "Save it as UTF-8.")])
    contents = READERS[form or form_of(name, text)](text)
    return _change(parts, contents, by=by, file=name, shop=shop, dry_run=dry_run)


def set_one(parts: Parts, kind: str, key: str, value: str, *, by: str, shop: str = "") -> Done:
    """Set one mapping by hand; kinds are those that have a key and a value."""
    contents = Contents()
    if from_short(kind, key, value) is None:
        contents.problems.append(_unknown_kind(kind))
    else:
        add(contents, 0, kind, {"key": key, "value": value})
    return _change(parts, contents, by=by, file="", shop=shop, dry_run=False)


def remove_one(parts: Parts, kind: str, key: str, *, by: str, shop: str = "") -> Done:
    """Take one mapping away by hand, named as `set` or as `list` names it."""
    contents = Contents()
    if from_short(kind, key, "") is not None:
        add(contents, 0, kind, {"key": key, "value": ""}, Op.DELETE)
    elif kind in ENTITIES:
        add(contents, 0, kind, dict(zip(ENTITIES[kind].keys, key.split("|"), strict=False)), Op.DELETE)
    else:
        contents.problems.append(_unknown_kind(kind))
    return _change(parts, contents, by=by, file="", shop=shop, dry_run=False)


def form_of(name: str, text: str) -> str:
    """The format of a file: by the end of its name, else by what it holds."""
    end = name.rpartition(".")[2].lower()
    if end in READERS:
        return end
    if holds_elements(text):
        return "xml"
    return "toml" if text.lstrip().startswith(("[", "#")) else "csv"


def _unknown_kind(kind: str) -> Problem:
    hint = did_you_mean(kind, SHORT)
    known = f"{', '.join(SHORT)}, and types such as SHOPIFY_PAYMENT_TYPE and NETSUITE_PMT_MTHD"
    what = f"{kind} is no kind of mapping with a key and a value."
    return Problem("mapping_entity_unknown", 0, what, f"{hint} There are: {known}.".strip())


def _change(parts: Parts, contents: Contents, *, by: str, file: str, shop: str, dry_run: bool) -> Done:
    mappings, store = parts.stores.mappings, parts.stores.store
    scope = Scope(tuple(parts.shops), shop)
    waiting = _held_back(parts)
    with store.reading() if dry_run else store.writing() as tx:
        if not dry_run:
            mappings.lock(tx)
        before = [one.entry for one in mappings.all(tx)]
        changes = merged(before, contents, scope)
        done = Done(changes, contents.remarks, contents.problems, len(contents.records))
        if contents.problems:
            problems = sorted(contents.problems, key=lambda one: one.line)
            return Done(remarks=contents.remarks, problems=problems, read=len(contents.records))
        shadowed = {
            one.shop for one in before for new in changes if not new.shop and (one.kind, one.key) == (new.kind, new.key)
        }
        if dry_run or not changes:
            return done
        mappings.apply(changes, tx, by=by, at=parts.clock(), file=file)
        parts.stores.due.mark_all(waiting, parts.clock() + WAKE_AFTER, "a mapping was changed", tx)
        told = {"file": file, "changes": len(changes), "first": f"{changes[0].kind} {changes[0].key}"}
        parts.stores.audit.note(
            tx, who=by, via="mappings", act="change_mappings", at=parts.clock(), about="mappings", detail=told
        )
    return Done(changes, contents.remarks, (), len(contents.records), len(waiting), sorted(filter(None, shadowed)))


def _held_back(parts: Parts) -> set[tuple[str, str]]:
    """Cases that stopped for want of a mapping: shop and order key."""
    found = set()
    for code in HELD_BACK:
        for one in parts.stores.outcomes.by_code(code):
            if one.return_id.startswith(ORDER_SUBJECT):
                found.add((one.shop, one.return_id.removeprefix(ORDER_SUBJECT)))
                continue
            stored = parts.stores.returns.get(one.shop, one.return_id)
            if stored is not None:
                found.add((one.shop, stored.order_key))
    return found

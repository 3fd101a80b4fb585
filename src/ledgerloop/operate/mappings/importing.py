"""Takes mappings in: whole files or one by one, in one transaction, and wakes what waited for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledgerloop.config.suggest import did_you_mean
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.mappings import csv_rows, entity_xml, toml_tables
from ledgerloop.operate.mappings.effects import effects, held_back
from ledgerloop.operate.mappings.entities import ENTITIES, SHORT, from_short
from ledgerloop.operate.mappings.merge import Scope, merged
from ledgerloop.operate.mappings.pasted import decoded, holds_elements
from ledgerloop.operate.mappings.records import LARGEST_FILE, Contents, Op, Problem, Remark
from ledgerloop.operate.mappings.words import add
from ledgerloop.store.mappings import Change
from ledgerloop.store.store import Transaction
from ledgerloop.store.types import digest

READERS = {"xml": entity_xml.read, "csv": csv_rows.read, "toml": toml_tables.read}
"""How each format is read."""

COMMAND = "command"
"""How a person came in who gave a command."""

TOLD = 20
"""Changes of one file that the audit chain spells out; of all of them it holds the number and a digest."""


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
    parts: Parts,
    name: str,
    raw: bytes,
    *,
    by: str,
    shop: str = "",
    form: str = "",
    dry_run: bool = False,
    via: str = COMMAND,
    tx: Transaction | None = None,
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
    return _change(parts, contents, by=(by, via), file=name, shop=shop, dry_run=dry_run, within=tx)


def set_one(
    parts: Parts,
    kind: str,
    key: str,
    value: str,
    *,
    by: str,
    shop: str = "",
    dry_run: bool = False,
    via: str = COMMAND,
    tx: Transaction | None = None,
) -> Done:
    """Set one mapping by hand; kinds are those that have a key and a value."""
    contents = Contents()
    if from_short(kind, key, value) is None:
        contents.problems.append(_unknown_kind(kind))
    else:
        add(contents, 0, kind, {"key": key, "value": value})
    return _change(parts, contents, by=(by, via), file="", shop=shop, dry_run=dry_run, within=tx)


def remove_one(
    parts: Parts,
    kind: str,
    key: str,
    *,
    by: str,
    shop: str = "",
    dry_run: bool = False,
    via: str = COMMAND,
    tx: Transaction | None = None,
) -> Done:
    """Take one mapping away by hand, named as `set` or as `list` names it."""
    contents = Contents()
    if from_short(kind, key, "") is not None:
        add(contents, 0, kind, {"key": key, "value": ""}, Op.DELETE)
    elif kind in ENTITIES:
        add(contents, 0, kind, dict(zip(ENTITIES[kind].keys, key.split("|"), strict=False)), Op.DELETE)
    else:
        contents.problems.append(_unknown_kind(kind))
    return _change(parts, contents, by=(by, via), file="", shop=shop, dry_run=dry_run, within=tx)


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


def _change(
    parts: Parts,
    contents: Contents,
    *,
    by: tuple[str, str],
    file: str,
    shop: str,
    dry_run: bool,
    within: Transaction | None = None,
) -> Done:
    mappings, store = parts.stores.mappings, parts.stores.store
    scope = Scope(tuple(parts.shops), shop)
    with store.reading(within) if dry_run else store.writing(within) as tx:
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
        at, (who, via) = parts.clock(), by
        held = [one for effect in effects(parts, before, changes) for one in held_back(parts, effect, tx)]
        waiting = {(one.shop, one.order_key) for one in held if one.order_key}
        mappings.apply(changes, tx, by=who, at=at, file=file)
        parts.stores.due.mark_all(waiting, at, "a mapping was changed", tx)
        parts.stores.audit.note(
            tx, who=who, via=via, act="change_mappings", at=at, about="mappings", detail=_told(changes, file)
        )
    return Done(changes, contents.remarks, (), len(contents.records), len(waiting), sorted(filter(None, shadowed)))


def _told(changes: Sequence[Change], file: str) -> dict[str, object]:
    """What the audit chain keeps of a change."""
    spelt = [{"shop": one.shop, "kind": one.kind, "key": one.key, "old": one.old, "new": one.new} for one in changes]
    return {"file": file, "changes": len(changes), "changed": spelt[:TOLD], "digest": digest(spelt)}

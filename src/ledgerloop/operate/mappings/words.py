"""What every format of mappings shares: known names, usable texts, and how a refusal is said."""

import re
from collections.abc import Mapping

from ledgerloop.config.suggest import did_you_mean
from ledgerloop.operate.mappings.entities import ENTITIES, SHOP_FIELD, SHORT, STAMPS, from_short
from ledgerloop.operate.mappings.records import Contents, Op, Problem, Record

LONGEST_TEXT = 10_000
"""Characters of one value; descriptions are a line."""

_UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, halves of characters, and what XML does not know."""


def unknown_entity(name: str, line: int) -> Problem:
    """A record of a kind that nobody knows."""
    hint = did_you_mean(name, [*ENTITIES, *SHORT])
    known = ", ".join(ENTITIES)
    remedy = f"{hint} Take it out of the file; these are known: {known}.".strip()
    return Problem("mapping_entity_unknown", line, f"{name} is not an entity or kind of mapping.", remedy)


def add(into: Contents, line: int, kind: str, given: Mapping[str, str], op: Op = Op.UPDATE) -> Record | None:
    """Add a record of this kind; unknown fields leave a remark. None, and a problem, where it cannot be used."""
    named = _entity_of(kind, given)
    if named is None:
        into.problems.append(unknown_entity(kind, line))
        return None
    name, fields = named
    entity, kept = ENTITIES[name], {}
    for field, text in fields.items():
        if field in entity.fields or field == SHOP_FIELD:
            kept[field] = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        elif field not in STAMPS:
            hint = did_you_mean(field, entity.fields)
            into.remark(line, f"{name} has no field {field}; it is left out. {hint}".strip())
    wrong = [field for field, text in kept.items() if not is_usable(text)]
    into.problems.extend(_unusable(name, field, line) for field in wrong)
    record = Record(line, name, {k: v for k, v in kept.items() if k != SHOP_FIELD}, kept.get(SHOP_FIELD) or None, op)
    into.records.append(record)
    return record


def is_usable(text: str) -> bool:
    """Whether a text may be kept: of bearable length, and every format can hold its characters."""
    return len(text) <= LONGEST_TEXT and _UNUSABLE.search(text) is None


def _entity_of(kind: str, given: Mapping[str, str]) -> tuple[str, Mapping[str, str]] | None:
    if kind in ENTITIES:
        return kind, given
    named = from_short(kind, given.get("key", ""), given.get("value", ""))
    if named is None:
        return None
    return named[0], {**named[1], **{k: v for k, v in given.items() if k not in ("key", "value")}}


def _unusable(name: str, field: str, line: int) -> Problem:
    what = f"{field} of {name} holds control characters, or more than {LONGEST_TEXT} characters."
    return Problem("mapping_value_wrong", line, what, "Write the value anew as plain text.")

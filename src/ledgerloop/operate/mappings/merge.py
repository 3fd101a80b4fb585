"""Decides what a file of mappings changes in those that hold, and why it is refused."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ledgerloop.config.remotes import LOCATION_KINDS, LOCATION_NAMES
from ledgerloop.domain import mapped
from ledgerloop.domain.mapped import Entry
from ledgerloop.operate.mappings.entities import ENTITIES, Entity
from ledgerloop.operate.mappings.records import Contents, Op, Problem, Record
from ledgerloop.store.mappings import Change

COMES_BACK: Final = "comes_back"
"""Value of a reason whose goods come back, although the configuration lists it among those that are kept."""

_ROUNDED = re.compile(r"\d[.,]\d+E\+\d\d")
"""A long number as a spreadsheet spoils it."""

Place = tuple[str, str, str]
"""Shop, kind and key of a mapping."""


@dataclass(frozen=True)
class Scope:
    """The shops that are configured, and the one that a person chose (empty: none)."""

    shops: tuple[str, ...]
    chosen: str = ""

    def of(self, named: str | None) -> str | None:
        """The shop that a record holds for, empty for every shop; None where the named one cannot be told."""
        if named in self.shops:
            return named
        only = self.shops[0] if len(self.shops) == 1 else ""
        return self.chosen or only or (None if named else "")


def merged(before: Iterable[Entry], contents: Contents, scope: Scope) -> list[Change]:
    """What changes; problems and remarks are added to the contents. With problems the result means nothing."""
    was = {(one.shop, one.kind, one.key): dict(one.fields) for one in before}
    now = dict(was)
    said: dict[Place, Record] = {}
    for record in contents.records:
        place = _place(record, now, scope, contents)
        if place is None:
            continue
        earlier = said.setdefault(place, record)
        if earlier is not record and earlier.fields != record.fields:
            contents.remark(record.line, f"{_name(record)} stands in line {earlier.line} too; the last one counts.")
        said[place] = record
        _take(record, place, now, contents)
    places = [place for place in dict.fromkeys((*now, *was)) if now.get(place) != was.get(place)]
    return [Change(*place, was.get(place), now.get(place)) for place in places]


def _place(record: Record, now: dict[Place, dict[str, str]], scope: Scope, into: Contents) -> Place | None:
    shop = scope.of(record.shop)
    if shop is None:
        what = f"There is no shop {record.shop}, and several are configured: {', '.join(scope.shops)}."
        into.problems.append(
            Problem("mapping_shop_unknown", record.line, what, "Say with --shop which of them is meant.")
        )
        return None
    entity, fields = ENTITIES[record.entity], dict(record.fields)
    if record.entity == mapped.INTEGRATION_TYPE and not all(fields.get(name) for name in entity.keys):
        fields = {**_by_id(shop, fields, now), **{name: text for name, text in fields.items() if text}}
    missing = [name for name in entity.keys if not fields.get(name)]
    if missing:
        into.problems.append(_missing(record, missing))
        return None
    spoiled = next((fields[name] for name in entity.keys if _ROUNDED.fullmatch(fields[name])), None)
    if spoiled is not None:
        what = f"{spoiled} is a number that a spreadsheet has rounded; its last digits are lost."
        into.problems.append(
            Problem("mapping_value_wrong", record.line, what, "Format the column as text and enter the number again.")
        )
        return None
    return shop, record.entity, entity.key_of(fields)


def _by_id(shop: str, fields: dict[str, str], now: dict[Place, dict[str, str]]) -> dict[str, str]:
    """The mapping that has this integrationMappingId: HotWax keys them by it."""
    wanted = fields.get("integrationMappingId")
    found = (
        held
        for (at, kind, _), held in now.items()
        if wanted and (at, kind, held.get("integrationMappingId")) == (shop, mapped.INTEGRATION_TYPE, wanted)
    )
    return next(found, {})


def _take(record: Record, place: Place, now: dict[Place, dict[str, str]], into: Contents) -> None:
    held = now.get(place)
    if record.op is Op.DELETE:
        if now.pop(place, None) is None:
            into.remark(record.line, f"{_name(record)} is not there, so it is not deleted.")
        return
    if record.op is Op.CREATE and held is not None:
        into.remark(record.line, f"{_name(record)} is there already and stays as it is.")
        return
    kept = held if held is not None and record.op is not Op.REPLACE else {}
    fields = {name: text for name, text in {**kept, **record.fields}.items() if text}
    missing = [name for name in ENTITIES[record.entity].must if not fields.get(name)]
    problem = _missing(record, missing) if missing else _wrong(record, fields)
    if problem is not None:
        into.problems.append(problem)
        return
    _tell(record, held or {}, fields, into)
    _move(record, place, fields, now, into)
    now[place] = fields


def _missing(record: Record, names: list[str]) -> Problem:
    what = f"{record.entity} has no {' and no '.join(names)}."
    return Problem("mapping_key_missing", record.line, what, f"Add {', '.join(names)}.")


def _wrong(record: Record, fields: dict[str, str]) -> Problem | None:
    check = _CHECKS.get(record.entity)
    wrong = check(fields) if check is not None else None
    return None if wrong is None else Problem("mapping_value_wrong", record.line, *wrong)


def _an_id(fields: dict[str, str]) -> tuple[str, str] | None:
    if mapped.is_internal_id(fields["value"]):
        return None
    return f"{fields['value']} is not an internal id of NetSuite.", "Write the record's internal id, not its name."


def _a_location(fields: dict[str, str]) -> tuple[str, str] | None:
    kind, colon, name = fields["key"].partition(":")
    if fields["key"] in LOCATION_NAMES or (colon and kind in LOCATION_KINDS and name.strip()):
        return _an_id(fields)
    return f"{fields['key']} is not a kind of location.", "Write default, quarantine, loop:ID or shopify:ID."


def _a_reason(fields: dict[str, str]) -> tuple[str, str] | None:
    if fields["value"] in (mapped.KEEP_ITEM, COMES_BACK):
        return None
    return f"{fields['value']} is not known of a reason.", f"Write {mapped.KEEP_ITEM} or {COMES_BACK}."


_CHECKS: Final[dict[str, Callable[[dict[str, str]], tuple[str, str] | None]]] = {
    mapped.SKU: _an_id,
    mapped.PAYMENT_METHOD: _an_id,
    mapped.REFUND_ACCOUNT: _an_id,
    mapped.LOCATION: _a_location,
    mapped.REASON: _a_reason,
}
"""What is wrong with the value of a kind of our own, and the remedy."""


def _tell(record: Record, held: dict[str, str], fields: dict[str, str], into: Contents) -> None:
    """Say what is surprising about a record that is taken."""
    before, after = held.get("mappedTypeId"), fields.get("mappedTypeId")
    if before and before != after:
        text = f"{_name(record)} was of type {before} and is now of type {after}; a key has one type per shop."
        into.remark(record.line, text)
    type_id, value = fields.get("integrationTypeId"), fields.get("mappingValue", "")
    if type_id == mapped.NETSUITE_METHOD and not mapped.is_internal_id(value):
        text = f"{value} is a name and no internal id: it is kept for feeds, and no payment is written with it."
        into.remark(record.line, text)


def _move(
    record: Record, place: Place, fields: dict[str, str], now: dict[Place, dict[str, str]], into: Contents
) -> None:
    """Take a mapping away that had the same integrationMappingId under another key."""
    mapping_id = fields.get("integrationMappingId")
    if record.entity != mapped.INTEGRATION_TYPE or not mapping_id:
        return
    for at, held in list(now.items()):
        if at[:2] == place[:2] and at != place and held.get("integrationMappingId") == mapping_id:
            del now[at]
            into.remark(record.line, f"Mapping {mapping_id} was for {at[2]} before, which is not mapped any more.")


def _name(record: Record) -> str:
    entity: Entity = ENTITIES[record.entity]
    keys = [record.fields.get(name, "") for name in entity.keys]
    return " ".join((entity.name, *filter(None, keys)))

"""Configured NetSuite fields: do they exist on the records that they are read from and written to.

A field that is written must be among the record's properties; one that is read must be a column that SuiteQL knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ledgerloop.config.remotes import Fields
from ledgerloop.operate.doctor.catalog import CASH, CREDIT, RETURNS, Catalog
from ledgerloop.operate.doctor.findings import Finding, broken, fine, warning
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import Refused, RemoteProblem
from ledgerloop.remotes.netsuite.optional import quoted_in

TABLES: Final = {"body": "transaction", "line": "transactionline", "item": "item"}
"""Where SuiteQL keeps the fields of a transaction, of its lines, and of items."""


@dataclass(frozen=True)
class Use:
    """What a purpose needs of its field: where it is, on which records it is written, and whether queries read it."""

    place: str
    written: frozenset[str] = frozenset()
    read: bool = True


_AUTHORIZATION: Final = frozenset({"returnAuthorization"})
_ORDERS: Final = frozenset({"salesOrder", "cashSale"})

USES: Final = {
    "order_reference": Use("body", _AUTHORIZATION),
    "order_id": Use("body"),
    "order_line_id": Use("line", _AUTHORIZATION),
    "sku": Use("item"),
    "return_id": Use("body", RETURNS | CREDIT | CASH),
    "flag": Use("body", _AUTHORIZATION),
    "reviewed": Use("body", _AUTHORIZATION),
    "reason": Use("line", _AUTHORIZATION, read=False),
    "shopify_refund_id": Use("body", CREDIT | CASH),
    "sales_channel": Use("body", _ORDERS, read=False),
    "original_order": Use("body", _ORDERS, read=False),
    "adopt": Use("body"),
}
"""Purposes in the order of the configuration."""

ON_ORDERS: Final = ("order_reference", "order_id", "order_line_id")
"""Purposes that are written on orders too, where orders are sent. Source: interface section 4."""


def examine_fields(patient: Patient, catalog: Catalog) -> Iterator[Finding]:
    """Examine every field that is configured."""
    good = []
    sends = bool(patient.settings.policy.order_channels)
    for purpose, use in USES.items():
        if sends and purpose in ON_ORDERS:
            use = replace(use, written=use.written | _ORDERS)  # noqa: PLW2901  (the same purpose, on more records)
        for name in _named(patient.settings.netsuite.fields, purpose):
            finding = _examined(patient, catalog, purpose, name, use)
            if finding is None:
                good.append(name)
            else:
                yield finding
    if good:
        yield fine(f"These fields exist where they are needed: {', '.join(good)}.")


def _named(fields: Fields, purpose: str) -> list[str]:
    value = getattr(fields, purpose)
    return [one for one in ([value] if isinstance(value, str) else value) if one]


def _examined(patient: Patient, catalog: Catalog, purpose: str, name: str, use: Use) -> Finding | None:
    said = f"fields.{purpose} = “{name}”"
    known = {record: _has(catalog, record, name, use) for record in sorted(use.written - catalog.absent)}
    lacking = [record for record, there in known.items() if there is False]
    if lacking:
        where = "lines of " if use.place == "line" else ""
        return broken(
            "netsuite_field_missing",
            f"{said}: NetSuite has no such field on {where}{', '.join(lacking)}.",
            "Make the field or apply it to these records, spelt exactly so; or remove it from the configuration.",
        )
    if use.read or None in known.values():
        return _by_query(patient, said, name, use)
    return None


def _has(catalog: Catalog, record: str, name: str, use: Use) -> bool | None:
    """Whether the record has the field; None where the catalog does not tell."""
    properties = catalog.line_properties(record) if use.place == "line" else catalog.properties.get(record)
    return None if properties is None else name in properties


def _unknown(refused: Refused, name: str) -> bool:
    """Whether NetSuite does not know the column, or does not show it to this role."""
    return "unknown identifier" in f"{refused.message} {refused.detail}".lower() or bool(
        quoted_in(refused, [name.lower()])
    )


def _by_query(patient: Patient, said: str, name: str, use: Use) -> Finding | None:
    """Ask for the column without asking for rows."""
    table = TABLES[use.place]
    key = "transaction" if use.place == "line" else "id"
    try:
        patient.shop.netsuite.query(f"SELECT x.{name.lower()} FROM {table} x WHERE x.{key} = 0")  # noqa: S608  (checked names)
    except RemoteProblem as problem:
        if isinstance(problem, Refused) and _unknown(problem, name):
            return broken(
                "netsuite_field_missing",
                f"{said}: NetSuite's {table} has no such field.",
                "Make the field, spelt exactly so, and let the role see it; or remove it from the configuration.",
            )
        return warning(
            "netsuite_field_unverified",
            f"{said}: could not be verified, {problem.message}",
            "Look the field up in NetSuite; its script id must be spelt exactly so.",
        )
    return None

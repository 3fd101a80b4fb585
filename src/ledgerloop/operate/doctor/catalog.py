"""NetSuite's metadata catalog: which record types and properties the account has.

Source: docs.oracle.com, REST metadata: JSON Schema of a record type, custom fields included (read 2026-11-21).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledgerloop.operate.doctor.findings import Finding, broken, fine, warning
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import RemoteProblem
from ledgerloop.remotes.netsuite.client import NetSuiteClient

RETURNS: Final = frozenset({"returnAuthorization", "itemReceipt"})
CREDIT: Final = frozenset({"creditMemo", "customerRefund"})
CASH: Final = frozenset({"cashRefund"})

RECORDS: Final = ("salesOrder", "cashSale", *sorted(RETURNS), *sorted(CREDIT), *sorted(CASH))
"""Record types that are looked up."""

FEATURES: Final = {
    "returnAuthorization": "Return Authorizations",
    "itemReceipt": "Advanced Receiving",
    "creditMemo": "A/R",
    "customerRefund": "A/R",
    "cashRefund": "A/R",
}
"""The feature that brings each record. Source: docs.oracle.com, pages of the records in REST (read 2026-11-21)."""


@dataclass(frozen=True)
class Catalog:
    """Properties by record type; types that the account lacks; why the rest could not be read, if so."""

    properties: Mapping[str, Mapping[str, Any]]
    absent: frozenset[str]
    problem: RemoteProblem | None

    def line_properties(self, record: str) -> Mapping[str, Any] | None:
        """Properties of the record's item lines; None where the schema does not show them."""
        return _inner(_inner(_inner(self.properties.get(record), "item"), "items", array=True))


def _inner(properties: object, name: str = "", *, array: bool = False) -> Mapping[str, Any] | None:
    """Go one step down a JSON Schema: the properties of a property, or of an array's elements."""
    shape = properties.get(name) if isinstance(properties, Mapping) and name else properties
    if array and isinstance(shape, Mapping):
        shape = shape.get("items")
    inner = shape.get("properties") if isinstance(shape, Mapping) else None
    return inner if isinstance(inner, Mapping) else None


def read_catalog(client: NetSuiteClient) -> Catalog:
    """Read the types one by one, so that one refused does not hide the others."""
    properties: dict[str, Mapping[str, Any]] = {}
    absent, problem = set(), None
    for record in RECORDS:
        try:
            found = client.metadata([record])
        except RemoteProblem as refused:
            problem = refused
            continue
        if record in found:
            properties[record] = found[record].get("properties") or {}
        else:
            absent.add(record)
    return Catalog(properties, frozenset(absent if properties else ()), problem)


def examine_records(patient: Patient, catalog: Catalog) -> Iterator[Finding]:
    """Say which of the record types that are needed are there, and what the tax regime is."""
    if catalog.problem is not None or not catalog.properties:
        said = catalog.problem.message if catalog.problem is not None else "it holds none of the record types asked for"
        yield warning(
            "netsuite_catalog_unreadable",
            f"NetSuite's metadata catalog could not be read: {said}",
            "Check that the role has the permission REST Web Services and may see all records of a return.",
        )
    yield from _missing(patient, catalog)
    there = [record for record in RECORDS if record in catalog.properties]
    if there:
        yield fine(f"The account has {', '.join(there)}.")
    yield from _tax(catalog)


def _missing(patient: Patient, catalog: Catalog) -> Iterator[Finding]:
    sure, perhaps = _needed(patient, catalog)
    for record, feature in FEATURES.items():
        if record not in catalog.absent:
            continue
        remedy = f"Switch on the feature {feature} in Setup, Company, Enable Features."
        text = f"The account has no record type {record}"
        if record in sure:
            yield broken("netsuite_record_missing", f"{text}; nothing can be done without it.", remedy)
        elif record in perhaps:
            yield warning("netsuite_record_missing", f"{text}; orders billed the other way are not affected.", remedy)


def _needed(patient: Patient, catalog: Catalog) -> tuple[frozenset[str], frozenset[str]]:
    """Records without which nothing works, and records that only some orders need."""
    policy = patient.settings.policy
    chosen = {policy.refund_record, *(rule.record for rule in policy.refund_rules)}
    sure = (
        RETURNS
        | (CREDIT if "credit_memo" in chosen else frozenset())
        | (CASH if "cash_refund" in chosen else frozenset())
    )
    if policy.refund_record != "by_billing":
        return sure, frozenset()
    perhaps = (CREDIT | CASH) - sure
    neither = bool(catalog.absent & CREDIT) and bool(catalog.absent & CASH)
    return (sure | perhaps, frozenset()) if neither else (sure, perhaps)


def _tax(catalog: Catalog) -> Iterator[Finding]:
    properties = catalog.properties.get("returnAuthorization")
    if properties is None:
        return
    if "taxDetails" in properties:
        yield fine("The account uses SuiteTax.")
    else:
        yield warning(
            "legacy_tax",
            "The account does not use SuiteTax: no tax can be set over REST. A return carries what NetSuite takes over "
            "from its order; orders that are written, and adjustment lines, carry no tax of their own.",
            "Compare the totals of the first returns and orders; where they differ, they need attention and no money "
            "is posted for them.",
        )

"""NetSuite: access and queries, then what the account has, what the configuration names, then time and limits.

Source: docs.oracle.com, SuiteTalk REST metadata catalog, SuiteQL, concurrency governance (read 2026-11-21).
"""

from collections.abc import Iterator
from datetime import timezone, tzinfo

from ledgerloop.operate.doctor.catalog import examine_records, read_catalog
from ledgerloop.operate.doctor.fields import examine_fields
from ledgerloop.operate.doctor.findings import Finding, fine, unverified, warning
from ledgerloop.operate.doctor.lists import examine_lists
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import RemoteProblem
from ledgerloop.remotes.netsuite.calibrate import measure

ZONE_REMEDY = 'Set shops.netsuite.time_zone to the company\'s zone, such as "America/New_York".'
"""What makes posting dates right on every day of the year."""

SMALLEST_POOL = 5
"""Requests at once of a standard account for all integrations. Source: docs.oracle.com, concurrency governance."""


def examine_netsuite(patient: Patient) -> Iterator[Finding]:
    """Examine token and queries first; without them nothing else can be asked. Raises RemoteProblem."""
    patient.shop.netsuite.page("SELECT t.id FROM transaction t ORDER BY t.id", limit=1)
    way = "token-based authentication" if patient.settings.netsuite.uses_tba else "OAuth 2.0"
    yield fine(f"NetSuite accepts {way} for account {patient.settings.netsuite.account} and answers queries.")
    patient.tell("NetSuite, features")
    catalog = read_catalog(patient.shop.netsuite)
    yield from examine_records(patient, catalog)
    patient.tell("NetSuite, fields")
    yield from examine_fields(patient, catalog)
    patient.tell("NetSuite, lists")
    yield from examine_lists(patient)
    patient.tell("NetSuite, time and limits")
    yield from _forms(patient)
    yield from _time(patient)
    yield from _periods(patient)
    yield from _concurrency(patient)


def _forms(patient: Patient) -> Iterator[Finding]:
    forms = patient.settings.netsuite.forms
    chosen = [one for one in (forms.return_authorization_credit, forms.return_authorization_cash) if one]
    if chosen:
        yield warning(
            "netsuite_form_unverified",
            f"The custom forms {' and '.join(chosen)} are configured; no query shows forms.",
            "Compare the ids with Customization, Forms, Transaction Forms; the cash form must lead to cash refunds.",
        )


def _time(patient: Patient) -> Iterator[Finding]:
    zone = patient.shop.policies.zone
    try:
        offset = measure(patient.shop.netsuite, patient.parts.clock)
    except RemoteProblem as problem:
        yield _days(patient, zone() if zone is not None and zone.is_known else None)
        yield unverified("The zone of SuiteQL's moments", problem)
        return
    yield _days(patient, timezone(offset) if offset is not None else None)
    if offset is None:
        yield warning(
            "netsuite_zone_unmeasured",
            "The account shows no record to measure the zone of SuiteQL's moments by; polls reach back a day more.",
            "Nothing to do: it is measured with the first record.",
        )
    else:
        yield fine(f"SuiteQL's moments are {offset.total_seconds() / 3600:+g} h from UTC.")


def _days(patient: Patient, measured: tzinfo | None) -> Finding:
    """By whose days records are dated."""
    named = patient.settings.netsuite.time_zone
    if named:
        return fine(f"Posting dates are taken in {named}.")
    if measured is None:
        return warning(
            "time_zone_unknown",
            "netsuite.time_zone is not set and no offset was measured: posting dates are taken in UTC, so an evening's "
            "refund may carry the next day's date, and at the end of a month the next period.",
            ZONE_REMEDY,
        )
    return warning(
        "time_zone_measured",
        f"netsuite.time_zone is not set: posting dates are taken at {measured}, the offset at which NetSuite shows "
        "moments. It knows nothing of daylight saving: a day near midnight may be wrong around the change, and is if "
        "the company's zone is another.",
        ZONE_REMEDY,
    )


def _periods(patient: Patient) -> Iterator[Finding]:
    try:
        periods = patient.shop.reading.periods()
    except RemoteProblem as problem:
        yield warning(
            "netsuite_periods_unreadable",
            f"The accounting periods could not be read: {problem.message}",
            "Give the role the view permission Manage Accounting Periods.",
        )
        return
    closed = sum(one.get("closed") == "T" for one in periods)
    yield fine(f"{len(periods)} accounting periods are readable, {closed} of them closed.")


def _concurrency(patient: Patient) -> Iterator[Finding]:
    chosen = patient.settings.netsuite.concurrency
    if chosen >= SMALLEST_POOL:
        yield warning(
            "netsuite_concurrency_high",
            f"netsuite.concurrency is {chosen}; a standard account has {SMALLEST_POOL} for all integrations together.",
            "Lower it to a third of the account's pool, see Setup, Integration, Integration Governance.",
        )

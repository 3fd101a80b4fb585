"""Choices of the policy that depend on settings which nobody can see from outside.

Source: docs.loopreturns.com process return; docs.oracle.com, return preferences (read 2026-11-21).
"""

from collections.abc import Iterator

from ledgerloop.operate.doctor.findings import Finding, fine, warning
from ledgerloop.operate.doctor.patient import Patient


def examine_policy(patient: Patient) -> Iterator[Finding]:
    """Examine what the settings mean together; no remote is asked."""
    chosen = patient.settings.policy
    found = [*_receiving(patient), *_refunding(patient)]
    if chosen.writes == "off":
        found.append(
            warning(
                "writes_off",
                'policy.writes is "off": a shadow run, nothing is written.',
                'Set policy.writes = "on" when the shadow run has shown what you expect.',
            )
        )
    yield from found
    if not found:
        yield fine("The policy depends on no setting that cannot be seen.")


def _receiving(patient: Patient) -> Iterator[Finding]:
    chosen = patient.settings.policy
    if chosen.receive in ("both", "netsuite"):
        yield warning(
            "automatic_processing",
            f'policy.receive is "{chosen.receive}": receipts in NetSuite process returns in Loop. If Loop processes '
            "returns by itself too, money leaves before the goods are received; the API does not show whether it does.",
            "Switch automatic processing off in Loop Admin for every outcome.",
        )
    if chosen.receive in ("both", "loop") and chosen.receive_when == "processed":
        yield warning(
            "receives_in_transit",
            f'policy.receive is "{chosen.receive}" and receive_when "processed": where Loop processes on a carrier\'s '
            "scan, goods in transit are received into stock.",
            'Set policy.receive_when = "delivered", or let Loop process only what was inspected.',
        )


def _refunding(patient: Patient) -> Iterator[Finding]:
    if patient.settings.policy.refund_before_receipt:
        yield warning(
            "refund_in_advance_unverified",
            "policy.refund_before_receipt needs a preference of NetSuite that cannot be read.",
            "See that Refund in Advance of Return is ticked under Accounting Preferences, Order Management.",
        )

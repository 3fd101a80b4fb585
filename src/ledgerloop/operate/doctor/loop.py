"""Loop: the key, its scopes, webhook subscriptions, destinations.

Source: docs.loopreturns.com authentication, programmatic webhooks, destinations (read 2026-11-21).
"""

from collections.abc import Iterator
from typing import Any

from ledgerloop.operate.doctor.findings import Finding, fine, unverified, warning
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import CredentialsRefused, RemoteProblem

WANTED = (
    ("return", "return.created"),
    ("return", "return.updated"),
    ("return", "return.closed"),
    ("return.processing", "return.processing.failed"),
)
"""Topics with their triggers that make the connector quicker."""

LABELS = (("label", "label.updated"),)
"""Wanted too where goods are received once they are delivered."""


def examine_loop(patient: Patient) -> Iterator[Finding]:
    """Examine the key first; without it nothing else can be asked. Raises RemoteProblem."""
    patient.shop.loop.probe()
    yield fine(f"Loop accepts the API key (version {patient.settings.loop.api_version}).")
    yield from _webhooks(patient)
    yield from _destinations(patient)


def _webhooks(patient: Patient) -> Iterator[Finding]:
    url = patient.webhook_url("loop")
    if url and not patient.settings.loop.webhook_secrets:
        yield warning(
            "webhook_secret_missing",
            "shops.loop.webhook_secrets is empty, so Loop's webhooks are refused.",
            "Set it to the secret that Loop shows under Developer Tools, or leave server.public_url empty.",
        )
    try:
        there = patient.shop.loop.webhooks()
    except CredentialsRefused as problem:
        yield warning(
            "loop_webhooks_unreadable",
            f"The API key may not read webhook subscriptions: {problem.message}",
            "Add the scope Developer Tools to the key in Loop Admin.",
        )
        return
    except RemoteProblem as problem:
        yield unverified("Loop's webhook subscriptions", problem)
        return
    if not url:
        yield fine("server.public_url is not set: no webhooks are wanted, the poll sees everything.")
        return
    yield from _subscriptions(patient, there, url)


def _subscriptions(patient: Patient, there: list[dict[str, Any]], url: str) -> Iterator[Finding]:
    wanted = WANTED + (LABELS if patient.settings.policy.receive_when == "delivered" else ())
    ours = [one for one in there if str(one.get("url", "")).rstrip("/") == url]
    states: dict[tuple[str, str], set[str]] = {}
    for one in ours:
        states.setdefault((str(one.get("topic")), str(one.get("trigger"))), set()).add(str(one.get("status", "active")))
    missing = [trigger for topic, trigger in wanted if (topic, trigger) not in states]
    asleep = [trigger for topic, trigger in wanted if states.get((topic, trigger), {"active"}) == {"inactive"}]
    if missing:
        yield warning(
            "webhook_missing",
            f"Loop has no subscription to {url} for {', '.join(missing)}.",
            "Make it in Loop Admin, Developer Tools, Webhooks; until then only the poll sees these changes.",
        )
    if asleep:
        yield warning(
            "webhook_inactive",
            f"Loop's subscription to {url} is inactive for {', '.join(asleep)}.",
            "Make sure that the address can be reached from outside, then activate it in Loop Admin.",
        )
    if not missing and not asleep:
        yield fine(f"Loop sends its webhooks to {url}.")


def _destinations(patient: Patient) -> Iterator[Finding]:
    mapped = patient.settings.netsuite.locations
    try:
        there = patient.shop.loop.destinations()
    except CredentialsRefused as problem:
        yield _not_shown(problem, any(key.startswith("loop:") for key in mapped))
        return
    except RemoteProblem as problem:
        yield unverified("Loop's destinations", problem)
        return
    names = {str(one.get("id")): str(one.get("name") or "") for one in there if one.get("enabled", True)}
    unmapped = {ident: name for ident, name in names.items() if not mapped.get(f"loop:{ident}")}
    default = mapped.get("default", "")
    if not unmapped or (len(names) == 1 and default):
        yield fine(f"Loop's {len(names)} destinations have a location in NetSuite.")
        return
    listed = ", ".join(f"{ident} ({name})" for ident, name in unmapped.items())
    where = f"the default location {default}" if default else "no location"
    yield warning(
        "destination_unmapped",
        f"Loop's destinations {listed} are not mapped; their returns go to {where}.",
        'Add "loop:<destination id>" for each to shops.netsuite.locations.',
    )


def _not_shown(problem: CredentialsRefused, wanted: bool) -> Finding:
    """The scope is needed only where destinations are mapped."""
    if not wanted:
        return fine("No destination of Loop's is mapped, and the key may not read them.")
    return warning(
        "loop_destinations_unreadable",
        f"The API key may not read Loop's destinations, so their mapping is not verified: {problem.message}",
        "Add the scope Destinations (read) to the key in Loop Admin.",
    )

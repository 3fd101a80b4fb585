"""Runs every check, one after the other; what one remote refuses does not hide what the others say."""

from collections.abc import Callable, Iterator

from ledgerloop.config import Config
from ledgerloop.config.models import Shop as ShopConfig
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.doctor import loop, netsuite, orders, policy, shopify
from ledgerloop.operate.doctor.database import examine_database
from ledgerloop.operate.doctor.findings import Finding, fine, refused
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import RemoteProblem

REMOTES: dict[str, Callable[[Patient], Iterator[Finding]]] = {
    "Loop": loop.examine_loop,
    "Shopify": shopify.examine_shopify,
    "NetSuite": netsuite.examine_netsuite,
    "orders": orders.examine_orders,
}
"""The checks of each remote, and of what needs several of them."""


def examine(config: Config, parts: Parts, *, database: bool = True) -> list[Finding]:
    """Examine everything; `database=False` leaves the database out, because it was found unusable already.

    Raises DatabaseUnusable and DatabaseBusy.
    """
    findings = [fine(f"The configuration is valid: {_names(config)}.").at("config")]
    if database:
        parts.progress("database")
        findings += [one.at("database") for one in examine_database(parts.stores, parts.clock())]
    for shop_config in config.shops:
        findings += _shop(config, shop_config, parts)
    return findings


def _names(config: Config) -> str:
    shops = [shop.id for shop in config.shops]
    return f"shop {shops[0]}" if len(shops) == 1 else f"shops {', '.join(shops)}"


def _shop(config: Config, shop_config: ShopConfig, parts: Parts) -> Iterator[Finding]:
    patient = Patient(config, shop_config, parts.shops[shop_config.id], parts)
    for name, check in REMOTES.items():
        for finding in _bearing_refusals(name, check, patient):
            yield finding.at(f"{shop_config.id}: {name}")
    yield from (one.at(f"{shop_config.id}: policy") for one in policy.examine_policy(patient))


def _bearing_refusals(name: str, check: Callable[[Patient], Iterator[Finding]], patient: Patient) -> Iterator[Finding]:
    """Give what a check finds, and what stopped it, if something did."""
    patient.tell(name)
    try:
        yield from check(patient)
    except RemoteProblem as problem:
        yield refused(f"{name} cannot be used", problem)

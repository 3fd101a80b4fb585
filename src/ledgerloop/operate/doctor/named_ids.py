"""Which internal ids a shop names, by where they are named: in the configuration, or in a mapping that holds."""

from collections.abc import Mapping

from ledgerloop.operate.doctor.patient import Patient

MAPPING = "mapping"
"""Begins the name of what a mapping of the database says."""


def items_named(patient: Patient) -> dict[str, str]:
    """Items of the configuration, by purpose or gateway."""
    netsuite = patient.settings.netsuite
    return _configured("items", netsuite.items.model_dump()) | _configured("payment_items", netsuite.payment_items)


def items_mapped(patient: Patient) -> dict[str, str]:
    """Items by SKU, of mappings alone."""
    return dict(patient.shop.policy.sku_aliases)


def accounts_named(patient: Patient) -> dict[str, str]:
    """Accounts, by purpose or gateway."""
    netsuite = patient.settings.netsuite
    own = _configured("accounts", netsuite.accounts.model_dump())
    return own | _both("refund_account", netsuite.refund_accounts, patient.shop.policy.refund_accounts)


def locations_named(patient: Patient) -> dict[str, str]:
    """Locations, by what is received or sold there."""
    return _both("location", patient.settings.netsuite.locations, patient.shop.policy.locations)


def methods_named(patient: Patient) -> dict[str, str]:
    """Payment methods, by gateway."""
    return _both("payment_method", patient.settings.netsuite.payment_methods, patient.shop.policy.payment_methods)


def _configured(section: str, values: Mapping[str, str]) -> dict[str, str]:
    return {f"{section}.{key}": ident for key, ident in values.items() if ident}


def _both(kind: str, configured: Mapping[str, str], holds: Mapping[str, str]) -> dict[str, str]:
    """What the configuration says, and what mappings say otherwise."""
    mapped = {
        f"{MAPPING} {kind} {key}": ident for key, ident in holds.items() if ident and configured.get(key) != ident
    }
    return _configured(f"{kind}s", configured) | mapped

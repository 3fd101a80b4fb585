"""What the doctor concludes from NetSuite's catalog, for accounts unlike the simulated one."""

from collections.abc import Mapping
from typing import Any

from ledgerloop.config import load_config
from ledgerloop.operate.doctor.catalog import RECORDS, Catalog, examine_records
from ledgerloop.operate.doctor.fields import examine_fields
from ledgerloop.operate.doctor.patient import Patient
from ledgerloop.outcome import CredentialsRefused
from tests.acceptance.trade import Trade
from tests.support.sandbox import parts_of

SUITETAX: Mapping[str, Any] = {"taxDetails": {}}


def catalog(*absent: str, tax: Mapping[str, Any] = SUITETAX, problem: CredentialsRefused | None = None) -> Catalog:
    return Catalog({record: tax for record in RECORDS if record not in absent}, frozenset(absent), problem)


def concluded(trade: Trade, seen: Catalog) -> list[tuple[str, str]]:
    """Code and severity of what is not in order with the records."""
    config = load_config(trade.config, {})
    with parts_of(trade.config) as parts:
        patient = Patient(config, config.shops[0], parts.shops["main"], parts)
        return [(one.code, one.severity.value) for one in examine_records(patient, seen) if one.severity != "ok"]


def test_an_account_with_everything_is_in_order(trade: Trade) -> None:
    assert concluded(trade, catalog()) == []


def test_an_account_without_suitetax_is_told_so(trade: Trade) -> None:
    assert concluded(trade, catalog(tax={})) == [("legacy_tax", "warning")]


def test_one_way_of_refunding_may_be_absent(trade: Trade) -> None:
    assert concluded(trade, catalog("cashRefund")) == [("netsuite_record_missing", "warning")]


def test_the_chosen_way_of_refunding_may_not_be_absent(trade: Trade) -> None:
    trade.policy('refund_record = "cash_refund"')
    assert concluded(trade, catalog("cashRefund")) == [("netsuite_record_missing", "broken")]
    assert concluded(trade, catalog("creditMemo", "customerRefund")) == []


def test_no_way_of_refunding_at_all_is_broken(trade: Trade) -> None:
    assert concluded(trade, catalog("cashRefund", "creditMemo")) == [("netsuite_record_missing", "broken")] * 2


def test_a_catalog_that_cannot_be_read_is_a_warning_and_queries_verify_the_fields(trade: Trade) -> None:
    refused = CredentialsRefused("netsuite", "netsuite_permission", "no permission", status=403)
    unread = Catalog({}, frozenset(), refused)
    assert concluded(trade, unread) == [("netsuite_catalog_unreadable", "warning")]
    trade.rewrite(("custcol_loop_reason", "custcol_nothing"))
    config = load_config(trade.config, {})
    with parts_of(trade.config) as parts:
        patient = Patient(config, config.shops[0], parts.shops["main"], parts)
        found = [one for one in examine_fields(patient, unread) if one.severity != "ok"]
    assert [(one.code, "custcol_nothing" in one.problem) for one in found] == [("netsuite_field_missing", True)]

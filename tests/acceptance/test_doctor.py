"""The doctor against the simulators: what it finds, that it goes on, and that it writes nowhere and tells no secret."""

import json
import socket
from typing import Any

import pytest

from ledgerloop.config import load_config
from ledgerloop.operate.doctor import Finding, examine, exit_status
from tests.acceptance.trade import Trade
from tests.support.processes import command
from tests.support.sandbox import Sandbox, parts_of

ALWAYS = {"automatic_processing", "receives_in_transit", "netsuite_list_unreadable"}
"""Warnings of the ordinary policy, and the list of payment methods, which SuiteQL does not show here."""

LOCATIONS = (
    'default = "7"',
    'default = "7"\n"loop:2207" = "7"\n"loop:2208" = "7"\n"shopify:61200000000" = "7"\n"shopify:61200000001" = "7"',
)

SECRETS = ("loop_webhook_secret", "shopify_token", "shopify_client_secret", "netsuite_private_key")
"""Credentials in use that nobody may see; the Loop key is changed by the test."""

Codes = dict[str, str]


def examined(trade: Trade) -> list[Finding]:
    with parts_of(trade.config) as parts:
        return examine(load_config(trade.config, {}), parts)


def codes(trade: Trade) -> Codes:
    """Codes of what is not in order, with their severity."""
    return {one.code: one.severity.value for one in examined(trade) if one.severity != "ok"}


def healthy(trade: Trade) -> None:
    """A shop with a record to measure by, every place mapped, and no webhooks wanted."""
    trade.order()
    trade.rewrite(LOCATIONS, ('public_url = "https://returns.example.com"', 'public_url = ""'))


def subscribe(trade: Trade, *, asleep: str = "", without: str = "") -> None:
    with parts_of(trade.config) as parts:
        shop = parts.shops["main"]
        for topic, trigger in (
            ("return", "return.created"),
            ("return", "return.updated"),
            ("return", "return.closed"),
            ("return.processing", "return.processing.failed"),
        ):
            if trigger != without:
                made = shop.loop.create_webhook(topic, trigger, "https://returns.example.com/webhooks/main/loop")
                if trigger == asleep:
                    shop.loop.update_webhook(str(made["id"]), topic, trigger, made["url"], status="inactive")
        for topic in ("orders/create", "orders/updated", "refunds/create", "order_transactions/create"):
            shop.shopify.create_webhook(topic, "https://returns.example.com/webhooks/main/shopify")


def said(findings: list[Finding], code: str) -> str:
    return " ".join(one.problem for one in findings if one.code == code)


def test_a_healthy_shop_has_only_the_warnings_that_nobody_can_verify(trade: Trade) -> None:
    healthy(trade)
    findings = examined(trade)
    assert {one.code for one in findings if one.severity != "ok"} == ALWAYS
    assert exit_status(findings) == 1


def test_a_policy_that_depends_on_nothing_hidden_leaves_one_warning(trade: Trade) -> None:
    trade.policy('receive = "loop"', 'receive_when = "delivered"')
    healthy(trade)
    assert codes(trade) == {"netsuite_list_unreadable": "warning"}


def test_no_check_writes_in_any_remote(trade: Trade, sandbox: Sandbox) -> None:
    healthy(trade)
    sandbox.control("DELETE", "/log")
    examined(trade)
    assert {remote: sandbox.writes(remote) for remote in ("loop", "shopify", "netsuite")} == {
        "loop": [],
        "shopify": [],
        "netsuite": [],
    }


REFUSALS = [
    ("api_key", "loop_credentials", "Loop"),
    ("access_token", "shopify_credentials", "Shopify"),
    ("client_id", "netsuite_token_refused", "NetSuite"),
    ("certificate_id", "netsuite_token_refused", "NetSuite"),
]


@pytest.mark.parametrize(("key", "code", "remote"), REFUSALS, ids=[key for key, _, _ in REFUSALS])
def test_refused_credentials_are_broken_and_hide_nothing_else(trade: Trade, key: str, code: str, remote: str) -> None:
    healthy(trade)
    line = next(one for one in trade.config.read_text().splitlines() if one.startswith(f"{key} ="))
    trade.rewrite((line, f'{key} = "wrong"'))
    findings = examined(trade)
    assert [(one.code, one.about) for one in findings if one.severity == "broken"] == [(code, f"main: {remote}")]
    fine = {one.about for one in findings if one.severity == "ok"}
    assert {f"main: {one}" for one in ("Loop", "Shopify", "NetSuite")} - fine == {f"main: {remote}"}
    assert exit_status(findings) == 2


def test_a_remote_that_is_down_is_only_not_verified(trade: Trade) -> None:
    healthy(trade)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        trade.rewrite((trade.sandbox.urls["netsuite"], nobody))
        findings = examined(trade)
    assert {one.code for one in findings if one.severity != "ok"} == {
        "netsuite_unreachable",
        "automatic_processing",
        "receives_in_transit",
    }
    assert exit_status(findings) == 1


MISTAKES = [
    ('flag = "custbody_loop_flag"', 'flag = "custbody_no_such_flag"', "netsuite_field_missing", "broken"),
    ('reason = "custcol_loop_reason"', 'reason = "custcol_no_such_reason"', "netsuite_field_missing", "broken"),
    ('order_reference = "otherRefNum"', 'order_reference = "noSuchField"', "netsuite_field_missing", "broken"),
    ('order_id = "custbody_shopify_order_id"', 'order_id = "custbody_nothing"', "netsuite_field_missing", "broken"),
    ("[shops.netsuite.fields]", '[shops.netsuite.fields]\nsku = "upc"', "netsuite_field_missing", "broken"),
    ('variance = "904"', 'variance = "99904"', "netsuite_item_missing", "broken"),
    ('variance = "904"', "", "item_not_configured", "warning"),
    ('loop_discount = "905"', 'loop_discount = "903"', "netsuite_item_kind", "warning"),
    ('refund = "155"', 'refund = "99155"', "netsuite_account_missing", "broken"),
    ('default = "7"\n"loop', 'default = "997"\n"loop', "netsuite_location_missing", "broken"),
    ('id = "main"', 'id = "main"\nsubsidiary = "99"', "netsuite_subsidiary_missing", "broken"),
    ('time_zone = "America/New_York"', "", "time_zone_measured", "warning"),
    ("concurrency = 2", "concurrency = 5", "netsuite_concurrency_high", "warning"),
    ("[shops.policy]", "[shops.policy]\nrefund_before_receipt = true", "refund_in_advance_unverified", "warning"),
    ("[shops.policy]", '[shops.policy]\nwrites = "off"', "writes_off", "warning"),
    (
        "[shops.netsuite.locations]",
        '[shops.netsuite.forms]\nreturn_authorization_cash = "132"\n\n[shops.netsuite.locations]',
        "netsuite_form_unverified",
        "warning",
    ),
    ('"loop:2208" = "7"', "", "destination_unmapped", "warning"),
    ('"shopify:61200000001" = "7"', "", "location_unmapped", "warning"),
    ('domain = "example.myshopify.com"', 'domain = "other.myshopify.com"', "shopify_other_shop", "warning"),
    ('domain = "example', 'api_version = "2020-01"\ndomain = "example', "shopify_version_unsupported", "warning"),
    (
        'default = "9"\nshopify_payments = "9"\nloop_exchange_credit = "12"\n',
        "",
        "payment_methods_unset",
        "warning",
    ),
]


@pytest.mark.parametrize(
    ("right", "wrong", "code", "severity"), MISTAKES, ids=[f"{m[2]}-{m[0][:12]}" for m in MISTAKES]
)
def test_a_mistake_is_found(trade: Trade, right: str, wrong: str, code: str, severity: str) -> None:
    healthy(trade)
    trade.rewrite((right, wrong))
    found = codes(trade)
    assert {key: value for key, value in found.items() if key not in ALWAYS} == {code: severity}


SETTINGS: list[tuple[str, dict[str, Any], Codes]] = [
    ("loop", {"scopes": ["returns", "destinations:read"]}, {"loop_webhooks_unreadable": "warning"}),
    ("loop", {"scopes": ["returns", "developer_tools"]}, {"loop_destinations_unreadable": "warning"}),
    (
        "shopify",
        {"scopes": ["read_orders", "read_returns", "read_customers", "read_locations"]},
        {"shopify_scope_missing": "warning"},
    ),
    (
        "shopify",
        {"scopes": ["read_returns", "read_customers", "read_locations", "read_all_orders"]},
        {"shopify_scope_missing": "broken"},
    ),
    ("shopify", {"refused_fields": ["Order.email", "Customer.lastName"]}, {"shopify_personal_fields": "warning"}),
    ("netsuite", {"advanced_receiving": False}, {"netsuite_record_missing": "broken"}),
    ("netsuite", {"hidden_columns": ["accountingperiod.arlocked"]}, {"netsuite_periods_unreadable": "warning"}),
]


@pytest.mark.parametrize(
    ("remote", "change", "expected"), SETTINGS, ids=[f"{s[0]}-{next(iter(s[1]))}" for s in SETTINGS]
)
def test_what_a_remote_lacks_is_found(trade: Trade, remote: str, change: dict[str, Any], expected: Codes) -> None:
    healthy(trade)
    trade.sandbox.control("POST", f"/{remote}/settings", **change)
    found = codes(trade)
    assert {key: value for key, value in found.items() if key not in ALWAYS} == expected


def test_without_a_record_the_zone_of_queries_cannot_be_measured(trade: Trade) -> None:
    assert codes(trade)["netsuite_zone_unmeasured"] == "warning"


def test_missing_and_sleeping_subscriptions_are_named(trade: Trade) -> None:
    subscribe(trade, asleep="return.updated", without="return.closed")
    findings = examined(trade)
    assert "for return.closed." in said(findings, "webhook_missing")
    assert "for return.updated." in said(findings, "webhook_inactive")


def test_a_shop_with_all_subscriptions_misses_none(trade: Trade) -> None:
    subscribe(trade)
    assert not {"webhook_missing", "webhook_inactive"} & set(codes(trade))


def test_labels_are_wanted_where_delivery_counts(trade: Trade) -> None:
    trade.policy('receive_when = "delivered"')
    subscribe(trade)
    assert "for label.updated." in said(examined(trade), "webhook_missing")


def test_webhooks_without_a_secret_are_told(trade: Trade) -> None:
    lines = [one for one in trade.config.read_text().splitlines() if one.startswith("webhook_secrets")]
    trade.rewrite(*((line, "webhook_secrets = []") for line in lines))
    about = [one.about for one in examined(trade) if one.code == "webhook_secret_missing"]
    assert about == ["main: Loop", "main: Shopify"]


def test_the_command_prints_one_json_document_and_no_secret(trade: Trade) -> None:
    line = next(one for one in trade.config.read_text().splitlines() if one.startswith("api_key ="))
    trade.rewrite((line, 'api_key = "a-wrong-key-that-nobody-may-see"'))
    done = command(trade.config, "doctor", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["status"]) == (2, "broken")
    assert {"code", "severity", "about", "problem", "remedy"} == set(document["findings"][0])
    credentials = trade.sandbox.urls["credentials"]
    secrets = [str(credentials[key]) for key in SECRETS]
    told = done.stdout + done.stderr
    assert [one for one in ["a-wrong-key-that-nobody-may-see", *secrets] if one in told] == []


def test_in_a_pipe_the_command_prints_plain_lines(trade: Trade) -> None:
    healthy(trade)
    done = command(trade.config, "doctor")
    assert (done.returncode, "\x1b" in done.stdout) == (1, False)
    assert "warning automatic_processing  main: policy: " in done.stdout
    assert done.stdout.splitlines()[-1].endswith("3 warnings, 0 broken.")


def test_an_unusable_database_does_not_hide_the_remotes(trade: Trade) -> None:
    healthy(trade)
    trade.rewrite((f"sqlite:///{trade.folder}/ledgerloop.db", f"sqlite:///{trade.folder}/nowhere/ledgerloop.db"))
    done = command(trade.config, "doctor", "--json")
    findings = json.loads(done.stdout)["findings"]
    broken = [(one["code"], one["about"]) for one in findings if one["severity"] == "broken"]
    assert (done.returncode, broken) == (2, [("database_unusable", "database")])
    assert {one["about"] for one in findings} >= {"main: Loop", "main: Shopify", "main: NetSuite", "main: policy"}


def test_a_config_that_cannot_be_used_is_broken(trade: Trade) -> None:
    trade.rewrite(("concurrency = 2", 'concurrency = "many"'))
    as_json, plain = command(trade.config, "doctor", "--json"), command(trade.config, "doctor")
    found = [(one["code"], one["about"]) for one in json.loads(as_json.stdout)["findings"]]
    assert (as_json.returncode, found) == (2, [("config_type", "shops[0].netsuite.concurrency")])
    assert (plain.returncode, "config_type" in plain.stderr) == (2, True)

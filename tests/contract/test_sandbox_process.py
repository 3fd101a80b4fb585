"""The sandbox as a process: how it starts, announces itself, spoils requests, is steered, and ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from ledgerloop_sandbox.handle import Handle, SandboxError, fresh


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    with Handle("--empty") as handle:
        yield handle


@pytest.fixture
def sandbox(running: Handle) -> Iterator[Handle]:
    with fresh(running) as handle:
        yield handle


def flag(sandbox: Handle, return_id: str, timeout: float = 5.0) -> httpx2.Response:
    """A write at Loop."""
    url = f"{sandbox.loop}/api/2026-07/warehouse/return/{return_id}/flag"
    headers = {"X-Authorization": sandbox.credentials["loop_api_key"]}
    return httpx2.post(url, headers=headers, timeout=timeout, trust_env=False)


def new_return(sandbox: Handle) -> str:
    order = sandbox.act("place_order", in_netsuite=False)
    return str(sandbox.act("request_return", order_id=order["order_id"])["return_id"])


def flagged(sandbox: Handle) -> bool:
    return bool(sandbox.state()["loop"]["returns"][0]["flagged"])


def test_it_announces_itself_in_one_line_and_ends_on_sigterm() -> None:
    process = subprocess.Popen([sys.executable, "-m", "ledgerloop_sandbox"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    announced = json.loads(process.stdout.readline())
    assert {name: url.split(":")[1] for name, url in announced.items() if name != "credentials"} == dict.fromkeys(
        ("loop", "shopify", "netsuite", "control"), "//127.0.0.1"
    )
    assert sorted(announced["credentials"]) == [
        "loop_api_key",
        "loop_webhook_secret",
        "netsuite_account",
        "netsuite_certificate_id",
        "netsuite_client_id",
        "netsuite_private_key",
        "shopify_client_id",
        "shopify_client_secret",
        "shopify_token",
        "tba",
    ]
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    assert process.stdout.read() == ""
    process.stdout.close()


def test_it_begins_with_orders_and_returns_in_several_states() -> None:
    with Handle() as handle:
        state = handle.state()
    assert [order["name"] for order in state["shopify"]["orders"]] == [f"#100{n}" for n in range(1, 9)]
    assert {row["state"] for row in state["loop"]["returns"]} == {"open", "closed", "review"}
    totals = {
        record["otherRefNum"]: record["total"]
        for record in state["netsuite"]["records"]
        if record["type"] == "salesOrder"
    }
    assert (totals["#1001"], totals["#1003"], "#1006" in totals) == ("118.00", "126.36", False)


def test_it_ends_when_its_parent_lets_go() -> None:
    handle = Handle("--empty")
    assert handle.stop() == 0


def test_a_port_in_use_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SandboxError, match="exit status 2"):
            Handle("--empty", "--loop-port", str(taken.getsockname()[1]))


def test_the_whole_way_of_a_return(sandbox: Handle) -> None:
    order = sandbox.act("place_order")
    made = sandbox.act("request_return", order_id=order["order_id"])
    fields = {"custbody_loop_return_id": made["return_id"]}
    authorization = sandbox.act("make_authorization", order_id=order["order_id"], fields=fields)
    receipt = sandbox.act("receive", return_id=made["return_id"], external_id="LOOP-IR-1")
    sandbox.act("process_in_loop", return_id=made["return_id"])
    memo = sandbox.act("make_credit_memo", source=authorization["id"])
    state = sandbox.state()
    assert (authorization["total"], receipt["externalId"], memo["total"]) == ("108.00", "LOOP-IR-1", "108.00")
    assert state["loop"]["returns"][0]["refunds"][0]["amount"] == "108.00"
    assert state["shopify"]["orders"][0]["refunded"] == "108.00"
    balances = sandbox.control("GET", "/netsuite/balances")
    assert {role: balances[role] for role in ("inventory", "cogs", "ar", "bank", "revenue", "tax")} == {
        "inventory": "0.00",
        "cogs": "0.00",
        "ar": "-108.00",
        "bank": "108.00",
        "revenue": "0.00",
        "tax": "0.00",
    }


@pytest.mark.parametrize(
    ("wish", "sale"),
    [
        ({"billing": "cash_sale"}, ("sales_order", "cash_sale")),
        ({"direct_cash_sale": True}, ("cash_sale",)),
        ({"billing": "none"}, ("sales_order",)),
        ({"discount_as": "line", "order_discount": "13.00"}, ("sales_order", "invoice")),
        ({"discount_as": "header", "order_discount": "13.00"}, ("sales_order", "invoice")),
        ({"shipping": "7.77"}, ("sales_order", "invoice")),
        ({"taxes_included": True}, ("sales_order", "invoice")),
    ],
)
def test_an_order_costs_the_same_in_netsuite(sandbox: Handle, wish: dict[str, Any], sale: tuple[str, ...]) -> None:
    lines = [{"sku": "TEE", "quantity": 2, "price": "54.00"}, {"sku": "CAP", "quantity": 1, "price": "32.40"}]
    order = sandbox.act("place_order", lines=lines, **wish)
    assert tuple(name for name in ("sales_order", "invoice", "cash_sale") if order[name]) == sale
    records = {record["id"]: record for record in sandbox.state()["netsuite"]["records"]}
    assert [records[order[name]]["total"] for name in sale] == [order["total"]] * len(sale)


def test_references_and_ids_are_left_out_on_demand(sandbox: Handle) -> None:
    sandbox.act("place_order", name="#1", with_order_id=False, with_line_ids=False, reference="bare")
    (record,) = [one for one in sandbox.state()["netsuite"]["records"] if one["type"] == "salesOrder"]
    assert (record["otherRefNum"], record["custom"], record["lines"][0]["custom"]) == ("1", {}, {})


def test_an_order_reaches_netsuite_later(sandbox: Handle) -> None:
    order = sandbox.act("place_order", in_netsuite=False)
    assert sandbox.state()["netsuite"]["records"] == []
    brought = sandbox.act("bring_to_netsuite", order_id=order["order_id"])
    assert brought["invoice"] is not None
    with pytest.raises(SandboxError, match="in NetSuite already"):
        sandbox.act("bring_to_netsuite", order_id=order["order_id"])


@pytest.mark.parametrize("name", ["lost_answer", "error_500_after", "malformed"])
def test_these_faults_strike_after_the_request_was_executed(sandbox: Handle, name: str) -> None:
    return_id = new_return(sandbox)
    sandbox.fault("loop", name, match="/flag")
    if name == "lost_answer":
        with pytest.raises(httpx2.TransportError):
            flag(sandbox, return_id)
    elif name == "malformed":
        with pytest.raises(ValueError, match="Expecting"):
            flag(sandbox, return_id).json()
    else:
        assert flag(sandbox, return_id).status_code == 500
    assert flagged(sandbox) is True


@pytest.mark.parametrize(
    ("name", "status"), [("reset", 0), ("error_500", 500), ("too_many", 429), ("unauthorized", 401)]
)
def test_these_faults_strike_instead_of_the_request(sandbox: Handle, name: str, status: int) -> None:
    return_id = new_return(sandbox)
    sandbox.fault("loop", name, match="/flag")
    if status:
        assert flag(sandbox, return_id).status_code == status
    else:
        with pytest.raises(httpx2.TransportError):
            flag(sandbox, return_id)
    assert flagged(sandbox) is False
    assert flag(sandbox, return_id).json() is True


def test_a_rule_skips_first_matches_and_ends_after_its_times(sandbox: Handle) -> None:
    return_id = new_return(sandbox)
    sandbox.fault("loop", "error_500", match="POST /api/2026-07", times=2, after=1)
    assert [flag(sandbox, return_id).status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_held_answer_waits_for_its_release(sandbox: Handle) -> None:
    return_id = new_return(sandbox)
    sandbox.fault("loop", "hold_answer", match="/flag")
    answers: list[httpx2.Response] = []
    caller = threading.Thread(target=lambda: answers.append(flag(sandbox, return_id)))
    caller.start()
    deadline = time.monotonic() + 5
    while sandbox.control("GET", "/held")["loop"] == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (flagged(sandbox), answers) == (True, [])
    assert sandbox.control("POST", "/release") == {"released": 1}
    caller.join(5)
    assert [answer.json() for answer in answers] == [True]


def test_a_held_request_is_not_executed_before_its_time(sandbox: Handle) -> None:
    return_id = new_return(sandbox)
    sandbox.fault("loop", "hold_request", match="/flag", delay_s=1.0)
    with pytest.raises(httpx2.TimeoutException):
        flag(sandbox, return_id, timeout=0.2)
    assert flagged(sandbox) is False
    deadline = time.monotonic() + 5
    while not flagged(sandbox) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert flagged(sandbox) is True


def test_latency_and_the_peak_of_requests_in_flight(sandbox: Handle) -> None:
    return_id = new_return(sandbox)
    sandbox.control("POST", "/latency", remote="loop", seconds=0.2)
    sandbox.control("DELETE", "/log")
    callers = [threading.Thread(target=flag, args=(sandbox, return_id)) for _ in range(3)]
    began = time.monotonic()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert time.monotonic() - began >= 0.2
    log = sandbox.log("loop")
    assert (log["peak"], log["counts"]) == (3, {"all": 3, "writes": 3})
    assert {(entry["method"], entry["status"], entry["write"]) for entry in log["requests"]} == {("POST", 200, True)}


def test_reads_and_queries_do_not_count_as_writes(sandbox: Handle) -> None:
    sandbox.control("DELETE", "/log")
    token = {"X-Shopify-Access-Token": sandbox.credentials["shopify_token"]}
    url = f"{sandbox.shopify}/admin/api/2026-10/graphql.json"
    httpx2.post(url, json={"query": "query Shop { shop { name } }"}, headers=token, trust_env=False)
    httpx2.post(f"{sandbox.netsuite}/services/rest/query/v1/suiteql", json={"q": "SELECT 1"}, trust_env=False)
    assert sandbox.log("shopify")["counts"] == {"all": 1, "writes": 0}
    assert sandbox.log("shopify")["requests"][0]["operation"] == "Shop"
    assert sandbox.log("netsuite")["counts"] == {"all": 1, "writes": 0}


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/faults", {"remote": "netsuite", "name": "earthquake"}, "unknown fault"),
        ("POST", "/faults", {"remote": "amazon", "name": "reset"}, "no remote"),
        ("POST", "/acts/dance", {}, "no act"),
        ("POST", "/acts/process_in_loop", {"return_id": "1"}, "Loop has no return 1"),
        ("POST", "/acts/place_order", {"nam": "#1"}, "nam"),
        ("POST", "/loop/settings", {"speed": 1}, "loop has no setting speed"),
        ("POST", "/webhook_targets", {"netsuite": "http://127.0.0.1:1"}, "loop and shopify"),
    ],
)
def test_a_wrong_command_is_400_and_says_why(
    sandbox: Handle, method: str, path: str, body: dict[str, Any], said: str
) -> None:
    answer = sandbox.client.request(method, path, json=body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_the_announced_credentials_let_a_client_into_netsuite(sandbox: Handle) -> None:
    credentials, now = sandbox.credentials, int(time.time())
    url = f"{sandbox.netsuite}/services/rest/auth/oauth2/v1/token"
    claims = {
        "iss": credentials["netsuite_client_id"],
        "scope": ["rest_webservices"],
        "aud": url,
        "iat": now,
        "exp": now + 300,
    }
    header = {"alg": "ES256", "typ": "JWT", "kid": credentials["netsuite_certificate_id"]}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(header, claims, ECKey.import_key(credentials["netsuite_private_key"])),
    }
    token = httpx2.post(url, data=form, trust_env=False).json()["access_token"]
    sandbox.act("place_order")
    headers = {"Authorization": f"Bearer {token}", "Prefer": "transient"}
    query = {"q": "SELECT tranid FROM transaction WHERE type = 'SalesOrd'"}
    answer = httpx2.post(
        f"{sandbox.netsuite}/services/rest/query/v1/suiteql", json=query, headers=headers, trust_env=False
    )
    assert [item["tranid"] for item in answer.json()["items"]] == ["SO1"]


def test_the_clock_moves_and_reset_forgets(sandbox: Handle) -> None:
    sandbox.control("POST", "/clock", offset_s=1800)
    sandbox.act("place_order", in_netsuite=False)
    sandbox.fault("loop", "reset", times=9)
    assert sandbox.control("POST", "/reset") == {"reset": True}
    state = sandbox.state()
    assert (state["shopify"]["orders"], state["loop"]["returns"], state["netsuite"]["records"]) == ([], [], [])
    assert flag(sandbox, "1").status_code == 200


def test_a_tampered_return_says_what_it_was_told(sandbox: Handle) -> None:
    return_id = new_return(sandbox)
    kept = sandbox.act("tamper", return_id=return_id, refund="100.00", lines=[{"tax": "0.00"}])
    assert (kept["refund"], kept["return_total"], kept["lines"][0]["value"]) == ("100.00", "108.00", "100.00")

"""The Loop simulator says and refuses what Loop says and refuses: actions, details, keys, limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from ledgerloop_sandbox.handle import Handle, SandboxError, fresh

UNAUTHORIZED = {"error": {"code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}}


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    with Handle("--empty") as handle:
        yield handle


@pytest.fixture
def sandbox(running: Handle) -> Iterator[Handle]:
    with fresh(running) as handle:
        yield handle


@pytest.fixture
def loop(sandbox: Handle) -> Iterator[httpx2.Client]:
    headers = {"X-Authorization": sandbox.credentials["loop_api_key"]}
    with httpx2.Client(base_url=f"{sandbox.loop}/api/2026-07", headers=headers, trust_env=False) as client:
        yield client


def new_return(sandbox: Handle, name: str = "#1001", **wish: Any) -> str:
    order = sandbox.act("place_order", name=name, in_netsuite=False)
    return str(sandbox.act("request_return", order_id=order["order_id"], **wish)["return_id"])


def state_of(sandbox: Handle, return_id: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = sandbox.state()["loop"]["returns"]
    return next(row for row in rows if row["return_id"] == return_id)


def test_a_wrong_key_is_unauthorized(sandbox: Handle, loop: httpx2.Client) -> None:
    for headers in ({"X-Authorization": "wrong"}, {"X-Authorization": ""}):
        answer = loop.get("/warehouse/return/list", headers=headers)
        assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_a_key_without_the_scope_is_unauthorized(sandbox: Handle, loop: httpx2.Client) -> None:
    sandbox.control("POST", "/loop/settings", scopes=["returns"])
    assert loop.get("/warehouse/return/list").status_code == 200
    for path in ("/webhooks", "/destinations"):
        answer = loop.get(path)
        assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(("version", "status"), [("2026-07", 200), ("2026-10", 200), ("v1", 200), ("2025-01", 404)])
def test_versions_stand_in_the_path(sandbox: Handle, loop: httpx2.Client, version: str, status: int) -> None:
    assert loop.get(f"{sandbox.loop}/api/{version}/warehouse/return/list").status_code == status


def test_details_give_numbers_and_naive_dates_and_refunds(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = new_return(sandbox)
    sandbox.act("process_in_loop", return_id=return_id)
    details = loop.get("/warehouse/return/details", params={"return_id": return_id}).json()
    assert details["id"] == int(return_id)
    assert isinstance(details["line_items"][0]["provider_line_item_id"], int)
    assert len(details["created_at"]) == len("2026-03-02 18:04:11")
    assert [(row["gateway"], row["amount"]) for row in details["refunds"]] == [("shopify_payments", "108.00")]
    assert "was_processed" not in details
    assert "shopify_refund_object" not in details


def test_details_carry_the_processed_fields_when_set_so(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = new_return(sandbox)
    sandbox.control("POST", "/loop/settings", details_have_processed=True)
    details = loop.get("/warehouse/return/details", params={"return_id": return_id}).json()
    assert details["was_processed"] is False


def test_details_are_found_by_shopify_order_id_and_name(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = new_return(sandbox)
    order_id = state_of(sandbox, return_id)["order_id"]
    for params in ({"order_id": order_id}, {"order_name": "#1001"}):
        assert loop.get("/warehouse/return/details", params=params).json()["id"] == int(return_id)


def test_unknown_returns_are_refused_with_http_200(loop: httpx2.Client) -> None:
    details = loop.get("/warehouse/return/details", params={"return_id": "1"})
    assert (details.status_code, details.json()) == (200, {"error": {"message": "No return found with this ID."}})
    process = loop.post("/warehouse/return/1/process")
    assert (process.status_code, process.json()) == (200, {"errors": {"message": "No return found with this ID."}})
    assert loop.post("/warehouse/return/1/remove?line_item_id=1").status_code == 403


def test_process_only_queues(sandbox: Handle, loop: httpx2.Client) -> None:
    sandbox.control("POST", "/loop/settings", job_delay_s=None)
    return_id = new_return(sandbox)
    answer = loop.post(f"/warehouse/return/{return_id}/process", json={"netsuite_ra": "RMA1"})
    assert (answer.status_code, answer.json()) == (200, True)
    assert state_of(sandbox, return_id)["state"] == "open"
    assert sandbox.act("run_loop_jobs") == {"executed": [return_id]}
    done = state_of(sandbox, return_id)
    assert (done["state"], done["was_processed"], done["process_fields"]) == ("closed", True, {"netsuite_ra": "RMA1"})


def test_process_runs_by_itself_after_the_delay_and_only_once(sandbox: Handle, loop: httpx2.Client) -> None:
    sandbox.control("POST", "/loop/settings", job_delay_s=0.05)
    return_id = new_return(sandbox)
    for _ in range(2):
        assert loop.post(f"/warehouse/return/{return_id}/process").json() is True
    deadline = time.monotonic() + 5
    while state_of(sandbox, return_id)["state"] == "open" and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    assert [one["refunded"] for one in sandbox.state()["shopify"]["orders"]] == ["108.00"]


@pytest.mark.parametrize(
    ("act", "body"),
    [
        (
            "process_in_loop",
            {
                "errors": {
                    "message": "Return is closed and therefore cannot be processed.",
                    "code": "UNPROCESSABLE_RETURN",
                }
            },
        ),
        (
            "flag_in_loop",
            {
                "errors": {
                    "message": "Return is review and therefore cannot be processed.",
                    "code": "UNPROCESSABLE_FLAGGED_RETURN",
                }
            },
        ),
        ("cancel_in_loop", {"message": "Return is cancelled and therefore cannot be processed."}),
    ],
)
def test_process_is_refused_with_http_200(sandbox: Handle, loop: httpx2.Client, act: str, body: dict[str, Any]) -> None:
    return_id = new_return(sandbox)
    sandbox.act(act, return_id=return_id)
    answer = loop.post(f"/warehouse/return/{return_id}/process")
    assert (answer.status_code, answer.json()) == (200, body)


def test_a_flagged_return_may_read_open(sandbox: Handle, loop: httpx2.Client) -> None:
    sandbox.control("POST", "/loop/settings", flag_moves_to_review=False)
    return_id = new_return(sandbox)
    assert loop.post(f"/warehouse/return/{return_id}/flag").json() is True
    assert loop.post(f"/warehouse/return/{return_id}/process").json() == {
        "errors": {
            "message": "Return is open and therefore cannot be processed.",
            "code": "UNPROCESSABLE_FLAGGED_RETURN",
        }
    }
    sandbox.control("POST", "/loop/settings", allow_flagged=True)
    assert loop.post(f"/warehouse/return/{return_id}/process").json() is True


def test_review_ends_and_the_return_is_open_again(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = new_return(sandbox)
    loop.post(f"/warehouse/return/{return_id}/flag")
    assert state_of(sandbox, return_id)["state"] == "review"
    again = loop.post(f"/warehouse/return/{return_id}/flag").json()
    assert again["errors"]["code"] == "UNPROCESSABLE_FLAGGED_RETURN"
    sandbox.act("review_done", return_id=return_id)
    assert loop.post(f"/warehouse/return/{return_id}/process").json() is True


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("flag_in_loop", {"content": "Return is flagged and cannot be processed."}),
        ("expire_in_loop", {"content": "Return is expired and cannot be processed."}),
        (
            "process_in_loop",
            {
                "errors": {
                    "message": "Return is closed and therefore cannot be processed.",
                    "code": "UNPROCESSABLE_RETURN",
                }
            },
        ),
    ],
)
def test_cancel_is_refused_with_http_200(sandbox: Handle, loop: httpx2.Client, act: str, body: Any) -> None:
    return_id = new_return(sandbox)
    sandbox.act(act, return_id=return_id)
    answer = loop.post(f"/warehouse/return/{return_id}/cancel")
    assert (answer.status_code, answer.json()) == (200, body)


def test_closed_without_outcomes_moves_no_money(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = new_return(sandbox)
    assert loop.post(f"/warehouse/return/{return_id}/close").json() is True
    closed = state_of(sandbox, return_id)
    assert (closed["state"], closed["was_processed"], closed["refunds"]) == ("closed", False, [])
    assert sandbox.state()["shopify"]["orders"][0]["refunded"] == "0.00"


def test_a_failed_processing_leaves_the_return_open(sandbox: Handle, loop: httpx2.Client) -> None:
    sandbox.control("POST", "/loop/settings", job_delay_s=None)
    return_id = new_return(sandbox)
    sandbox.act("fail_next_process", return_id=return_id, message="Insufficient funds", state="review")
    assert loop.post(f"/warehouse/return/{return_id}/process").json() is True
    sandbox.act("run_loop_jobs")
    assert state_of(sandbox, return_id)["state"] == "review"
    sandbox.act("process_in_loop", return_id=return_id)
    assert state_of(sandbox, return_id)["was_processed"] is True


def test_removing_lines_processes_the_rest_at_once(sandbox: Handle, loop: httpx2.Client) -> None:
    lines = [{"sku": "TEE", "quantity": 2, "price": "50.00", "tax_rate": "0.08"}]
    order = sandbox.act("place_order", lines=lines, order_discount="10.00", in_netsuite=False)
    made = sandbox.act("request_return", order_id=order["order_id"], lines=[{"line": 0, "quantity": 2}])
    path = f"/warehouse/return/{made['return_id']}/remove"
    assert loop.post(path).json() == {"error": {"message": "The line item id field is required."}}
    assert loop.post(f"{path}?line_item_id=5").json() == {
        "error": {"message": "There are no line items that qualify for removal"}
    }
    answer = loop.post(f"{path}?line_item_id={made['line_item_ids'][0]}")
    assert (answer.status_code, answer.json()) == (200, True)
    done = state_of(sandbox, made["return_id"])
    assert (done["state"], done["was_processed"], done["refund"]) == ("closed", True, "48.60")
    late = loop.post(f"{path}?line_item_id={made['line_item_ids'][1]}")
    assert (late.status_code, late.json()) == (422, {"error": {"message": "Return cannot be modified."}})


def test_notes(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = new_return(sandbox)
    empty = loop.get(f"/warehouse/return/{return_id}/notes")
    assert (empty.status_code, empty.json()) == (422, False)
    long = loop.post(f"/warehouse/return/{return_id}/note", json={"content": "x" * 255})
    assert long.status_code == 422
    assert long.json() == {"errors": {"message": "Content is required and must be less than 255 characters."}}
    assert loop.post(f"/warehouse/return/{return_id}/note", json={"content": "one arrived"}).json() is True
    assert [note["content"] for note in loop.get(f"/warehouse/return/{return_id}/notes").json()["notes"]] == [
        "one arrived"
    ]


def test_money_of_a_partial_return_is_shared_per_unit(sandbox: Handle, loop: httpx2.Client) -> None:
    lines = [{"sku": "TEE", "quantity": 3, "price": "33.33", "tax_rate": "0.07"}]
    order = sandbox.act("place_order", lines=lines, order_discount="10.00", in_netsuite=False)
    made = [sandbox.act("request_return", order_id=order["order_id"]) for _ in range(3)]
    assert sum(round(float(one["refund"]) * 100) for one in made) == round(float(order["total"]) * 100)
    with pytest.raises(SandboxError, match="0 of 3 units"):
        sandbox.act("request_return", order_id=order["order_id"])
    sandbox.act("cancel_in_loop", return_id=made[0]["return_id"])
    assert sandbox.act("request_return", order_id=order["order_id"])["refund"] == made[0]["refund"]


def test_a_handling_fee_lowers_the_refund(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = new_return(sandbox, handling_fee="9.99")
    kept = state_of(sandbox, return_id)
    assert (kept["return_total"], kept["handling_fee"], kept["refund"]) == ("108.00", "9.99", "98.01")


def test_an_edited_return_has_fewer_lines_and_less_money(sandbox: Handle, loop: httpx2.Client) -> None:
    lines = [{"sku": "TEE", "quantity": 2, "price": "50.00", "tax_rate": "0.08"}]
    order = sandbox.act("place_order", lines=lines, in_netsuite=False)
    made = sandbox.act("request_return", order_id=order["order_id"], lines=[{"line": 0, "quantity": 2}])
    edited = sandbox.act("edit_return", return_id=made["return_id"], remove_lines=[0])
    assert (edited["line_item_ids"], edited["refund"]) == (made["line_item_ids"][1:], "54.00")
    details = loop.get("/warehouse/return/details", params={"return_id": made["return_id"]}).json()
    assert details["edited_at"] is not None


@pytest.mark.parametrize("window", ["sliding", "fixed"])
def test_over_the_rate_limit_is_429(sandbox: Handle, loop: httpx2.Client, window: str) -> None:
    sandbox.control("POST", "/loop/settings", rate_limit=3, rate_window=window)
    left = [loop.get("/destinations").headers["X-RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    answer = loop.get("/destinations")
    assert (answer.status_code, answer.json()) == (429, {"message": "Too Many Attempts."})
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert sandbox.log("loop")["peak_per_minute"] == 4

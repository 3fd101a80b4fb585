"""Many threads at one NetSuite account: slots, tokens, throttling."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog

from ledgerloop.outcome import CredentialsRefused, Throttled, Unreachable
from ledgerloop.remotes.ports import Call
from tests.support.netsuite_stub import THROTTLED, TOKEN_PATH, Desk, Fault, desk, refusal


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as one:
        yield one


class Watched(list[Call]):
    """A list that calls back before something is added."""

    def __init__(self, before: Callable[[], None]) -> None:
        super().__init__()
        self._before = before

    def append(self, call: Call) -> None:
        self._before()
        super().append(call)


def create_many(at: Desk, count: int, threads: int = 12) -> list[str]:
    def one(number: int) -> str:
        return at.client.create("itemReceipt", {}, external_id=f"LOOP-IR-{number}-1").internal_id

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(count)))


def test_the_slots_are_never_exceeded_and_one_token_serves_all(at: Desk) -> None:
    at.stub.work_s, at.stub.token_delay_s = 0.01, 0.05
    assert len(set(create_many(at, 40))) == 40
    assert at.stub.most_in_flight == 2
    assert at.stub.tokens_given == 1


def test_a_request_for_a_token_takes_a_slot_too(at: Desk) -> None:
    at.stub.work_s = at.stub.token_delay_s = 0.02
    at.stub.token_life = 0
    create_many(at, 12)
    assert (at.stub.most_in_flight, at.stub.tokens_given) == (2, 12)


def test_with_others_in_the_account_every_blocked_write_goes_through_later(at: Desk) -> None:
    at.stub.work_s, at.stub.concurrency_limit = 0.01, 1
    assert len(set(create_many(at, 12, 2))) == 12
    assert len(at.stub.records) == 12
    assert at.pulse.slowed
    assert at.pulse.taken == len(at.stub.of("POST"))


def test_no_slot_is_held_during_a_pause(at: Desk) -> None:
    held: list[int] = []
    at.clock.while_asleep = lambda: held.append(at.seats.held)
    at.stub.write_faults.extend([THROTTLED, refusal(400, "RCRD_HAS_BEEN_CHANGED"), Fault(drop=True, after=True)])
    at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1")
    assert held == [0, 0, 0]


def test_no_slot_is_held_while_an_answer_is_read_and_recorded(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    monkeypatch.setattr(at.evidence, "calls", Watched(lambda: held.append(at.seats.held)))
    at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1")
    assert held == [0, 0]


def test_a_token_is_renewed_before_it_ends(at: Desk) -> None:
    at.client.look_up("itemReceipt", "A")
    at.clock.sleep(49 * 60)
    at.client.look_up("itemReceipt", "A")
    assert at.stub.tokens_given == 1
    at.clock.sleep(2 * 60)
    at.client.look_up("itemReceipt", "A")
    assert at.stub.tokens_given == 2


def test_a_refused_token_is_renewed_once_by_one_thread(at: Desk) -> None:
    create_many(at, 2, 1)
    at.stub.good_tokens.clear()
    at.stub.token_delay_s = 0.05
    assert len(set(create_many(at, 12))) == 12
    assert at.stub.tokens_given == 2
    assert at.clock.slept == []


def test_the_second_refusal_of_a_login_is_final(at: Desk) -> None:
    at.stub.write_faults.extend([refusal(401, "INVALID_LOGIN", "Invalid login attempt.")] * 5)
    with pytest.raises(CredentialsRefused) as caught:
        at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1")
    assert caught.value.code == "netsuite_credentials"
    assert (len(at.stub.of("POST")), at.stub.tokens_given, at.stub.of("GET")) == (2, 2, [])


def test_refused_logins_in_a_crowd_lower_the_pace_before_they_count(at: Desk) -> None:
    refused = refusal(401, "INVALID_LOGIN", "Invalid login attempt.")
    at.stub.write_faults.extend([THROTTLED, refused, refused, refused])
    assert at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1").internal_id == "4711"
    assert len(at.pulse.slowed) >= 3


def test_refused_logins_in_a_crowd_are_told_when_the_budget_ends(at: Desk) -> None:
    at.stub.write_faults.extend([THROTTLED, *[refusal(401, "INVALID_LOGIN")] * 50])
    with pytest.raises(CredentialsRefused):
        at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_assertion_names_the_certificate_and_is_not_repeated(at: Desk, status: int) -> None:
    at.stub.token_faults.append(Fault(status, {"error": "invalid_grant"}))
    with pytest.raises(CredentialsRefused) as caught:
        at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1")
    assert (caught.value.code, caught.value.detail) == ("netsuite_token_refused", "invalid_grant")
    assert [one.path for one in at.stub.asked] == [TOKEN_PATH]


@pytest.mark.parametrize("fault", [Fault(500, "oops"), Fault(drop=True), Fault(200, "{}"), Fault(200, "no")])
def test_a_token_that_does_not_come_has_written_nothing(at: Desk, fault: Fault) -> None:
    at.stub.token_faults.extend([fault] * 3)
    assert at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1").adopted is False
    at.stub.token_faults.extend([fault] * 4)
    at.clock.sleep(3600)
    with pytest.raises(Unreachable):
        at.client.create("itemReceipt", {}, external_id="LOOP-IR-2-1")
    assert list(at.stub.records) == ["LOOP-IR-1-1"]


def test_a_throttled_token_backs_off_too(at: Desk) -> None:
    at.stub.token_faults.extend([Fault(429, {})] * 100)
    with pytest.raises(Throttled):
        at.client.look_up("itemReceipt", "A")
    assert sum(at.clock.slept) > 30


def test_no_secret_and_nobody_s_data_is_kept_or_logged(at: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    person = {"id": "107", "refName": "Jane Doe"}
    at.stub.records["A"] = {
        "type": "salesOrder", "id": "9001", "entity": person, "email": "jane@example.com",
        "memo": "call jane@example.com", "billAddress": {"addr1": "Main St 1"}, "total": 108.0,
    }  # fmt: skip
    at.stub.rows = lambda *_: ([{"id": "107", "email": "jane@example.com", "firstname": "Jane"}], False)
    with structlog.testing.capture_logs() as logs:
        at.client.get("salesOrder", "9001")
        at.client.query("SELECT id, email, firstname FROM customer WHERE LOWER(email) = ?", ["jane@example.com"])
        at.client.create("itemReceipt", {"memo": "x", "phone": "555-0100"}, external_id="LOOP-IR-1-1")
    kept = (
        json.dumps([vars(call) for call in at.evidence.calls], default=str, ensure_ascii=False)
        + repr(logs)
        + caplog.text
    )
    for secret in ("access-1", "Jane", "jane@", "Main St", "555-0100", "Bearer", "eyJ"):
        assert secret not in kept
    for wanted in ("108.0", "client_assertion=‹redacted›", "LOOP-IR-1-1", "107"):
        assert wanted in kept
    assert [line["event"] for line in logs] == ["remote_call"] * 4


def test_evidence_says_what_was_asked_and_what_came_of_it(at: Desk) -> None:
    at.stub.write_faults.append(refusal(400, "USER_ERROR", "Please enter value(s) for: Location"))
    with pytest.raises(Exception, match="Please enter value"):
        at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1")
    token, write, look = at.evidence.calls
    assert (token.subject, token.write, token.outcome) == ("token", False, "ok")
    assert (write.subject, write.write, write.outcome) == ("LOOP-IR-1-1", True, "netsuite_value_missing")
    assert (look.method, look.status, look.outcome) == ("GET", 404, "netsuite_not_there")
    assert "Please enter value" in write.answer

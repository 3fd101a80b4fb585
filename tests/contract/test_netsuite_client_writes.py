"""Writing to NetSuite: one record, whatever becomes of the answer."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from ledgerloop.outcome import CredentialsRefused, NotThere, Refused, Throttled, Unclear, Unreachable
from ledgerloop.remotes.http import Http
from ledgerloop.remotes.netsuite.client import NetSuiteClient, Reference
from tests.support.netsuite_stub import RECORDS, Desk, Fault, desk, refusal

EID = "LOOP-RA-1"
MADE = Reference("returnAuthorization", "4711", EID)
ADOPTED = Reference("returnAuthorization", "4711", EID, adopted=True)


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as one:
        yield one


def create(at: Desk) -> Reference:
    return at.client.create("returnAuthorization", {"memo": "x"}, external_id=EID)


def test_a_created_record_is_named_by_its_location(at: Desk) -> None:
    assert create(at) == MADE
    (asked,) = at.stub.of("POST")
    assert asked.path == RECORDS + "returnAuthorization"
    assert asked.json == {"memo": "x", "externalId": EID}
    assert asked.headers["x-netsuite-propertynamevalidation"] == "Error"
    assert asked.headers["x-netsuite-propertyvaluevalidation"] == "Error"
    assert asked.headers["content-type"] == "application/json"


def test_a_transform_names_source_target_and_the_sublists_sent_whole(at: Desk) -> None:
    made = at.client.transform(
        "salesOrder", "9001", "returnAuthorization", {}, external_id=EID, replace=("item", "salesTeam")
    )
    assert made == MADE
    (asked,) = at.stub.of("POST")
    assert asked.path == RECORDS + "salesOrder/9001/!transform/returnAuthorization"
    assert asked.query == {"replace": ["item,salesTeam"]}


def test_money_is_sent_as_the_exact_number(at: Desk) -> None:
    at.client.create("creditMemo", {"amount": Decimal("39.10"), "n": [Decimal(5), 2, True, None]}, external_id=EID)
    assert '"amount": 39.10' in at.stub.of("POST")[0].body
    assert '"n": [5, 2, true, null]' in at.stub.of("POST")[0].body


def test_a_patch_is_sent_once_and_needs_no_body(at: Desk) -> None:
    at.client.patch("returnAuthorization", "4711", {"memo": "closed"}, replace=("item",))
    (asked,) = at.stub.of("PATCH")
    assert (asked.path, asked.query) == (RECORDS + "returnAuthorization/4711", {"replace": ["item"]})


def test_an_unclear_patch_is_left_to_the_caller(at: Desk) -> None:
    at.stub.write_faults.append(Fault(drop=True, after=True))
    with pytest.raises(Unclear):
        at.client.patch("returnAuthorization", "4711", {})
    assert len(at.stub.of("PATCH")) == 1


LOST = {
    "connection closed": Fault(drop=True, after=True),
    "500": refusal(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc", after=True),
    "502 of a proxy": Fault(502, "<html>Bad gateway</html>", after=True),
    "204 without Location": Fault(204, after=True),
    "Location of another type": Fault(204, headers={"Location": RECORDS + "itemReceipt/5"}, after=True),
    "200 and nonsense": Fault(200, "hello", after=True),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_is_made_good_by_adopting_the_record(at: Desk, fault: Fault) -> None:
    at.stub.write_faults.append(fault)
    assert create(at) == ADOPTED
    assert len(at.stub.of("POST")) == 1


def test_an_answer_after_the_time_out_is_a_lost_answer() -> None:
    with desk(timeout_s=0.5) as at:
        at.stub.write_faults.append(Fault(200, "late", delay_s=1.0, after=True))
        assert create(at) == ADOPTED
        assert at.evidence.outcomes() == ["ok", "netsuite_unclear", "ok"]


@pytest.mark.parametrize("fault", [Fault(drop=True), refusal(500, "UNEXPECTED_ERROR", "Error ID: abc")])
def test_a_record_that_does_not_appear_leaves_the_write_unclear(at: Desk, fault: Fault) -> None:
    at.stub.write_faults.append(fault)
    with pytest.raises(Unclear) as caught:
        create(at)
    assert caught.value.code in {"netsuite_unclear", "netsuite_failed"}
    assert len(at.stub.of("POST")) == 1
    assert len(at.stub.of("GET", f"/eid:{EID}")) == 3


def test_a_record_that_appears_late_is_still_adopted(at: Desk) -> None:
    at.stub.write_faults.append(refusal(500, "UNEXPECTED_ERROR"))

    def appear() -> None:
        if len(at.clock.slept) == 3:
            at.stub.records[EID] = {"type": "returnAuthorization", "id": "4711"}

    at.clock.while_asleep = appear
    assert create(at) == ADOPTED


def test_when_the_look_up_fails_too_the_write_stays_unclear(at: Desk) -> None:
    at.stub.write_faults.append(Fault(drop=True, after=True))
    at.stub.read_faults.extend([Fault(503, "down")] * 10)
    with pytest.raises(Unclear) as caught:
        create(at)
    assert caught.value.code == "netsuite_unclear"


def test_a_used_connection_that_closes_makes_a_write_unclear_and_it_is_not_sent_again(at: Desk) -> None:
    at.client.look_up("returnAuthorization", EID)
    at.stub.write_faults.append(Fault(drop=True))
    with pytest.raises(Unclear):
        create(at)
    assert len(at.stub.of("POST")) == 1


def test_the_same_external_id_twice_is_one_record(at: Desk) -> None:
    assert create(at) == MADE
    assert create(at) == ADOPTED
    assert list(at.stub.records) == [EID]


def test_a_refusal_is_told_when_no_record_has_the_external_id(at: Desk) -> None:
    at.stub.write_faults.append(refusal(400, "INVALID_CONTENT", "Invalid value 9999.", "item.items[0].item"))
    with pytest.raises(Refused) as caught:
        create(at)
    assert (caught.value.code, caught.value.status) == ("netsuite_invalid_value", 400)
    assert caught.value.message == "Invalid value 9999. (item.items[0].item)"
    assert len(at.stub.of("GET", f"/eid:{EID}")) == 1


def test_a_refusal_whose_look_up_is_lost_stays_unclear(at: Desk) -> None:
    at.stub.write_faults.append(refusal(400, "INVALID_CONTENT"))
    at.stub.read_faults.extend([Fault(drop=True)] * 10)
    with pytest.raises(Unclear):
        create(at)


def test_a_transform_of_a_record_that_is_gone_says_so(at: Desk) -> None:
    at.stub.write_faults.append(refusal(404, "NONEXISTENT_ID", "Record does not exist."))
    with pytest.raises(NotThere):
        at.client.transform("salesOrder", "1", "returnAuthorization", {}, external_id=EID)


def test_a_missing_permission_is_not_tried_again(at: Desk) -> None:
    at.stub.write_faults.append(refusal(403, "", "You need the permission Return Authorization."))
    with pytest.raises(CredentialsRefused) as caught:
        create(at)
    assert caught.value.code == "netsuite_permission"
    assert (len(at.stub.of("POST")), at.stub.tokens_given) == (1, 1)


def test_a_changed_record_is_tried_again_and_then_given_back_unharmed(at: Desk) -> None:
    changed = refusal(400, "RCRD_HAS_BEEN_CHANGED", "Record has been changed")
    at.stub.write_faults.extend([changed] * 2)
    assert create(at) == MADE
    at.stub.write_faults.extend([changed] * 4)
    with pytest.raises(Unreachable) as caught:
        at.client.create("itemReceipt", {}, external_id="LOOP-IR-1-1")
    assert caught.value.code == "record_changed"
    assert "LOOP-IR-1-1" not in at.stub.records


@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_blocked_write_is_sent_again_without_looking(at: Desk, status: int) -> None:
    at.stub.write_faults.extend([refusal(status, "SSS_REQUEST_LIMIT_EXCEEDED")] * 3)
    assert create(at) == MADE
    assert (len(at.stub.of("POST")), at.stub.of("GET")) == (4, [])
    assert at.pulse.slowed == [None, None, None]
    assert at.clock.slept == [0.5, 1.0, 2.0]


def test_a_write_that_stays_blocked_ends_throttled_within_its_budget(at: Desk) -> None:
    at.stub.write_faults.extend([refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", headers={"Retry-After": "3"})] * 100)
    with pytest.raises(Throttled) as caught:
        create(at)
    assert caught.value.retry_after_s == 3
    assert sum(at.clock.slept) <= 60
    assert at.clock.slept[0] == 3.5
    assert at.pulse.slowed == [3.0] * (len(at.clock.slept) + 1)


def test_nobody_listening_means_nothing_was_sent(at: Desk) -> None:
    at.auth.header("GET", at.base_url)
    with Http("netsuite", "main", "http://127.0.0.1:1", evidence=at.evidence, clock=at.clock, timeout_s=1) as nowhere:
        client = NetSuiteClient(nowhere, at.auth, at.seats, at.pulse, at.clock, sleep=at.clock.sleep)
        with pytest.raises(Unreachable) as caught:
            client.create("returnAuthorization", {}, external_id=EID)
    assert caught.value.code == "netsuite_unreachable"
    assert at.evidence.outcomes().count("netsuite_unreachable") == 4


def test_an_external_id_that_could_never_be_looked_up_is_not_sent(at: Desk) -> None:
    with pytest.raises(ValueError, match="not an external id"):
        at.client.create("returnAuthorization", {}, external_id="a|b")
    assert at.stub.asked == []

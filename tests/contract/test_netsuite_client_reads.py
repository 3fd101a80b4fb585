"""Reading from NetSuite: records, queries by page and by keyset, faults that a read survives."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import structlog

from ledgerloop.outcome import NotThere, Refused, Unclear
from ledgerloop.remotes.netsuite import calibrate, suiteql
from ledgerloop.remotes.netsuite.client import Reference
from tests.support.netsuite_stub import RECORDS, Desk, Fault, desk, refusal


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as one:
        yield one


def test_a_record_is_read_by_id_with_its_lines(at: Desk) -> None:
    at.stub.records["A"] = {"type": "salesOrder", "id": "9001", "total": 108.1}
    record = at.client.get("salesOrder", "9001", expand=True, fields=("id", "total"))
    assert record["total"] == Decimal("108.1")
    (asked,) = at.stub.of("GET")
    assert asked.path == RECORDS + "salesOrder/9001"
    assert asked.query == {"expandSubResources": ["true"], "fields": ["id,total"]}


def test_a_record_is_looked_up_by_external_id(at: Desk) -> None:
    at.stub.records["LOOP-RA-1"] = {"type": "returnAuthorization", "id": "4711"}
    assert at.client.look_up("returnAuthorization", "LOOP-RA-1") == Reference(
        "returnAuthorization", "4711", "LOOP-RA-1", adopted=True
    )
    assert at.client.look_up("itemReceipt", "LOOP-RA-1") is None
    assert at.client.look_up("returnAuthorization", "LOOP-RA-2") is None


def test_a_record_that_is_not_there_says_so_at_once(at: Desk) -> None:
    with pytest.raises(NotThere):
        at.client.get("salesOrder", "1")
    assert len(at.stub.of("GET")) == 1


@pytest.mark.parametrize(
    "fault", [Fault(503, "down"), Fault(drop=True), Fault(200, "{"), Fault(200, []), Fault(200, '{"a": NaN}')]
)
def test_a_read_survives_a_few_faults(at: Desk, fault: Fault) -> None:
    at.stub.records["A"] = {"type": "salesOrder", "id": "9001"}
    at.stub.read_faults.extend([fault] * 2)
    assert at.client.get("salesOrder", "9001")["id"] == "9001"


def test_a_read_gives_up_after_four_tries(at: Desk) -> None:
    at.stub.read_faults.extend([refusal(500, "UNEXPECTED_ERROR", "Error ID: abc")] * 9)
    with pytest.raises(Unclear) as caught:
        at.client.query("SELECT 1")
    assert caught.value.code == "netsuite_failed"
    assert len(at.stub.of("POST")) == 4
    assert sum(at.clock.slept) < 10


def test_a_slow_fault_is_not_waited_for_again(at: Desk) -> None:
    def slow(*_: Any) -> Any:
        at.clock.sleep(30)
        return "no rows", False

    at.stub.rows = slow
    with pytest.raises(Unclear) as caught:
        at.client.query("SELECT 1")
    assert (caught.value.code, len(at.stub.of("POST"))) == ("netsuite_malformed", 1)


def test_a_query_binds_its_values_as_text_and_keeps_nothing(at: Desk) -> None:
    at.stub.rows = lambda *_: ([{"links": [], "ID": 7, "TranId": "RMA7", "closed": True, "memo": None}], False)
    assert at.client.query("SELECT id FROM transaction WHERE id = ?", ["7"]) == [
        {"id": "7", "tranid": "RMA7", "closed": "T"}
    ]
    (asked,) = at.stub.of("POST")
    assert asked.headers["prefer"] == "transient"
    assert asked.query == {"limit": ["1000"], "offset": ["0"]}
    assert asked.json == {"q": "SELECT id FROM transaction WHERE id = ?", "params": ["7"]}


def test_a_query_that_does_not_fit_a_page_is_never_cut_in_silence(at: Desk) -> None:
    at.stub.rows = lambda *_: ([{"id": "1"}], True)
    with pytest.raises(Refused) as caught:
        at.client.query("SELECT id FROM transaction")
    assert caught.value.code == "netsuite_too_many_rows"


def numbered(rows: list[dict[str, Any]]) -> Any:
    """Rows after the bound id, by offset and limit."""

    def answer(_: str, params: list[str], limit: int, offset: int) -> tuple[list[dict[str, Any]], bool]:
        left = [row for row in rows if not params or int(row["id"]) > int(params[0])][offset:]
        return left[:limit], len(left) > limit

    return answer


def test_all_rows_come_page_by_page(at: Desk) -> None:
    at.stub.rows = numbered([{"id": str(n)} for n in range(2500)])
    assert [row["id"] for row in at.client.query_all("SELECT id")] == [str(n) for n in range(2500)]
    assert [one.query["offset"] for one in at.stub.of("POST")] == [["0"], ["1000"], ["2000"]]


def test_all_rows_come_by_keyset_though_rows_vanish_between_two_pages(at: Desk) -> None:
    rows = [{"id": str(n)} for n in range(1, 2501)]
    pages = numbered(rows)

    def answer(sql: str, params: list[str], limit: int, offset: int) -> Any:
        page = pages(sql, params, limit, offset)
        del rows[:10]
        return page

    at.stub.rows = answer
    found = at.client.query_all("SELECT id WHERE id > ?", ["0"], lambda row: [row["id"]])
    assert [row["id"] for row in found] == [str(n) for n in range(1, 2501)]
    assert [one.json["params"] for one in at.stub.of("POST")] == [["0"], ["1000"], ["2000"]]


def test_a_keyset_that_does_not_move_ends_instead_of_turning_for_ever(at: Desk) -> None:
    at.stub.rows = lambda *_: ([{"id": "5"}], True)
    with pytest.raises(Unclear) as caught:
        at.client.query_all("SELECT id", ["5"], lambda row: [row["id"]])
    assert caught.value.code == "netsuite_malformed"


def test_an_unknown_column_is_a_refusal_that_names_it(at: Desk) -> None:
    at.stub.read_faults.append(refusal(400, "INVALID_PARAMETER", "Search error: Unknown identifier 'custbody_x'."))
    with pytest.raises(Refused) as caught:
        at.client.query("SELECT custbody_x FROM transaction")
    assert "custbody_x" in caught.value.message
    assert caught.value.code == "netsuite_invalid_request"


def test_metadata_leaves_out_what_the_account_lacks(at: Desk) -> None:
    schema = {"properties": {"custbody_loop_flag": {"type": "boolean"}}}
    at.stub.read_faults.extend([Fault(200, schema), refusal(404, "NONEXISTENT_ID")])
    assert at.client.metadata(["returnAuthorization", "itemReceipt"]) == {"returnAuthorization": schema}
    assert at.stub.of("GET")[0].headers["accept"] == "application/schema+json"


def test_what_netsuite_ignores_is_logged(at: Desk) -> None:
    warning = {"X-NetSuite-Warning": "Field foo of jane@example.com ignored"}
    at.stub.read_faults.append(Fault(200, {"id": "1"}, headers=warning))
    with structlog.testing.capture_logs() as logs:
        at.client.get("salesOrder", "1")
    said = [line["said"] for line in logs if line["event"] == "netsuite_warning"]
    assert said == ["Field foo of ‹redacted› ignored"]


def test_batches_drop_doubles_and_keep_order() -> None:
    assert list(suiteql.batches(["b", "a", "b", "c"], 2)) == [["b", "a"], ["c"]]
    assert suiteql.marks(["x", "y"]) == "?, ?"


RECORD = {"type": "salesOrder", "id": "9001", "lastModifiedDate": "2026-11-20T11:00:03Z"}


@pytest.mark.parametrize(
    ("shown", "offset"),
    [
        ("2026-11-20 03:00:03", timedelta(hours=-8)),
        ("2026-11-20 16:30:05", timedelta(hours=5, minutes=30)),
        ("2026-11-20 11:00:00", timedelta(0)),
    ],
)
def test_the_clock_of_queries_is_measured_on_a_record(at: Desk, shown: str, offset: timedelta) -> None:
    at.stub.records["A"] = RECORD
    at.stub.rows = lambda *_: ([{"id": "9001", "type": "SalesOrd", "modified": shown}], True)
    assert calibrate.measure(at.client, at.clock) == offset
    assert at.stub.of("POST")[0].query["limit"] == ["1"]


def test_no_record_means_no_measure(at: Desk) -> None:
    assert calibrate.measure(at.client, at.clock) is None


def test_a_record_saved_while_it_is_measured_is_measured_again(at: Desk) -> None:
    at.stub.records["A"] = RECORD
    shown = iter(["2026-11-20 01:00:03", "2026-11-20 03:00:03", "2026-11-20 03:00:03", "2026-11-20 03:00:03"])
    at.stub.rows = lambda *_: ([{"id": "9001", "type": "SalesOrd", "modified": next(shown)}], False)
    assert calibrate.measure(at.client, at.clock) == timedelta(hours=-8)


def test_moments_go_to_the_clock_of_queries_and_back() -> None:
    moment, offset = datetime(2026, 3, 1, 2, 30, 5, tzinfo=UTC), timedelta(hours=-8)
    assert calibrate.to_suiteql(moment, offset) == "2026-02-28 18:30:05"
    assert calibrate.from_suiteql("2026-02-28 18:30:05", offset) == moment

"""SuiteQL in the simulated NetSuite: real queries, its signs and formats, and what it refuses."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.netsuite_account import Remote

ORDER_LINES = """
SELECT t.id, t.type, t.status, tl.id AS line, tl.item, i.itemid, ABS(tl.quantity) AS qty,
       ABS(NVL(tl.quantityshiprecv, 0)) AS shipped, ABS(NVL(tl.quantitybilled, 0)) AS billed, tl.rate, tl.isclosed
FROM transaction t
JOIN transactionline tl
  ON tl.transaction = t.id AND tl.mainline = 'F' AND tl.taxline = 'F' AND NVL(tl.iscogs, 'F') = 'F'
LEFT JOIN item i ON i.id = tl.item
WHERE t.type IN ('SalesOrd', 'CashSale') AND t.otherrefnum = ?
ORDER BY t.id, tl.linesequencenumber
"""

CHANGED = """
SELECT t.id, t.externalid, t.status, BUILTIN.DF(t.status) AS status_text,
       TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS modified, t.custbody_loop_flag
FROM transaction t
WHERE t.type = 'RtnAuth' AND t.lastmodifieddate >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')
ORDER BY t.lastmodifieddate, t.id
"""

RECEIPTS = """
SELECT t.id, t.tranid, m.createdfrom AS ra_id, ra.externalid AS ra_ext
FROM transaction t
JOIN transactionline m ON m.transaction = t.id AND m.mainline = 'T'
JOIN transaction ra ON ra.id = m.createdfrom AND ra.type = 'RtnAuth'
WHERE t.type = 'ItemRcpt' AND t.lastmodifieddate >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')
"""


@pytest.fixture
def remote() -> Remote:
    return Remote()


def received(remote: Remote) -> tuple[str, str]:
    made = remote.authorise(remote.order_c(), [{"orderLine": 4}], externalId="LOOP-RA-1", discountRate=-3)
    return made, remote.account.receive(made)


def test_an_order_is_found_with_its_lines_by_its_reference(remote: Remote) -> None:
    order = remote.order_c()
    rows = remote.rows(ORDER_LINES, "#1003")
    assert rows[:2] == [
        {"id": order, "type": "SalesOrd", "status": "G", "line": "1", "item": "503", "itemid": "TEE", "qty": "2",
         "shipped": "2", "billed": "2", "rate": "50", "isclosed": "F"},
        {"id": order, "type": "SalesOrd", "status": "G", "line": "4", "item": "504", "itemid": "CAP", "qty": "1",
         "shipped": "1", "billed": "1", "rate": "30", "isclosed": "F"},
    ]  # fmt: skip
    assert [row["itemid"] for row in rows] == ["TEE", "CAP", "Order Discount"]


def test_authorizations_that_changed_are_found_with_their_status(remote: Remote) -> None:
    made, _ = received(remote)
    rows = remote.rows(CHANGED, "2026-03-10 10:00:00")
    assert rows == [
        {"id": made, "externalid": "LOOP-RA-1", "status": "F", "status_text": "Return Authorization : Pending Refund",
         "modified": "2026-03-10 11:00:00", "custbody_loop_flag": "F"}
    ]  # fmt: skip
    assert remote.rows(CHANGED, "2026-03-10 11:00:01") == []


def test_moments_stand_in_the_accounts_zone(remote: Remote) -> None:
    received(remote)
    remote.account.settings.suiteql_zone = "Europe/Berlin"
    assert remote.rows(CHANGED, "2026-03-10 18:59:59")[0]["modified"] == "2026-03-10 19:00:00"


def test_receipts_lead_to_their_authorization_and_its_lines(remote: Remote) -> None:
    made, receipt = received(remote)
    assert remote.rows(RECEIPTS, "2026-03-10 00:00:00") == [
        {"id": receipt, "tranid": "IR1", "ra_id": made, "ra_ext": "LOOP-RA-1"}
    ]
    links = """
    SELECT l.previousdoc ra_id, l.previousline ra_line, l.nextline ir_line, tl.item, ABS(tl.quantity) qty
    FROM NextTransactionLineLink l JOIN transactionline tl ON tl.transaction = l.nextdoc AND tl.id = l.nextline
    WHERE l.nextdoc = ? AND l.nexttype = 'ItemRcpt'
    """
    expected = [{"ra_id": made, "ra_line": "1", "ir_line": "1", "item": "504", "qty": "1"}]
    assert remote.rows(links, receipt) == expected


def test_signs_are_those_of_the_ledger(remote: Remote) -> None:
    made, _ = received(remote)
    totals = "SELECT type, foreigntotal FROM transaction WHERE type IN ('SalesOrd', 'RtnAuth') ORDER BY id"
    assert remote.rows(totals) == [
        {"type": "SalesOrd", "foreigntotal": "126.36"},
        {"type": "RtnAuth", "foreigntotal": "-29.16"},
    ]
    lines = "SELECT quantity, foreignamount FROM transactionline WHERE transaction = ? AND mainline = 'F' AND id = ?"
    assert remote.rows(lines, made, "1") == [{"quantity": "1", "foreignamount": "30"}]
    assert remote.rows(lines, "1001", "4") == [{"quantity": "-1", "foreignamount": "-30"}]


def test_taxes_and_costs_are_rows_that_the_usual_conditions_leave_out(remote: Remote) -> None:
    made, receipt = received(remote)
    query = (
        "SELECT mainline, taxline, iscogs, transactiondiscount FROM transactionline WHERE transaction = ? ORDER BY id"
    )
    kinds = ["".join(row.values()) for row in remote.rows(query, made)]
    assert kinds == ["TFFF", "FFFF", "FFFT", "FTFF"]
    assert ["".join(row.values()) for row in remote.rows(query, receipt)] == ["TFFF", "FFFF", "FFTF"]


def test_values_are_texts_keys_lower_case_and_nulls_left_out(remote: Remote) -> None:
    order = remote.order_a()
    row = remote.rows(
        "SELECT ID, TranDate, ExchangeRate AS Rate, memo, posting, externalid FROM Transaction WHERE id = ?", order
    )
    assert row == [{"id": order, "trandate": "03/10/2026", "rate": "1", "posting": "F"}]
    assert remote.rows("SELECT COUNT(*) FROM transaction") == [{"expr1": "4"}]
    assert remote.rows("SELECT id, isinactive FROM item WHERE itemid = 'CAP'") == [{"id": "504", "isinactive": "F"}]


def test_dates_are_compared_as_dates_or_in_the_users_format(remote: Remote) -> None:
    order = remote.order_a()
    condition = "SELECT id FROM transaction WHERE type = 'SalesOrd' AND trandate"
    assert remote.rows(f"{condition} = TO_DATE('2026-03-10', 'YYYY-MM-DD')") == [{"id": order}]
    assert remote.rows(f"{condition} >= '3/1/2026'") == [{"id": order}]
    assert remote.rows(f"{condition} BETWEEN '3/1/2026' AND ?", "3/9/2026") == []
    assert remote.ask(f"{condition} >= '2026-03-01'").status_code == 400


def test_unions_in_lists_and_fetch_first_work(remote: Remote) -> None:
    query = """
    SELECT id, itemid AS name FROM item WHERE itemid IN (?, ?)
    UNION ALL SELECT id, email FROM customer WHERE LOWER(email) = ? AND NVL(isinactive, 'F') = 'F' ORDER BY name
    """
    rows = remote.rows(query, "TEE", "CAP", "ana@example.com")
    assert [row["name"] for row in rows] == ["CAP", "TEE", "ana@example.com"]
    assert len(remote.rows("SELECT id FROM item ORDER BY id FETCH FIRST 3 ROWS ONLY")) == 3
    month = "isyear = 'F' AND isquarter = 'F'"
    periods = f"SELECT periodname, closed FROM accountingperiod WHERE {month} AND startdate = '1/1/2026'"
    remote.account.close_period("2026-01")
    assert remote.rows(periods) == [{"periodname": "Jan 2026", "closed": "T"}]
    names = "SELECT name FROM TransactionStatus WHERE trantype = 'RtnAuth' ORDER BY id"
    assert [row["name"] for row in remote.rows(names)][:3] == ["Pending Approval", "Pending Receipt", "Cancelled"]


def test_pages_know_whether_there_is_more(remote: Remote) -> None:
    body = remote.ask("SELECT id FROM item ORDER BY id", paging="?limit=5&offset=5").json()
    assert (body["count"], body["offset"], body["hasMore"]) == (5, 5, True)
    assert body["totalResults"] == len(remote.account.items) + len(remote.account.ship_methods)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT createdfrom FROM transaction", "Unknown identifier 'createdfrom'"),
        ("SELECT t.nothing FROM transaction t", "'nothing'. Available identifiers are: {t=transaction}."),
        ("SELECT itemtype FROM transactionline", "Unknown identifier 'itemtype'"),
        ('SELECT "nothing" FROM transaction', "Unknown identifier 'nothing'"),
        ("SELECT custbody_unknown FROM transaction", "Unknown identifier 'custbody_unknown'"),
        ("SELECT id FROM nowhere", "Invalid search type: nowhere."),
        ("SELECT id FROM transaction LIMIT 5", "LIMIT is not supported"),
        ("SELECT BUILTIN.DF(status), COUNT(*) FROM transaction GROUP BY status", "BUILTIN.DF"),
        ("SELECT id FROM transaction WHERE BUILTIN.DF(status) = 'x'", "BUILTIN.DF"),
        ("DELETE FROM transaction", "Invalid or unsupported search"),
        ("SELECT id FROM transaction; SELECT id FROM item", "Invalid or unsupported search"),
        ("SELEC id FROM", "Invalid or unsupported search"),
        ("SELECT id FROM transaction WHERE trandate = TO_DATE('x', 'YYYY-MM-DD')", "Invalid or unsupported search"),
    ],
)
def test_what_suiteql_does_not_know_is_refused(remote: Remote, query: str, said: str) -> None:
    remote.order_a()
    answer = remote.ask(query)
    detail = answer.json()["o:errorDetails"][0]
    assert (answer.status_code, detail["o:errorQueryParam"]) == (400, "q")
    assert said in detail["detail"]


@pytest.mark.parametrize(
    ("headers", "paging", "body"),
    [
        ({}, "", {"q": "SELECT id FROM item"}),
        ({"Prefer": "transient"}, "?limit=1001", {"q": "SELECT id FROM item"}),
        ({"Prefer": "transient"}, "?limit=10&offset=5", {"q": "SELECT id FROM item"}),
        ({"Prefer": "transient"}, "", {}),
        ({"Prefer": "transient"}, "", {"q": "SELECT id FROM item WHERE id = ?", "params": []}),
    ],
    ids=["prefer", "limit", "offset", "no query", "no parameter"],
)
def test_malformed_query_requests_are_refused(remote: Remote, headers: dict[str, str], paging: str, body: Any) -> None:
    answer = remote.call("POST", f"query/v1/suiteql{paging}", body, headers)
    assert (answer.status_code, answer.json()["o:errorDetails"][0]["o:errorCode"]) == (400, "INVALID_REQUEST")


def test_columns_of_features_that_the_account_lacks_are_unknown(remote: Remote) -> None:
    remote.account.settings.hidden_columns = ["item.usebins"]
    assert "Unknown identifier 'usebins'" in remote.ask("SELECT usebins FROM item").text
    remote.account.settings.hidden_columns = []
    assert remote.rows("SELECT usebins FROM item WHERE itemid = 'BIN-1'") == [{"usebins": "T"}]


def test_deleted_records_vanish_and_a_reset_empties_everything(remote: Remote) -> None:
    made, receipt = received(remote)
    remote.account.delete(receipt)
    assert remote.rows("SELECT id FROM transaction WHERE id = ?", receipt) == []
    assert remote.rows("SELECT nextdoc FROM nexttransactionlinelink WHERE nextdoc = ?", receipt) == []
    assert remote.rows("SELECT status FROM transaction WHERE id = ?", made) == [{"status": "B"}]
    remote.account.reset()
    remote.account.seed()
    assert remote.rows("SELECT id FROM transaction") == []


def test_a_thousand_records_are_read_quickly(remote: Remote) -> None:
    for _ in range(170):
        remote.order_a()
    remote.rows("SELECT COUNT(*) FROM transaction")
    query = """
    SELECT t.id, tl.item, tl.quantity FROM transaction t JOIN transactionline tl ON tl.transaction = t.id
    WHERE t.type = 'SalesOrd'
    """
    remote.account.queries.run(query, [])
    best = 1.0
    for _ in range(5):
        begun = time.perf_counter()
        rows, _, _ = remote.account.queries.run(query, [])
        best = min(best, time.perf_counter() - begun)
    assert len(rows) >= 300
    assert best < 0.03


def test_names_of_the_query_may_be_words_of_other_databases(remote: Remote) -> None:
    order = remote.order_a()
    query = """
    WITH orders AS (SELECT id AS key, tranid AS "Group" FROM transaction WHERE type = 'SalesOrd')
    SELECT orders.key, orders."Group" AS nothing, (SELECT COUNT(*) FROM item) AS number_of FROM orders
    """
    goods = str(len(remote.account.items) + len(remote.account.ship_methods))
    assert remote.rows(query) == [{"key": order, "nothing": "SO1", "number_of": goods}]


def test_shipping_is_a_row_of_a_shipping_item(remote: Remote) -> None:
    order = remote.order_a()
    query = f"SELECT i.itemtype FROM transactionline tl JOIN item i ON i.id = tl.item WHERE tl.transaction = {order}"
    assert {"itemtype": "ShipItem"} in remote.rows(query)

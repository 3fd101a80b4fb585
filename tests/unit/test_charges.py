"""What a person enters for an exchange that never came back: found by its return, and kept when it is read anew."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ledgerloop.remotes.netsuite.reading import Reading
from ledgerloop.remotes.netsuite.suiteql import Row
from ledgerloop.store import open_store
from ledgerloop.store.documents import Documents
from ledgerloop.store.kin import Kin
from tests.support.database import NOW


class Answers:
    """NetSuite's queries, answered with these rows; what was asked is kept."""

    def __init__(self, *rows: Row) -> None:
        self.rows = list(rows)
        self.asked: list[tuple[str, Sequence[str]]] = []

    def query(self, sql: str, params: Sequence[str] = ()) -> list[Row]:
        self.asked.append((sql, params))
        return self.rows

    def query_all(
        self, sql: str, params: Sequence[str] = (), next_params: Callable[[Row], Sequence[str]] | None = None
    ) -> list[Row]:
        return self.query(sql, params)


def sold(number: str, matched: str, **changes: str) -> Row:
    return {"id": number, "type": "CashSale", "line": "1", "item": "901", "matched": matched, **changes}


def reading(answers: Answers, *return_ids: str) -> Reading:
    names = dict.fromkeys(("order_reference", "order_id", "order_line_id", "flag", "reviewed", "shopify_refund_id"), "")
    return Reading(answers, sku="itemid", return_ids=return_ids, **names)


@pytest.mark.parametrize(
    ("field", "column", "spelled"),
    [("custbody_loop_return_id", "t.custbody_loop_return_id", "4821"), ("", "t.memo", "Loop return 4821")],
    ids=["by its field", "by its memo"],
)
def test_it_is_found_by_the_return_that_it_names(field: str, column: str, spelled: str) -> None:
    made_from_an_order = sold("1005", spelled, parent="1001")
    answers = Answers(sold("1004", spelled), made_from_an_order)
    found = reading(answers, field).charges(["4821"])
    assert [one["id"] for one in found["4821"]] == ["1004"]
    ((sql, params),) = answers.asked
    assert (f"t.type = 'CashSale' AND {column} IN (?)" in sql, list(params)) == (True, [spelled])


def test_once_found_it_is_asked_for_by_its_id(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/charges.db")
    alone = {"type": "CashSale", "id": "1004", "external_id": "", "created_from": "", "last_modified": "", "head": {}}
    bill = {**alone, "id": "1005", "created_from": "1001"}
    Documents(store).put_families("main", {"5930": [{**alone, "lines": []}, {**bill, "lines": []}]}, NOW)
    known = Kin(store).of("main", ["5930"], ("RtnAuth",))["5930"]
    assert known.charges == {"1004"}
    answers = Answers(sold("1004", ""))
    assert [one["id"] for one in reading(answers).by_id(known.charges)] == ["1004"]
    assert list(answers.asked[0][1]) == ["1004"]

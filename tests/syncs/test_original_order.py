"""What an exchange order replaces, told from the marks on it."""

from dataclasses import replace
from typing import Any

import pytest

from ledgerloop.domain.case import Sending
from ledgerloop.domain.order_records import Link
from ledgerloop.domain.original_order import candidates, link_of
from tests.support.cases import RETURN
from tests.support.selling import even, exchanged

BARE: dict[str, Any] = {"name": "9001", "note": "", "note_attributes": (), "tags": ()}
KNOWN = (("#1001", "5920"), ("1002", "5921"))


def link(*by: Any, **changes: Any) -> Link | None:
    return link_of(Sending(even(**{**BARE, **changes}), exchanged_by=by, known_orders=KNOWN))


OURS = (("ledgerloop_reference", f"LOOP-RA-{RETURN}"), ("netsuite_return_authorization", "RA1"))


@pytest.mark.parametrize(
    ("by", "changes", "expected"),
    [
        (
            (exchanged("108.00"),),
            {
                "note_attributes": (("originating_order_id", "77"), ("originating_order_name", "#77")),
                "tags": ("#1001",),
            },
            Link("note_attributes", "77", "#77"),
        ),
        ((), {"note_attributes": (("originating_order_name", "1001"),)}, Link("note_attributes", "5920", "1001")),
        ((exchanged("108.00"),), {"note_attributes": OURS}, Link("process_body", "5920", "#1001", RETURN)),
        ((), {"note_attributes": OURS}, Link("process_body", "", "", RETURN)),
        ((exchanged("108.00"),), {"tags": ("#1002",)}, Link("loop_exchange", "5920", "#1001", RETURN)),
        ((), {"tags": ("vip", "#1001"), "note": "order #1002"}, Link("tag_or_name", "5920", "#1001")),
        ((), {"name": "EXC-1002"}, Link("tag_or_name", "5921", "1002")),
        ((), {"name": "EXC-#1001-2"}, Link("tag_or_name", "5920", "#1001")),
        ((), {"name": "L-1001"}, Link("tag_or_name", "5920", "1001")),
        ((), {"name": "EXCH1001"}, Link("tag_or_name", "5920", "1001")),
        ((), {"note": "New Exchange order @ 2024-01-14 exchange for order 1002"}, Link("note", "5921", "1002")),
        ((), {"note": "replaces #1001"}, Link("note", "5920", "#1001")),
    ],
)
def test_the_first_mark_that_tells_decides(by: tuple[Any, ...], changes: dict[str, Any], expected: Link) -> None:
    assert link(*by, **changes) == expected


def test_an_unknown_original_holds_nothing_back() -> None:
    assert link() is None
    assert link(tags=("#4711",)) is None
    assert link(note="Loop exchange for order #4711") == Link("note", "", "#4711")


def test_names_to_look_up_are_those_that_the_order_mentions_both_with_and_without_hash() -> None:
    made = even(note_attributes=(("originating_order_name", "#1001"),), tags=("#1002", "vip"), note="for order #1003")
    assert candidates(replace(made, name="EXC-1004")) == (
        "#1001",
        "1001",
        "#1002",
        "1002",
        "#1004",
        "1004",
        "#1003",
        "1003",
    )

"""A pack is the same in every format, and a changed cell is found."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from openpyxl import load_workbook

from ledgerloop.books.formats import write_csv, write_json
from ledgerloop.books.pack import ACCOUNTS, COUNTS, OPEN_ITEMS, RETURNS, SUMMARY, Pack
from ledgerloop.books.prove import NotAPack, prove
from ledgerloop.books.workbook import write_xlsx
from ledgerloop.domain.money import Money

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
LINKS = ("https://loop.example/1", "https://shop.example/1", "https://ns.example/1")

Writer = Callable[[Pack, str, datetime, IO[bytes]], None]
WRITERS: dict[str, Writer] = {"json": write_json, "csv": write_csv, "xlsx": write_xlsx}


def money(amount: str, currency: str = "USD") -> Money:
    return Money.of(amount, currency)


@pytest.fixture
def pack() -> Iterator[Pack]:
    with Pack("2026-03-01", "2026-03-31") as made:
        made[COUNTS].add("main", "returns processed", 2)
        made[SUMMARY].add("main", "USD", "refund", money("108.00"), money("108.00"), money("108.00"), money("0"))
        usd = (money("108.00"), money("108.00"), money("107.99"), money("0.01"))
        made[RETURNS].add("main", "4821", "#1001", "2026-03-10", "USD", "refund", *usd, "x_y", *LINKS)
        yen = (money("1200", "JPY"), None, money("-1200", "JPY"), money("2400", "JPY"))
        made[RETURNS].add("main", "4822", "=SUM(A1)", "2026-03-11", "JPY", "goods", *yen, "", *LINKS)
        dinar = (money("1.250", "KWD"), money("0", "KWD"), money("1.25", "KWD"), money("0", "KWD"))
        made[RETURNS].add("main", "4823", "'=1", "2026-03-12", "KWD", "refund", *dinar, "", *LINKS)
        made[OPEN_ITEMS].add("main", "4824", "", "USD", "in_transit", money("5"), "", 0, "0-7", 'a "b",\nc', LINKS[0])
        made[ACCOUNTS].add("main", "USD", "netsuite.money", "Money", *[money("1234567.89")] * 4, "")
        yield made


def write(pack: Pack, form: str, folder: Path) -> Path:
    path = folder / f"pack.{form}"
    with path.open("wb") as file:
        WRITERS[form](pack, pack.hash(), NOW, file)
    return path


@pytest.mark.parametrize("form", WRITERS)
def test_a_pack_proves_itself_in_every_format(pack: Pack, form: str, tmp_path: Path) -> None:
    proof = prove(write(pack, form, tmp_path))
    assert (proof.stated, proof.counted) == (pack.hash(), pack.hash())


def test_the_same_books_have_the_same_hash_and_others_another(pack: Pack) -> None:
    before = pack.hash()
    assert pack.hash() == before
    pack[COUNTS].add("main", "differ", 0)
    assert pack.hash() != before
    with Pack("2026-03-01", "2026-04-30") as other, Pack("2026-03-01", "2026-04-29") as shorter:
        assert other.hash() != shorter.hash()


@pytest.mark.parametrize(
    ("old", "new"), [("107.99", "108.00"), ("x_y", "x_z"), ("2026-03-10", "2026-03-11"), ("4821", "4829")]
)
def test_a_changed_cell_of_json_is_found(pack: Pack, old: str, new: str, tmp_path: Path) -> None:
    path = write(pack, "json", tmp_path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert not prove(path).holds


def test_a_changed_cell_of_csv_is_found(pack: Pack, tmp_path: Path) -> None:
    path = write(pack, "csv", tmp_path)
    path.write_text(path.read_text().replace("107.99", "107.98"))
    assert not prove(path).holds


def test_a_changed_cell_of_a_workbook_is_found(pack: Pack, tmp_path: Path) -> None:
    path = write(pack, "xlsx", tmp_path)
    book = load_workbook(path)
    cell = book["returns"]["I2"]
    assert cell.value == pytest.approx(107.99)
    cell.value = 107.98
    book.save(path)
    assert not prove(path).holds


def test_a_workbook_that_a_person_saved_again_still_proves_itself(pack: Pack, tmp_path: Path) -> None:
    path = write(pack, "xlsx", tmp_path)
    load_workbook(path).save(path)
    assert prove(path).holds


def test_amounts_are_numbers_in_a_workbook_and_nothing_is_a_formula(pack: Pack, tmp_path: Path) -> None:
    book = load_workbook(write(pack, "xlsx", tmp_path))
    first, second = book["returns"][2], book["returns"][3]
    assert [one.value for one in first[6:10]] == [108, 108, 107.99, 0.01]
    assert (first[6].number_format, second[6].number_format) == ("#,##0.00", "#,##0")
    assert (second[2].value, second[2].data_type) == ("=SUM(A1)", "s")


def test_no_text_of_a_csv_file_begins_as_a_formula(pack: Pack, tmp_path: Path) -> None:
    with write(pack, "csv", tmp_path).open(newline="") as file:
        rows = [row for row in csv.reader(file) if row and row[0] == "main" and len(row) == 14]
    assert [row[2] for row in rows] == ["#1001", "'=SUM(A1)", "''=1"]


def test_json_holds_objects_by_section(pack: Pack, tmp_path: Path) -> None:
    document = json.loads(write(pack, "json", tmp_path).read_text())
    assert (document["from"], document["to"], document["balanced"]) == ("2026-03-01", "2026-03-31", "yes")
    assert document["returns"][0]["netsuite"] == "107.99"
    assert document["counts"] == [{"shop": "main", "what": "returns processed", "number": 2}]
    assert document["differences"] == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"hash": 1}', "no json"])
def test_what_is_no_pack_is_refused(text: str, tmp_path: Path) -> None:
    for ending in ("json", "csv", "xlsx"):
        path = tmp_path / f"other.{ending}"
        path.write_text(text)
        with pytest.raises(NotAPack):
            prove(path)

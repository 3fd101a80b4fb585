"""What people ask of the books: that they are brought up to date, and the pack of a period as a file."""

import tempfile
from collections.abc import Iterator
from typing import IO, Final

from ledgerloop.books.formats import write_csv, write_json
from ledgerloop.books.pack import Pack
from ledgerloop.books.record import record
from ledgerloop.books.report import Period, ShopBooks, fill
from ledgerloop.domain.mapping import local_date
from ledgerloop.engine.parts import Parts
from ledgerloop.store.ledger import Ledger

KINDS: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media types of a pack, by format."""

CHUNK: Final = 65_536
"""Bytes that are sent at a time."""


def enter(parts: Parts) -> int:
    """Enter what the remotes have shown since; gives how many facts were entered."""
    return sum(record(parts.stores.store, one.policy, parts.clock(), parts.progress) for one in parts.shops.values())


def pack_name(period: Period, form: str) -> str:
    """What the file is called."""
    days = [day.isoformat() for day in (period.since, period.until) if day is not None]
    return f"{'-'.join(['books', *days])}.{form}"


def written_pack(parts: Parts, period: Period, form: str) -> Iterator[bytes]:
    """Bring the books up to date and write the pack; what is given reads it from a temporary file, piece by piece.

    A pack may be larger than the memory should be.
    """
    enter(parts)
    file = tempfile.TemporaryFile()  # noqa: SIM115  (who reads it to the end closes it)
    try:
        _write(parts, period, form, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return _pieces(file)


def _write(parts: Parts, period: Period, form: str, file: IO[bytes]) -> None:
    store, now = parts.stores.store, parts.clock()
    named = [day.isoformat() if day is not None else "" for day in (period.since, period.until)]
    with Pack(*named) as made:
        for shop in parts.shops.values():
            today = local_date(now, shop.policy)
            fill(made, ShopBooks(store, shop.policy, shop.links), period, today, parts.progress)
        pack_hash = made.hash()
        Ledger(store).note_pack(pack_hash, now, made.since, made.until, made.rows)
        if form == "xlsx":
            from ledgerloop.books.workbook import write_xlsx  # noqa: PLC0415  (costs more than most pages)

            write_xlsx(made, pack_hash, now, file)
        else:
            {"json": write_json, "csv": write_csv}[form](made, pack_hash, now, file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while some := file.read(CHUNK):
            yield some

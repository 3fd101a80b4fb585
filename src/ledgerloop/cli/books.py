"""`books`: whether Loop, Shopify and NetSuite agree, return by return and cent by cent."""

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from ledgerloop.books.formats import write_csv, write_json
from ledgerloop.books.pack import Pack
from ledgerloop.books.record import record
from ledgerloop.books.report import Period, ShopBooks, fill
from ledgerloop.cli.books_print import print_pack, print_return
from ledgerloop.cli.common import UNKNOWN, UNUSABLE, ConfigPath, err, opened, out
from ledgerloop.domain.mapping import local_date
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate.look_again import look_at_everything, look_at_open_exchanges
from ledgerloop.operate.subjects import split
from ledgerloop.outcome import RemoteProblem
from ledgerloop.store.ledger import Ledger

DIFFERS = 1
"""Exit status: the three sums of a processed return differ; or a pack is not what it states."""


class Format(StrEnum):
    """How a pack is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def add(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("books")(books)


def books(
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE")] = None,
    form: Annotated[
        Format, typer.Option("--format", help="A pack holds the same rows in every format.")
    ] = Format.TABLE,
    file: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write here instead of stdout.")] = None,
    return_name: Annotated[
        str, typer.Option("--return", metavar="ID", help="One return: its facts, entries and differences.")
    ] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Ask no remote anything.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="First read everything of the period from all remotes again.")
    ] = False,
    verify: Annotated[
        Path | None, typer.Option("--verify", metavar="FILE", help="Count the hash of a written pack again.")
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Compare Loop, Shopify and NetSuite for every return; without dates: everything known.

    Exit status 0 when the three sums of every processed return agree, else 1.
    """
    period = Period(_day(since), _day(until))
    if period.since is not None and period.until is not None and period.until < period.since:
        err.print(f"The period ends ({period.until}) before it begins ({period.since}).", markup=False)
        raise typer.Exit(UNUSABLE)
    with opened(config) as (_, parts):
        if verify is not None:
            raise typer.Exit(_verify(parts, verify))
        for shop in parts.shops.values():
            _bring_up_to_date(parts, shop, period, offline=offline, fresh=fresh)
        if return_name:
            raise typer.Exit(_one(parts, return_name))
        with _pack(parts, period) as pack:
            _hand_over(parts, pack, form, file)
            status = 0 if pack.balanced else DIFFERS
    raise typer.Exit(status)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _bring_up_to_date(parts: Parts, shop: Shop, period: Period, *, offline: bool, fresh: bool) -> None:
    """Enter what the store shows; then look again at what is open, or at everything, and enter that."""
    store, now = parts.stores.store, parts.clock()
    record(store, shop.policy, now, parts.progress)
    if offline:
        return
    problems = look_at_everything(parts, shop, period) if fresh else look_at_open_exchanges(parts, shop)
    _tell(shop, problems)
    record(store, shop.policy, now, parts.progress)


def _tell(shop: Shop, problems: list[RemoteProblem]) -> None:
    for one in problems:
        text = f"{shop.shop_id}: {one.message} ({one.code}); the books rest on what was read before."
        err.print(text, markup=False, style="yellow", soft_wrap=True)


def _pack(parts: Parts, period: Period) -> Pack:
    """The pack of all shops. The caller closes it."""
    pack = Pack(*(day.isoformat() if day is not None else "" for day in (period.since, period.until)))
    for shop in parts.shops.values():
        today = local_date(parts.clock(), shop.policy)
        fill(pack, ShopBooks(parts.stores.store, shop.policy, shop.links), period, today, parts.progress)
    return pack


def _hand_over(parts: Parts, pack: Pack, form: Format, file: Path | None) -> None:
    pack_hash, made_at = pack.hash(), parts.clock()
    Ledger(parts.stores.store).note_pack(pack_hash, made_at, pack.since, pack.until, pack.rows)
    if form is Format.TABLE:
        print_pack(pack, pack_hash, file)
        return
    if file is None:
        _to_stdout(pack, pack_hash, made_at, form)
        return
    with file.open("wb") as written:
        _write(pack, pack_hash, made_at, form, written)
    out.print(f"{file}: {pack.rows} rows, hash {pack_hash}", markup=False, highlight=False, soft_wrap=True)


def _write(pack: Pack, pack_hash: str, made_at: datetime, form: Format, file: IO[bytes]) -> None:
    """Write a pack. Workbooks are imported only here: it costs more than most commands."""
    if form is Format.XLSX:
        from ledgerloop.books.workbook import write_xlsx  # noqa: PLC0415

        write_xlsx(pack, pack_hash, made_at, file)
        return
    {Format.JSON: write_json, Format.CSV: write_csv}[form](pack, pack_hash, made_at, file)


def _to_stdout(pack: Pack, pack_hash: str, made_at: datetime, form: Format) -> None:
    binary: IO[bytes] = sys.stdout.buffer
    if form is Format.XLSX and sys.stdout.isatty():
        err.print("A workbook is no text: name a file with --out.", markup=False)
        raise typer.Exit(UNUSABLE)
    _write(pack, pack_hash, made_at, form, binary)
    binary.flush()


def _one(parts: Parts, name: str) -> int:
    shops, return_id = split(parts, name)
    for shop in shops:
        seen = print_return(ShopBooks(parts.stores.store, shop.policy, shop.links), return_id)
        if seen is not None:
            return 0 if seen.agrees else DIFFERS
    err.print(f"The books know no return {name}. If it is new, run: ledgerloop sync --return {name}", markup=False)
    return UNKNOWN


def _verify(parts: Parts, path: Path) -> int:
    """Say whether a written pack is what it states, and whether it was made here."""
    from ledgerloop.books.prove import NotAPack, prove  # noqa: PLC0415

    try:
        proof = prove(path)
    except (NotAPack, OSError) as problem:
        err.print(str(problem), markup=False, soft_wrap=True)
        return UNUSABLE
    if not proof.holds:
        text = f"{path}: CHANGED. It states {proof.stated}, but its rows have {proof.counted}."
        err.print(text, markup=False, highlight=False, soft_wrap=True)
        return DIFFERS
    made_at = Ledger(parts.stores.store).pack_made_at(proof.stated)
    if made_at is None:
        text = f"{path}: whole, but no pack with hash {proof.stated} was made with this database."
        err.print(text, markup=False, highlight=False, soft_wrap=True)
        return DIFFERS
    made = made_at.isoformat(timespec="seconds")
    out.print(f"{path}: as it was made at {made}, hash {proof.stated}", markup=False, highlight=False, soft_wrap=True)
    return 0

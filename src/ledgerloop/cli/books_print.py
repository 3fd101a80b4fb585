"""The books on a terminal: tables of a pack, and the story of one return in facts and entries."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ledgerloop.books.accounts import CHART
from ledgerloop.books.pack import (
    ACCOUNTS,
    CORRECTIONS,
    COUNTS,
    DIFFERENCES,
    OPEN_ITEMS,
    RETURNS,
    SUMMARY,
    Holds,
    Layout,
    Pack,
    Row,
)
from ledgerloop.books.report import ShopBooks, compared, said_about
from ledgerloop.books.rows import STRAY
from ledgerloop.books.terms import REFUND
from ledgerloop.books.words import Comparison
from ledgerloop.cli.common import out
from ledgerloop.store.ledger import Ledger
from ledgerloop.store.shown import ShownStore

MOST_ROWS = 60
"""Rows of a section that are printed; a pack in another format holds them all."""

TITLES = {
    COUNTS: "Returns",
    SUMMARY: "Sums by currency",
    RETURNS: "Return by return",
    DIFFERENCES: "Differences",
    OPEN_ITEMS: "Open, by age",
    ACCOUNTS: "Accounts",
    CORRECTIONS: "Late and corrected",
}

SHOWN = {
    COUNTS: "shop what number",
    SUMMARY: "shop currency term loop shopify netsuite difference",
    RETURNS: "return order processed_on currency term loop shopify netsuite difference reason",
    DIFFERENCES: "return order currency term amount code counts text",
    OPEN_ITEMS: "return order currency code amount since days text",
    ACCOUNTS: "currency name opening debit credit closing",
    CORRECTIONS: "return fact on entered_on currency before after what",
}
"""Columns that find room on a terminal."""


LONG = ("text", "reason", "name", "fact", "term")
"""Columns whose text may be broken."""

WIDE = 170
"""Characters in a line where there is no terminal."""


def print_pack(pack: Pack, pack_hash: str, file: Path | None) -> None:
    """Print a pack, or write it as it would be printed."""
    if file is None:
        _print(out if out.is_terminal else Console(width=WIDE), pack, pack_hash)
        return
    with file.open("w", encoding="utf-8") as written:
        _print(Console(file=written, width=WIDE), pack, pack_hash)
    out.print(f"{file}: {pack.rows} rows, hash {pack_hash}", markup=False, highlight=False, soft_wrap=True)


def _print(console: Console, pack: Pack, pack_hash: str) -> None:
    for layout, title in TITLES.items():
        section = pack[layout]
        if section.count:
            console.print(_table(layout, title, section.rows()))
    verdict = "[green]balanced[/green]" if pack.balanced else "[red]not balanced[/red]"
    begins = f"From {pack.since or 'the beginning'} to {pack.until or 'now'}"
    console.print(f"{begins}: {verdict}", highlight=False)
    console.print(f"hash {pack_hash}", highlight=False, soft_wrap=True)


def _table(layout: Layout, title: str, rows: Iterable[Row]) -> Table:
    names = SHOWN[layout].split()
    table = Table(title=title, title_justify="left")
    holds = {one.name: one.holds for one in layout.columns}
    for name in names:
        is_text, long = holds[name] is Holds.TEXT, name in LONG
        table.add_column(name.replace("_", " "), justify="left" if is_text else "right", no_wrap=not long)
    left_out = 0
    for row in rows:
        cells = dict(zip(layout.names, map(str, row), strict=True))
        if not _is_told(layout, cells) or table.row_count == MOST_ROWS:
            left_out += 1
            continue
        table.add_row(*(_plain(cells[name]) for name in names))
    if left_out:
        table.caption = f"{left_out} more row(s) in the other formats"
    return table


def _is_told(layout: Layout, cells: dict[str, str]) -> bool:
    """Of a return the refund, and what differs; of accounts those that moved."""
    if layout is RETURNS:
        return cells["term"] in (REFUND, STRAY) or bool(cells["reason"]) or Decimal(cells["difference"]) != 0
    return layout is not ACCOUNTS or any(Decimal(cells[name]) for name in ("opening", "debit", "credit"))


def _plain(text: str) -> str:
    """Text without Rich's markup."""
    return text.replace("[", r"\[")


def print_return(books: ShopBooks, return_id: str) -> Comparison | None:
    """Print the facts of one return with their entries, then its sums, differences and open items."""
    ledger = Ledger(books.store)
    versions = ledger.of_subjects(books.shop_id, [return_id])[return_id]
    if not versions:
        return None
    facts = Table("Entered (UTC)", "Fact", "Dated", "Account", "Debit", "Credit", title="Facts and entries")
    for one in versions:
        what = f"{one.fact.key.partition('@')[0]} {'withdrawn' if one.withdrawn else f'version {one.version}'}"
        on = one.fact.on.isoformat() if one.fact.on is not None else ""
        begins = (one.entered_at.isoformat(timespec="seconds")[:19].replace("T", " "), what, on)
        sides = ledger.entries_of(one.number)
        for entry, reverses in sides:
            name = f"{CHART[entry.account].name}{' (taken back)' if reverses else ''}"
            debit = entry.amount.amount > 0
            facts.add_row(*begins, name, str(entry.amount) if debit else "", "" if debit else str(-entry.amount))
            begins = ("", "", "")
        if not sides:
            facts.add_row(*begins, "", "", "")
    out.print(facts)
    said = said_about(ShownStore(books.store), books.shop_id, [return_id])[return_id]
    seen = compared(return_id, versions, said, books.policy)
    _print_comparison(seen)
    return seen


def _print_comparison(seen: Comparison) -> None:
    sums = Table("Sum", "Loop", "Shopify", "NetSuite", "Difference", title="In three systems")
    for term in seen.terms:
        shown = (term.loop, term.shopify, term.netsuite, term.difference)
        sums.add_row(term.name, *("" if one is None else str(one) for one in shown))
    out.print(sums)
    for one in seen.differences:
        style = "red" if one.counts else "yellow"
        out.print(f"{one.term}: {one.amount} ({one.code}) {one.text}", style=style, markup=False, highlight=False)
    for item in seen.open_items:
        out.print(f"open: {item.amount} ({item.code}) {item.text}", style="yellow", markup=False, highlight=False)
    if not seen.differences and not seen.open_items:
        out.print("The three systems agree.", style="green")

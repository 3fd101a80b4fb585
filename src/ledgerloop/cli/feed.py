"""`feed`: orders as files for accounts that import by CSV."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ledgerloop.cli.common import UNUSABLE, ConfigPath, err, opened, out
from ledgerloop.config import Config
from ledgerloop.config.feeds import Sftp
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.see import see
from ledgerloop.operate.feeds import make as feeds
from ledgerloop.operate.feeds.choose import LeftOut
from ledgerloop.operate.feeds.write import document
from ledgerloop.outcome import RemoteProblem
from ledgerloop.store.feeds import Feed

FAILED = 1
"""Exit status: the feed is made and stored, but could not be handed over."""

UNKNOWN = 3
"""Exit status: no such feed or order."""

MOST_SHOWN = 20
"""Orders left out that are told of one by one."""

NUMBER = "{feed}"
"""Stands for the number of the feed in the name of a file."""


class Kind(StrEnum):
    """A feed's kind."""

    SALES_ORDERS = "sales-orders"
    CASH_SALES = "cash-sales"


class Format(StrEnum):
    """How a feed is written."""

    CSV = "csv"
    JSON = "json"


def add(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("feed")(feed)


def feed(
    kind: Annotated[Kind, typer.Argument(metavar="sales-orders|cash-sales", show_default=False)],
    file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write here instead of stdout; {feed} is the feed's number."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Columns are the same.")] = Format.CSV,
    again: Annotated[int | None, typer.Option("--again", metavar="FEED", help="An old feed once more.")] = None,
    sftp: Annotated[bool, typer.Option("--sftp", help="Upload to the server of [shops.sftp].")] = False,
    channel: Annotated[str, typer.Option("--channel", metavar="ID", help="Only orders of this channel.")] = "",
    shop_id: Annotated[str, typer.Option("--shop", metavar="ID", help="Needed where there are several.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Show the feeds made so far.")] = False,
    take_back: Annotated[
        list[str] | None,
        typer.Option("--take-back", metavar="ORDER", help="This order's file will not be imported: send it anew."),
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Orders that are not in NetSuite yet, in the columns of HotWax's import maps; each goes out once."""
    with opened(config) as (settings, parts):
        shop = _shop(parts, shop_id)
        server = _server(settings, shop) if sftp else None
        if listed:
            _list(parts, shop, kind)
        elif take_back:
            _take_back(parts, shop, take_back)
        elif again is not None:
            _hand_over(parts, shop, [_old(parts, shop, kind, again)], file, server)
        else:
            _new(parts, shop, _wish(kind, form, channel, file, server), file, server)


def _wish(kind: Kind, form: Format, channel: str, file: Path | None, server: Sftp | None) -> feeds.Wish:
    """On stdout there is room for one document; files and uploads may be several."""
    single = file is None and server is None
    return feeds.Wish(kind.value, form.value, channel, most_files=1 if single else 0, upload=server is not None)


def _new(parts: Parts, shop: Shop, wish: feeds.Wish, file: Path | None, server: Sftp | None) -> None:
    problems: dict[str, RemoteProblem] = {}
    see(parts, problems)
    for name, problem in problems.items():
        _say(f"{name}: {problem.message} ({problem.code})")
    missing = feeds.reconcile(parts, shop)
    made = feeds.make(parts, shop, wish)
    for one in made.feeds:
        _say(f"Feed {one.number}: {one.orders} order(s), {one.rows} row(s), {one.selection}.")
    _tell_left_out(made.left_out)
    if missing:
        _say(f"{missing} order(s) of earlier feeds are not in NetSuite yet.")
    if made.more:
        _say("More orders can go out: run it again, or give --out FILE for all of them.")
    if not made.feeds:
        _say("No order is to go out.")
        _empty(wish, file, server)
    _hand_over(parts, shop, made.feeds, file, server)


def _empty(wish: feeds.Wish, file: Path | None, server: Sftp | None) -> None:
    """Nothing to send is a document without rows; where every feed has a file of its own there is none."""
    if file is None and server is None:
        _print(document(wish.kind, wish.form, []))
    elif file is not None and NUMBER not in file.name:
        _write(file, document(wish.kind, wish.form, []))


def _hand_over(parts: Parts, shop: Shop, some: Sequence[Feed], file: Path | None, server: Sftp | None) -> None:
    bodies = [(one, one.body) for one in some if one.body is not None]
    for position, (one, body) in enumerate(bodies):
        if file is not None:
            _write(_path(file, one, position), body)
        elif server is None:
            _print(body)
    if server is not None:
        _upload(parts, shop, some, server)


def _path(file: Path, one: Feed, position: int) -> Path:
    if NUMBER in file.name:
        return file.with_name(file.name.replace(NUMBER, str(one.number)))
    return file if position == 0 else file.with_name(f"{file.stem}-{position + 1}{file.suffix}")


def _write(path: Path, body: bytes) -> None:
    """A file is there whole or not at all; what could not be written is still stored."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    except OSError as problem:
        _say(f"{path} could not be written: {problem.strerror}. The feed is stored: print it with --again.")
        raise typer.Exit(FAILED) from None


def _upload(parts: Parts, shop: Shop, some: Sequence[Feed], server: Sftp) -> None:
    """Upload these, and those of this shop that could not be uploaded before."""
    from ledgerloop.operate.feeds.sftp import upload  # noqa: PLC0415  (only with --sftp)

    stored = parts.stores.feeds
    for one in some:
        stored.ask_upload(one.number)
    for one in stored.to_upload(shop.shop_id):
        try:
            upload(server, one)
        except RemoteProblem as problem:
            _say(f"{problem.code}: {problem}. The feed is stored and goes with the next upload.")
            raise typer.Exit(FAILED) from None
        stored.uploaded(one.number, parts.clock())
        _say(f"Uploaded {one.name} to {server.host}.")


def _old(parts: Parts, shop: Shop, kind: Kind, number: int) -> Feed:
    found = parts.stores.feeds.get(number)
    if found is None or (found.shop, found.kind) != (shop.shop_id, kind.value):
        _say(f"Shop {shop.shop_id} has no feed {number} of {kind.value}.")
        raise typer.Exit(UNKNOWN)
    if found.body is None:
        _say(f"Feed {number} was erased, because it named a customer who asked for it.")
        raise typer.Exit(UNKNOWN)
    return found


def _take_back(parts: Parts, shop: Shop, order_ids: Sequence[str]) -> None:
    feeds.reconcile(parts, shop)
    for order_id in order_ids:
        if not parts.stores.feeds.take_back(shop.shop_id, order_id, parts.clock()):
            _say(f"Order {order_id} stands in no feed, or NetSuite shows it already.")
            raise typer.Exit(UNKNOWN)
        parts.stores.due.mark(shop.shop_id, order_id, parts.clock(), "taken back from a feed")
        _say(f"Order {order_id} will go out anew.")


def _list(parts: Parts, shop: Shop, kind: Kind) -> None:
    missing = [one.feed for one in parts.stores.feeds.open(shop.shop_id)]
    table = Table("Feed", "Made", "Selection", "Orders", "Rows", "Not in NetSuite", "Uploaded")
    for one in parts.stores.feeds.listed(shop.shop_id):
        if one.kind == kind.value:
            uploaded = f"{one.uploaded_at:%Y-%m-%d %H:%M}" if one.uploaded_at else ""
            counts = (one.orders, one.rows, missing.count(one.number))
            made = f"{one.made_at:%Y-%m-%d %H:%M}"
            table.add_row(str(one.number), made, one.selection, *map(str, counts), uploaded)
    out.print(table)


def _shop(parts: Parts, shop_id: str) -> Shop:
    if shop_id in parts.shops:
        return parts.shops[shop_id]
    if shop_id or len(parts.shops) > 1:
        _say(f"Say which shop with --shop: {', '.join(parts.shops)}.")
        raise typer.Exit(UNUSABLE)
    return next(iter(parts.shops.values()))


def _server(settings: Config, shop: Shop) -> Sftp:
    server = settings.shop(shop.shop_id).sftp
    if server is None:
        _say(f"Shop {shop.shop_id} has no [shops.sftp] in the configuration.")
        raise typer.Exit(UNUSABLE)
    return server


def _tell_left_out(some: Sequence[LeftOut]) -> None:
    for one in some[:MOST_SHOWN]:
        _say(f"Left out {one.name}: {one.text} ({one.code})")
    if len(some) > MOST_SHOWN:
        _say(f"Left out {len(some) - MOST_SHOWN} more.")


def _say(text: str) -> None:
    err.print(text, markup=False, highlight=False, soft_wrap=True)


def _print(body: bytes) -> None:
    """The bytes as they are stored, and nothing else on stdout."""
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()

"""`sync`, `retry`, `backfill`: work in the foreground until nothing moves."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated

import typer
from rich.table import Table

from ledgerloop.cli.common import UNKNOWN, AsJson, ConfigPath, err, opened, out, print_json, take_short_turns
from ledgerloop.config import Config
from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.engine.foreground import run
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.rounds import CaseKey, Report
from ledgerloop.operate.standing import Stand, stand_of
from ledgerloop.operate.subjects import Subject, afresh, find_orders, find_returns, reopen

NEEDS_ATTENTION = 1
"""Exit status: something needs a person."""


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.command("sync")(sync)
    app.command("retry")(retry)
    app.command("backfill")(backfill)


def sync(
    returns: Annotated[list[str] | None, typer.Option("--return", metavar="ID", help="Only this return.")] = None,
    orders: Annotated[list[str] | None, typer.Option("--order", metavar="ID", help="Only this order.")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Read all remotes and write what is due, until nothing moves."""
    take_short_turns()
    with opened(config) as (settings, parts):
        only: list[CaseKey] | None = None
        if returns or orders:
            subjects = [*find_returns(parts, returns or []), *find_orders(parts, orders or [])]
            only = afresh(parts, subjects)
        report = run(parts, only)
        status = _tell(parts, report, only, as_json=as_json)
        if report.rounds and only is None:
            _alert(settings, parts)
    raise typer.Exit(status)


def _alert(settings: Config, parts: Parts) -> None:
    """Tell people, where the configuration names some; a run that follows `serve` leaves it to that."""
    if settings.alerts.channels:
        from ledgerloop.operate.alerts.once import tell  # noqa: PLC0415  (few shops need it here)

        tell(parts, settings)


def _tell(parts: Parts, report: Report, only: Sequence[CaseKey] | None, *, as_json: bool) -> int:
    stand = stand_of(parts, only)
    status = NEEDS_ATTENTION if stand.attention else 0
    if as_json:
        print_json(
            {
                "rounds": report.rounds,
                "written": report.writes,
                "orders": report.cases,
                "problems": {name: {"code": one.code, "message": one.message} for name, one in report.problems.items()},
                **stand.as_dict(),
            }
        )
        return status
    _table(report, stand)
    return status


def _table(report: Report, stand: Stand) -> None:
    out.print(f"{report.cases} order(s) looked at, {report.writes} written in {report.rounds} round(s).")
    for name, problem in report.problems.items():
        err.print(f"{name}: {problem.message} ({problem.code})", markup=False, style="yellow")
    if not stand.rows:
        out.print("Nothing waits and nothing needs attention.")
        return
    table = Table("Return or order", "State", "Code", "Why", "What to do")
    for row in stand.rows:
        style = "red" if row.kind == "attention" else "yellow"
        table.add_row(row.return_id, row.kind, row.code, row.text, row.remedy, style=style)
    out.print(table)


def retry(
    returns: Annotated[list[str] | None, typer.Argument(metavar="RETURN...")] = None,
    orders: Annotated[
        list[str] | None, typer.Option("--order", metavar="ID|NAME", help="An order itself; may be repeated.")
    ] = None,
    code: Annotated[
        str, typer.Option("--code", help="Every return and order that waits or needs attention with this code.")
    ] = "",
    config: ConfigPath = None,
) -> None:
    """Read these returns and orders afresh and run them again, waiting ones too."""
    with opened(config) as (_, parts):
        wanted, named = list(returns or []), list(orders or [])
        subjects = _named(parts, wanted, named)
        if code:
            subjects += _with_code(parts, code)
        for subject in subjects:
            reopen(parts, subject, named=bool(named))
        report = run(parts, afresh(parts, subjects))
        _tell(parts, report, [subject.case for subject in subjects], as_json=False)


def _named(parts: Parts, returns: Sequence[str], orders: Sequence[str]) -> list[Subject]:
    """What was named, or the end with the names of what is unknown."""
    found = find_returns(parts, returns)
    known = {subject.return_id for subject in found}
    missing = [f"return: {one}" for one in returns if one.rpartition(":")[2] not in known]
    for name in orders:
        about = [one for one in find_orders(parts, [name]) if one.is_order]
        missing += [] if about else [f"order: {name}"]
        found += about
    if missing:
        err.print(f"Unknown {', '.join(missing)}", markup=False)
        raise typer.Exit(UNKNOWN)
    return found


def _with_code(parts: Parts, code: str) -> list[Subject]:
    stands = [one for one in parts.stores.outcomes.by_code(code) if one.shop in parts.shops]
    returns = [f"{one.shop}:{one.return_id}" for one in stands if not one.return_id.startswith(ORDER_SUBJECT)]
    about = (one for one in stands if one.return_id.startswith(ORDER_SUBJECT))
    orders = [Subject(one.shop, "", one.return_id.removeprefix(ORDER_SUBJECT)) for one in about]
    return [*_named(parts, returns, []), *orders]


def backfill(
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (default: now).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and stop.")] = False,
    orders: Annotated[bool, typer.Option("--orders", help="Shopify's orders instead of Loop's returns.")] = False,
    config: ConfigPath = None,
) -> None:
    """Read a window of any length again; show what differs first, then write what is due."""
    from ledgerloop.operate.backfill import read_window  # noqa: PLC0415  (only this command needs it)

    with opened(config) as (_, parts):
        last = datetime.combine(until.date(), time.max) if until else None
        if orders:
            _backfill_orders(parts, since, last, dry_run=dry_run)
            return
        difference = read_window(parts, since, last, store=not dry_run)
        table = Table("Shop", "Return", "Order", "State", "What is new")
        for row in difference:
            table.add_row(row.shop_id, row.return_id, row.order_name, row.state, row.what)
        out.print(table if difference else "Nothing in this window is new.")
        if not dry_run:
            report = run(parts)
            _tell(parts, report, None, as_json=False)


def _backfill_orders(parts: Parts, since: datetime, last: datetime | None, *, dry_run: bool) -> None:
    from ledgerloop.operate.order_backfill import read_orders  # noqa: PLC0415  (only this command needs it)

    found = read_orders(parts, since, last, store=not dry_run)
    table = Table("Shop", "Order", "Name", "Channel", "What is new")
    for row in (*found.rows, *found.unread):
        table.add_row(row.shop_id, row.order_id, row.name, row.channel, row.what)
    if table.row_count:
        out.print(table)
    counts = ", ".join(f"{number} {what}" for what, number in sorted(found.counts.items()))
    out.print(f"{found.counts.total()} orders in this window: {counts or 'none'}.")
    if not dry_run:
        _tell(parts, run(parts), None, as_json=False)

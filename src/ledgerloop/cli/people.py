"""`plan` and `show`: one return, for a person."""

from typing import Annotated, Any

import typer
from rich.table import Table

from ledgerloop.cli.common import UNKNOWN, AsJson, ConfigPath, err, opened, out, print_json
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import explain
from ledgerloop.operate.subjects import Subject, afresh, find_returns, split

ReturnName = Annotated[str, typer.Argument(metavar="RETURN", help="Loop's return id, or SHOP:ID.")]

MARKS = {True: "[green]✓[/green]", False: "·"}
STYLES = {"attention": "red", "waiting": "yellow", "written": "green", "refused": "red"}


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.command("plan")(plan)
    app.command("show")(show)


def plan(return_name: ReturnName, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Say what would be written next, with every field and the reason; write nothing anywhere."""
    with opened(config) as (_, parts):
        subjects = find_returns(parts, [return_name])
        if not subjects:
            _unknown(return_name)
        afresh(parts, subjects)
        planned = explain.plan(parts, subjects[0])
    if as_json:
        print_json(
            {
                "return": subjects[0].return_id,
                "headline": planned.headline,
                "writes": planned.writes,
                "stops": planned.stops,
                "outline": [explain.step_as_dict(step) for step in planned.outline],
            }
        )
        return
    _print_plan(planned)


def _print_plan(planned: explain.Planned) -> None:
    out.print(planned.headline)
    for write in planned.writes:
        out.print(f"\n[bold]{write['request']}[/bold]  in {write['to']}, by {write['sync']}", highlight=False)
        out.print(f"because: {write['reason']}", highlight=False)
        table = Table("Field", "Value")
        for name, value in explain.fields_of(write["body"]):
            table.add_row(name, value)
        out.print(table)
    for stop in planned.stops:
        out.print(f"{stop['kind']}: {stop['text']} ({stop['code']})", style=STYLES[stop["kind"]], highlight=False)
        if stop["remedy"]:
            out.print(f"  {stop['remedy']}", highlight=False)
    _print_steps([explain.step_as_dict(step) for step in planned.outline])


def _print_steps(steps: list[dict[str, Any]]) -> None:
    table = Table("", "Step", "Record", "Amount", "When")
    for step in steps:
        table.add_row(MARKS[step["done"]], step["what"], step["record"], step["amount"] or "", step["when"])
    out.print(table)


def show(return_name: ReturnName, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Tell a return's story: what was seen, written, waited for and refused, and where its records are."""
    with opened(config) as (_, parts):
        subject = _seen(parts, return_name)
        if subject is None:
            _unknown(return_name)
            return
        story = explain.show(parts, subject)
    if as_json:
        print_json(story)
        return
    _print_story(story)


def _seen(parts: Parts, name: str) -> Subject | None:
    shops, return_id = split(parts, name)
    for shop in shops:
        stored = parts.stores.returns.get(shop.shop_id, return_id)
        if stored is not None and (stored.list_body or stored.details_body):
            return Subject(shop.shop_id, return_id, stored.order_key)
    return None


def _print_story(story: dict[str, Any]) -> None:
    out.print(f"[bold]Return {story['return']}[/bold] of order {story['order']}: {story['headline']}", highlight=False)
    for row in story["now"]:
        until = f", looked at again by {row['look_again_at'][:16]} UTC" if row["look_again_at"] else ""
        line = f"{row['kind']}: {row['text']} ({row['code']}, since {row['since'][:16]} UTC{until})"
        out.print(line, style=STYLES.get(row["kind"], ""), highlight=False, markup=False)
        if row["remedy"]:
            out.print(f"  what to do: {row['remedy']}", highlight=False, markup=False)
    _print_steps(story["steps"])
    records = Table("System", "Record", "Number", "Status", "Total", "Link")
    for row in story["records"]:
        records.add_row(
            row["system"], row["type"], row["number"], row.get("status", ""), row.get("total", ""), row["link"]
        )
    out.print(records)
    timeline = Table("When (UTC)", "What", "By")
    for row in story["timeline"]:
        timeline.add_row(row["at"][:19].replace("T", " "), row["text"], row["sync"], style=STYLES.get(row["kind"], ""))
    out.print(timeline)


def _unknown(name: str) -> None:
    err.print(f"Unknown return: {name}. If it is new, run: ledgerloop sync --return {name}", markup=False)
    raise typer.Exit(UNKNOWN)

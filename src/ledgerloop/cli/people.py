"""`plan` and `show`: one return or one order, for a person."""

from typing import Annotated, Any

import typer
from rich.table import Table

from ledgerloop.cli.common import UNKNOWN, AsJson, ConfigPath, err, opened, out, print_json
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import explain
from ledgerloop.operate.explain_order import show_order
from ledgerloop.operate.subjects import Subject, afresh, find_orders, find_returns, known_orders, split
from ledgerloop.operate.told import step_as_dict

ReturnName = Annotated[str, typer.Argument(metavar="RETURN", help="Loop's return id, or SHOP:ID.", show_default=False)]
OrderName = Annotated[
    str, typer.Option("--order", metavar="ID|NAME", help="An order instead: its Shopify id or its name.")
]

MARKS = {True: "[green]✓[/green]", False: "·"}
STYLES = {"attention": "red", "waiting": "yellow", "written": "green", "refused": "red"}


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.command("plan")(plan)
    app.command("show")(show)


def plan(
    return_name: ReturnName = "", order: OrderName = "", as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Say what would be written next, with every field and the reason; write nothing anywhere."""
    with opened(config) as (_, parts):
        found = _afresh(parts, return_name, order)
        if found is None:
            _unknown(return_name, order)
            return
        planned = explain.plan(parts, found)
    if as_json:
        print_json(
            {
                "return": found.return_id,
                "order": found.order_key,
                "headline": planned.headline,
                "writes": planned.writes,
                "stops": planned.stops,
                "outline": [step_as_dict(step) for step in planned.outline],
            }
        )
        return
    _print_plan(planned)


def _afresh(parts: Parts, return_name: str, order: str) -> Subject | None:
    """The return, or the order itself, read afresh from all remotes."""
    named = find_orders(parts, [order]) if order else find_returns(parts, [return_name])
    found = [one for one in named if one.is_order] if order else named
    afresh(parts, found)
    return next(iter(found), None)


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
    _print_steps([step_as_dict(step) for step in planned.outline])


def _print_steps(steps: list[dict[str, Any]]) -> None:
    table = Table("", "Step", "Record", "Amount", "When")
    for step in steps:
        table.add_row(MARKS[step["done"]], step["what"], step["record"], step["amount"] or "", step["when"])
    out.print(table)


def show(
    return_name: ReturnName = "", order: OrderName = "", as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Tell the story of a return or an order: what was seen, written, waited for and refused, and where it is."""
    with opened(config) as (_, parts):
        subject = next(iter(known_orders(parts, [order])), None) if order else _seen(parts, return_name)
        if subject is None:
            _unknown(return_name, order)
            return
        story = show_order(parts, subject) if subject.is_order else explain.show(parts, subject)
    if as_json:
        print_json(story)
    elif subject.is_order:
        _print_order(story)
    else:
        _print_story(story)


def _seen(parts: Parts, name: str) -> Subject | None:
    shops, return_id = split(parts, name)
    for shop in shops:
        stored = parts.stores.returns.get(shop.shop_id, return_id)
        if stored is not None and (stored.list_body or stored.details_body):
            return Subject(shop.shop_id, return_id, stored.order_key)
    return None


def _print_order(story: dict[str, Any]) -> None:
    out.print(f"[bold]Order {story['name'] or story['order']}[/bold]: {story['headline']}", highlight=False)
    facts = [story.get(name, "") for name in ("channel", "shipping_method", "total", "paid", "fulfilled")]
    out.print(", ".join(one for one in facts if one), highlight=False, markup=False)
    link = story["original"]
    if link is not None:
        told = ", ".join(one for one in (link["name"], link["order"], link["return"]) if one)
        out.print(f"exchanged for: {told} (known by {link['known_by']})", highlight=False, markup=False)
    for name in ("note", "problem"):
        if story.get(name):
            out.print(f"{name}: {story[name]}", highlight=False, markup=False)
    _print_rest(story)


def _print_story(story: dict[str, Any]) -> None:
    out.print(f"[bold]Return {story['return']}[/bold] of order {story['order']}: {story['headline']}", highlight=False)
    _print_rest(story)


def _print_rest(story: dict[str, Any]) -> None:
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


def _unknown(return_name: str, order: str) -> None:
    if order:
        err.print(f"Unknown order: {order}. If it is new, run: ledgerloop sync --order SHOPIFY_ID", markup=False)
    elif return_name:
        err.print(
            f"Unknown return: {return_name}. If it is new, run: ledgerloop sync --return {return_name}", markup=False
        )
    else:
        err.print("Name a return, or an order with --order.", markup=False)
    raise typer.Exit(UNKNOWN)

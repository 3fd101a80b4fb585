"""The demo on paper: each story with its lines, its three systems and its records; then all of them, and the ledger."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledgerloop.cli.demo_facts import CURRENCY, Facts
from ledgerloop.cli.demo_stage import US, Played, Told
from ledgerloop.domain.money import Money

COLOURS = {US: "bold green", "Loop": "magenta", "Shopify": "blue", "NetSuite": "cyan"}
"""How those who act are shown; people are plain."""

SHOWN = ("returnAuthorization", "itemReceipt", "creditMemo", "cashRefund", "customerRefund")
"""NetSuite's records of a return, as they are listed below its story."""

OF_EXCHANGE = ("salesOrder", "cashSale", "customerDeposit")
"""Those of its exchange order, of which only ours are listed: the original sale's are not."""


def print_played(out: Console, played: Played, numbers: list[int]) -> None:
    """Print everything; `numbers` are the stories' numbers."""
    for number, told in zip(numbers, played.told, strict=True):
        _story(out, number, told)
    _summary(out, played, numbers)
    _ledger(out, played)


def _story(out: Console, number: int, told: Told) -> None:
    out.print()
    out.rule(f"[bold]{number}. {escape(told.story.title)}", align="left")
    lines = Table.grid(padding=(0, 2))
    lines.add_column(width=10, no_wrap=True)
    lines.add_column()
    for line in told.lines:
        lines.add_row(escape(line.who), escape(line.what), style=COLOURS.get(line.who, ""))
    out.print(lines)
    out.print()
    out.print(_systems(told))
    out.print(_records(told.facts))
    out.print(_verdict(told))


def _systems(told: Told) -> Table:
    table = Table("", "Loop", "Shopify", "NetSuite")
    loop, shopify, facts = told.facts.loop, told.facts.shopify, told.facts
    if loop is None or shopify is None:
        return table
    state = f"{loop.state}, {'processed' if loop.processed else 'not processed'}"
    table.add_row("what", f"return {loop.return_id}", f"order {shopify.order_name}", ", ".join(_numbers(facts)))
    table.add_row("state", state, "refunded" if shopify.refunded else "not refunded", ", ".join(_states(facts)))
    table.add_row(
        f"money back, {CURRENCY}",
        *(str(one.amount) for one in (loop.refund, shopify.refunded, facts.paid_out)),
        style="bold",
    )
    if facts.placed is not None:
        orders = ", ".join(f"{one.name} {one.number}" for one in facts.exchange_orders)
        upsell = f", upsell {loop.upsell.amount}" if loop.upsell else ""
        table.add_row("exchange", f"credit {loop.credit.amount}{upsell}", f"order {facts.placed.name}", orders)
        table.add_row("exchange clearing", "", "", str(facts.clearing.amount), style="bold")
    if loop.gift_card:
        table.add_row("gift card", str(loop.gift_card.amount), "", "")
    return table


def _numbers(facts: Facts) -> list[str]:
    return [f"authorization {one.number}" for one in facts.authorizations]


def _states(facts: Facts) -> list[str]:
    return [one.state for one in facts.authorizations]


def _records(facts: Facts) -> Table:
    table = Table("Record in NetSuite", "Number", "External id", "State")
    table.add_column("Amount", justify="right")
    listed = (*facts.of_kind(*SHOWN), *(one for one in facts.of_kind(*OF_EXCHANGE) if one.is_ours))
    for one in listed:
        amount = (
            f"{one.units} unit{'s' if one.units != 1 else ''}" if one.kind == "itemReceipt" else str(one.total.amount)
        )
        table.add_row(one.name, one.number, one.external_id, one.state, amount)
    return table


def _verdict(told: Told) -> str:
    loop, shopify = told.facts.loop, told.facts.shopify
    if told.balanced and loop is not None and shopify is not None:
        sums = " = ".join(str(one.amount) for one in (loop.refund, shopify.refunded, told.facts.paid_out))
        cleared = f" Exchange clearing: {told.facts.clearing.amount}." if told.facts.placed is not None else ""
        return f"[bold green]In balance:[/] {sums}, as it must be.{cleared}"
    return "\n".join(["[bold red]Not in balance:[/]", *(f"  {escape(one)}" for one in told.wrong)])


def _yes(good: bool) -> str:
    return "[green]yes[/]" if good else "[bold red]no[/]"


def _paid(told: Told) -> Money:
    return told.facts.paid_out


def _summary(out: Console, played: Played, numbers: list[int]) -> None:
    out.print()
    out.rule("[bold]All stories", align="left")
    table = Table("", "Story", "Return")
    table.add_column("Refunded", justify="right")
    table.add_column("Clearing", justify="right")
    table.add_column("Records", justify="right")
    table.add_column("In balance")
    for number, told in zip(numbers, played.told, strict=True):
        written = str(sum(one.is_ours for one in told.facts.records))
        name = escape(told.story.title)
        clearing = str(told.facts.clearing.amount) if told.facts.placed is not None else ""
        table.add_row(
            str(number), name, told.return_id, str(_paid(told).amount), clearing, written, _yes(told.balanced)
        )
    refunded = Money.total((_paid(one) for one in played.told), CURRENCY)
    records = sum(one.is_ours for told in played.told for one in told.facts.records)
    table.add_section()
    name = f"{len(played.told)} return{'s' if len(played.told) != 1 else ''}"
    everything = all(one.balanced for one in played.told)
    cleared = str(Money.total((one.facts.clearing for one in played.told), CURRENCY).amount)
    table.add_row("", name, "", str(refunded.amount), cleared, str(records), _yes(everything), style="bold")
    out.print(table)
    out.print(
        f"NetSuite was asked {played.requests.all} times, polls and log-in included; "
        f"{played.requests.writes} of them wrote."
    )
    last = f"wrote {played.restless} more, which it must not" if played.restless else "found nothing left to write"
    out.print(f"A last run {last}.", style="red" if played.restless else "")


def _ledger(out: Console, played: Played) -> None:
    out.print()
    out.rule("[bold]The general ledger in NetSuite[/] (debit +, credit -)", align="left")
    table = Table("Account")
    for name in ("Sold", "Returned", "Must be", "NetSuite"):
        table.add_column(name, justify="right")
    table.add_column("Agrees")
    for one in played.ledger.accounts:
        amounts = (str(money.amount) for money in (one.sold, -one.back, one.due, one.shown))
        table.add_row(one.name, *amounts, _yes(one.agrees))
    for role, held in played.ledger.strays.items():
        table.add_row(role.replace("_", " ").capitalize(), "0.00", "0.00", "0.00", str(held.amount), _yes(False))
    out.print(table)

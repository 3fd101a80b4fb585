"""`alerts`: which rules and channels there are and what was told; and a test message by each channel."""

from typing import Annotated

import typer

from ledgerloop.cli.common import UNKNOWN, AsJson, ConfigPath, err, opened, out, print_json
from ledgerloop.operate.alerts import overview, trial

NOT_TAKEN = 1
"""Exit status: a channel did not take its message, or nobody knows whether it did."""

alerts = typer.Typer(help="Who is told what needs a person.", no_args_is_help=True, pretty_exceptions_enable=False)


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.add_typer(alerts, name="alerts")


@alerts.command("list")
def show(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many messages.")] = 20,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Show rules, channels, what stands now, and the messages made last."""
    with opened(config) as (settings, parts):
        found = overview.alerts(settings, parts, limit)
    if as_json:
        print_json(_as_dict(found))
        return
    _say("Rules")
    for rule in found.rules:
        _say(f"  {'on ' if rule.on else 'off'}  {rule.rule:<10}{rule.says}")
    _say(f"  digest: {found.digest}")
    _say("Channels" if found.channels else "Channels: none, so nobody is told; see [[alerts.email]] and its like")
    for one in found.channels:
        counts = {"due": one.due, "unclear": one.unclear, "failed": one.failed}
        left = "".join(f"; {number} {what}" for what, number in counts.items() if number)
        _say(f"  {one.state:<8}{one.channel} ({one.kind}) to {one.to}: {', '.join(one.rules) or 'no rule'}{left}")
        if one.state == "trouble":
            _say(f"          {one.problem}")
    _say(f"Standing: {len(found.standing)}")
    for cause in found.standing:
        _say(f"  {cause.begun_at:%Y-%m-%d %H:%M}  {cause.title}")
    _say(f"Messages: {len(found.messages)}" + (" (the newest)" if len(found.messages) == limit else ""))
    for message in found.messages:
        told = f"  {message.made_at:%Y-%m-%d %H:%M}  {message.state:<8}{message.channel}  {message.subject}"
        _say(told + (f"  [{message.problem}]" if message.problem else ""))


@alerts.command("test")
def try_out(
    channel: Annotated[str, typer.Option("--channel", metavar="NAME", help="Only this one.")] = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Send a test by every channel, or by one. Exit status 0 when all were taken, 1 otherwise, 3 when there is none."""
    with opened(config) as (settings, parts):
        tried = trial.try_channels(settings, parts, channel)
    if as_json:
        print_json({"tried": [vars(one) for one in tried]})
    elif not tried:
        named = f" {channel}." if channel else "; see [[alerts.email]] and its like."
        err.print(f"There is no channel{named}", markup=False, highlight=False, soft_wrap=True)
    for one in () if as_json else tried:
        _say(f"{one.state:<8}{one.channel} ({one.kind}) to {one.to}" + (f": {one.problem}" if one.problem else ""))
    raise typer.Exit(UNKNOWN if not tried else 0 if all(one.good for one in tried) else NOT_TAKEN)


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def _as_dict(found: overview.AlertsShown) -> dict[str, object]:
    return {
        "rules": [vars(one) for one in found.rules],
        "digest": found.digest,
        "channels": [vars(one) for one in found.channels],
        "standing": [vars(one) for one in found.standing],
        "messages": [vars(one) for one in found.messages],
    }

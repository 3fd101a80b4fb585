"""`ledgerloop`: the table of contents of the commands, each in its own module."""

import sys

import typer

from ledgerloop.cli import audit, books, demo, doctor, feed, mappings, people, running, sandbox, sync, users, webhooks

app = typer.Typer(
    name="ledgerloop",
    help="Keeps Loop Returns, Shopify and Oracle NetSuite in agreement, to the cent.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (demo, sandbox, doctor, webhooks, running, sync, feed, mappings, books, people, users, audit):
    module.add(app)


def main() -> None:
    """Run a command; its exit status says how it went."""
    app()
    sys.exit(0)

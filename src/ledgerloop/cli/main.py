"""`ledgerloop`: the table of contents of the commands, each in its own module."""

import sys
from collections.abc import Collection
from importlib import import_module
from typing import Final

import typer

MODULES: Final = {
    "demo": ("demo",),
    "sandbox": ("sandbox",),
    "doctor": ("init", "doctor"),
    "webhooks": ("webhooks",),
    "running": ("serve", "work"),
    "sync": ("sync", "retry", "backfill"),
    "feed": ("feed",),
    "mappings": ("mappings",),
    "books": ("books",),
    "people": ("plan", "show"),
    "users": ("users",),
    "audit": ("audit",),
    "backup": ("backup",),
    "alerts": ("alerts",),
}
"""Commands by the module of this package that adds them, in the order of the help."""


def app_with(modules: Collection[str]) -> typer.Typer:
    """The app with the commands of these modules."""
    app = typer.Typer(
        name="ledgerloop",
        help="Keeps Loop Returns, Shopify and Oracle NetSuite in agreement, to the cent.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)
    for module in modules:
        import_module(f"ledgerloop.cli.{module}").add(app)
    return app


def main() -> None:
    """Run a command; its exit status says how it went. Only what the command needs is loaded."""
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    app_with([module for module, commands in MODULES.items() if named in commands] or MODULES)()
    sys.exit(0)

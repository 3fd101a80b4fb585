"""`serve` and `work`: the commands; what they do is imported only then, because the durable runner takes long to
load.
"""

from typing import Annotated

import typer

from ledgerloop.cli.common import ConfigPath


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.command("serve")(serve)
    app.command("work")(work)


def serve(config: ConfigPath = None) -> None:
    """Take webhooks, read the remotes and work what is due, until told to stop."""
    from ledgerloop.cli import serving  # noqa: PLC0415  (see above)

    serving.serve(config)


MetricsPort = Annotated[
    int | None, typer.Option("--metrics-port", help="Show what this process counts at /metrics of this port.")
]


def work(config: ConfigPath = None, metrics_port: MetricsPort = None) -> None:
    """Work what is due beside `serve`, on PostgreSQL, until told to stop."""
    from ledgerloop.cli import serving  # noqa: PLC0415  (see above)

    serving.work(config, metrics_port)

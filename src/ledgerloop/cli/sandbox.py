"""`sandbox`: the three simulators on fixed ports, with a ready configuration."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerloop.cli.common import err
from ledgerloop.cli.sandbox_config import sandbox_config

PORTS = {"control": 9100, "loop": 9101, "shopify": 9102, "netsuite": 9103}
"""Where the simulators listen."""


def add(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("sandbox")(sandbox)


def sandbox(
    write: Annotated[
        Path | None, typer.Option("--write", help="Write the configuration and its key into this folder.")
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Start without orders.")] = False,
) -> None:
    """Start simulated Loop, Shopify and NetSuite; print a ready ledgerloop.toml for them; stay until interrupted."""
    process, urls = start([f"--{name}-port={port}" for name, port in PORTS.items()], empty=empty)
    folder = write or Path(".ledgerloop-sandbox")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ledgerloop.toml"
    text = sandbox_config(urls, folder)
    path.write_text(text)
    path.chmod(0o600)
    sys.stdout.write(text)
    sys.stdout.flush()
    err.print(f"Written to {path}. Try: ledgerloop sync --config {path}", markup=False)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait(10)


def start(arguments: list[str], *, empty: bool) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Start the sandbox process; gives it and what it announced (addresses, credentials)."""
    command = [sys.executable, "-m", "ledgerloop_sandbox", "--with-parent", *arguments]
    process = subprocess.Popen(  # noqa: S603  (our own module)
        [*command, *(["--empty"] if empty else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        err.print("The sandbox did not start; are its ports in use?")
        raise typer.Exit(1)
    return process, json.loads(line)

"""The commands. Every one takes `--config FILE` (default $LEDGERLOOP_CONFIG, else ./ledgerloop.toml)."""

from ledgerloop.cli.main import main

__all__ = ["main"]

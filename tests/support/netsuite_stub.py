"""A few routes of NetSuite on a loopback port, with faults on demand, for tests of the client alone."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ledgerloop.remotes.http import Http
from ledgerloop.remotes.netsuite.auth import ClientCredentials
from ledgerloop.remotes.netsuite.client import NetSuiteClient
from ledgerloop.remotes.ports import Call

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
RECORDS = "/services/rest/record/v1/"
SUITEQL = "/services/rest/query/v1/suiteql"


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def error_body(status: int, code: str, detail: str, path: str = "") -> dict[str, Any]:
    """The error envelope. Source: docs.oracle.com, NetSuite online help, REST error handling (read 2026-11-21)."""
    one = {"detail": detail, "o:errorCode": code} | ({"o:errorPath": path} if path else {})
    return {"type": "https://www.w3.org/Protocols/rfc2616", "title": "Error", "status": status, "o:errorDetails": [one]}


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Fault:
    """What happens instead of the usual answer; `after`: the write takes effect first."""

    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    after: bool = False
    delay_s: float = 0.0


def refusal(status: int, code: str, detail: str = "no", path: str = "", **more: Any) -> Fault:
    return Fault(status, error_body(status, code, detail, path), **more)


THROTTLED = refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")


class NetSuiteStub:
    """Keeps records by external id; plays `write_faults`, `read_faults` and `token_faults` first, one per request."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.records: dict[str, dict[str, Any]] = {}
        self.rows: Callable[[str, list[str], int, int], tuple[list[dict[str, Any]], bool]] = lambda *_: ([], False)
        self.write_faults: deque[Fault] = deque()
        self.read_faults: deque[Fault] = deque()
        self.token_faults: deque[Fault] = deque()
        self.good_tokens: set[str] = set()
        self.tokens_given = 0
        self.token_life: Any = 3600
        self.token_delay_s = 0.0
        self.work_s = 0.0
        self.concurrency_limit = 1000
        self.in_flight = 0
        self.most_in_flight = 0
        self.lock = threading.Lock()

    def of(self, method: str, path_part: str = "") -> list[Asked]:
        return [one for one in self.asked if one.method == method and path_part in one.path and one.path != TOKEN_PATH]

    def answer(self, asked: Asked) -> Fault:
        with self.lock:
            self.asked.append(asked)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            too_many = self.in_flight > self.concurrency_limit
        try:
            if asked.path == TOKEN_PATH:
                return self._token()
            time.sleep(self.work_s)
            return THROTTLED if too_many else self._work(asked)
        finally:
            with self.lock:
                self.in_flight -= 1

    def _token(self) -> Fault:
        time.sleep(self.token_delay_s)
        if self.token_faults:
            return self.token_faults.popleft()
        with self.lock:
            self.tokens_given += 1
            token = f"access-{self.tokens_given}"
            self.good_tokens.add(token)
        return Fault(200, {"access_token": token, "expires_in": self.token_life, "token_type": "Bearer"})

    def _work(self, asked: Asked) -> Fault:
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good_tokens:
            return refusal(401, "INVALID_LOGIN", "Invalid login attempt.")
        is_query = asked.path == SUITEQL
        faults = self.read_faults if asked.method == "GET" or is_query else self.write_faults
        fault = faults.popleft() if faults else None
        if fault is not None and not fault.after:
            return fault
        usual = self._query(asked) if is_query else self._record(asked)
        return fault or usual

    def _query(self, asked: Asked) -> Fault:
        limit, offset = int(asked.query["limit"][0]), int(asked.query["offset"][0])
        rows, more = self.rows(asked.json["q"], asked.json["params"], limit, offset)
        return Fault(200, {"links": [], "count": len(rows), "hasMore": more, "offset": offset, "items": rows})

    def _record(self, asked: Asked) -> Fault:
        parts = asked.path.removeprefix(RECORDS).split("/")
        if asked.method == "GET":
            return self._read(parts)
        if asked.method == "PATCH":
            return Fault(204)
        with self.lock:
            record = {"type": parts[-1], **asked.json}
            external_id = record["externalId"]
            if external_id in self.records:
                return refusal(400, "INVALID_CONTENT", "This record already exists.")
            record["id"] = str(4711 + len(self.records))
            self.records[external_id] = record
        return Fault(204, headers={"Location": f"http://elsewhere{RECORDS}{parts[-1]}/{record['id']}"})

    def _read(self, parts: list[str]) -> Fault:
        for external_id, record in self.records.items():
            if record["type"] == parts[0] and parts[1] in {record["id"], f"eid:{external_id}"}:
                return Fault(200, record)
        return refusal(404, "NONEXISTENT_ID", "Record does not exist.")


def _handler(stub: NetSuiteStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

        def serve(self) -> None:
            split = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {key.lower(): value for key, value in self.headers.items()}
            fault = stub.answer(Asked(self.command, split.path, parse_qs(split.query), headers, body))
            time.sleep(fault.delay_s)
            if fault.drop:
                self.close_connection = True
                return
            raw = b"" if fault.body is None else fault.body.encode() if isinstance(fault.body, str) else _dumped(fault)
            self.send_response(fault.status)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            if fault.status != 204:
                self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = serve  # noqa: N815

    return Handler


def _dumped(fault: Fault) -> bytes:
    return json.dumps(fault.body).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that gave up is part of the play."""


@contextmanager
def serving(stub: NetSuiteStub) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), _handler(stub))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Notebook:
    """Evidence in a list."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def record(self, call: Call) -> None:
        self.calls.append(call)

    def outcomes(self) -> list[str]:
        return [call.outcome for call in self.calls]


class Seats:
    """Slots of one process; counts what is held."""

    def __init__(self, concurrency: int) -> None:
        self._free = threading.Semaphore(concurrency)
        self.held = 0

    @contextmanager
    def hold(self, timeout_s: float, *, first: bool = False) -> Iterator[None]:
        with self._free:
            self.held += 1
            try:
                yield
            finally:
                self.held -= 1


class Pulse:
    """Pace that never waits and remembers."""

    def __init__(self) -> None:
        self.taken = 0
        self.slowed: list[float | None] = []

    def take(self) -> None:
        self.taken += 1

    def slow_down(self, retry_after_s: float | None) -> None:
        self.slowed.append(retry_after_s)


class HandClock:
    """A clock moved by hand; its `sleep` moves it too."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []
        self.while_asleep: Callable[[], None] = lambda: None

    def __call__(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        self.while_asleep()


@dataclass
class Desk:
    """A client at a stub, with everything around it in reach."""

    stub: NetSuiteStub
    base_url: str
    http: Http
    auth: ClientCredentials
    client: NetSuiteClient
    evidence: Notebook
    seats: Seats
    pulse: Pulse
    clock: HandClock


@contextmanager
def desk(
    *, concurrency: int = 2, timeout_s: float = 5.0, chance: float = 0.5, budget_s: float = 60.0
) -> Iterator[Desk]:
    stub, evidence, clock, seats, pulse = NetSuiteStub(), Notebook(), HandClock(), Seats(concurrency), Pulse()
    key = pem(ec.generate_private_key(ec.SECP256R1()))
    with (
        serving(stub) as url,
        Http("netsuite", "main", url, evidence=evidence, clock=clock, timeout_s=timeout_s) as http,
    ):
        auth = ClientCredentials(http, seats, client_id="client", certificate_id="cert", private_key=key, clock=clock)
        client = NetSuiteClient(
            http, auth, seats, pulse, clock, budget_s=budget_s, sleep=clock.sleep, chance=lambda: chance
        )
        yield Desk(stub, url, http, auth, client, evidence, seats, pulse, clock)

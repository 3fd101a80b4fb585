"""Webhooks over HTTP, at a running `serve`: an answer of 200 means that the raw body is on disk."""

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from ledgerloop.store import open_store
from ledgerloop.store.inbox import Inbox
from tests.support.sandbox import Sandbox
from tests.support.serving import Running, loop_message, signature

BODY = loop_message("77", "5001")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def serve(running_sandbox: Sandbox, folder: Path) -> Iterator[Running]:
    with Running(running_sandbox.write_config(folder, every_s=3600)) as running:
        yield running


def signed(sandbox: Sandbox, body: bytes) -> dict[str, str]:
    return {"X-Loop-Signature": signature(body, sandbox.urls["credentials"]["loop_webhook_secret"])}


def push(serve: Running, sandbox: Sandbox, body: bytes = BODY, **more: Any) -> httpx2.Response:
    return serve.client.post("/webhooks/main/loop", content=body, headers=signed(sandbox, body), **more)


def bodies(folder: Path) -> list[bytes]:
    with closing(sqlite3.connect(folder / "ledgerloop.db")) as db:
        return [row[0] for row in db.execute("SELECT body FROM inbox_bodies ORDER BY inbox_id")]


def test_after_a_200_the_raw_body_survives_kill_9(sandbox: Sandbox, tmp_path: Path) -> None:
    sent = [loop_message(str(number), "5001", note="é" * number) for number in range(20)]
    with Running(sandbox.write_config(tmp_path, every_s=3600)) as serve:
        answers = [push(serve, sandbox, body) for body in sent]
        serve.kill()
    assert [one.status_code for one in answers] == [200] * 20
    assert bodies(tmp_path) == sent


def test_a_repeated_message_is_answered_200_and_stored_once(serve: Running, sandbox: Sandbox, folder: Path) -> None:
    assert [push(serve, sandbox).status_code for _ in range(3)] == [200, 200, 200]
    assert bodies(folder).count(BODY) == 1


def test_forged_messages_unknown_shops_and_other_paths(serve: Running, sandbox: Sandbox, folder: Path) -> None:
    before = bodies(folder)

    def status(path: str, headers: dict[str, str]) -> int:
        answer = serve.client.post(path, content=BODY, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        return answer.status_code

    good = signed(sandbox, BODY)
    assert status("/webhooks/main/loop", {}) == 401
    assert status("/webhooks/main/loop", {"X-Loop-Signature": signature(BODY, "wrong")}) == 401
    assert status("/webhooks/main/shopify", {"X-Shopify-Hmac-Sha256": good["X-Loop-Signature"]}) == 401
    assert status("/webhooks/main/netsuite", {"X-Ledgerloop-Signature": good["X-Loop-Signature"]}) == 401
    assert status("/webhooks/other/loop", good) == 404
    assert status("/webhooks/main/paypal", good) == 404
    assert status("/webhooks/main", good) == 404
    assert serve.client.get("/").status_code == 401
    assert bodies(folder) == before


def test_the_largest_body_is_taken_and_one_byte_more_is_not(serve: Running, sandbox: Sandbox, folder: Path) -> None:
    most = json.dumps({"topic": "x"}).encode().ljust(2_000_000)
    assert push(serve, sandbox, most).status_code == 200
    assert push(serve, sandbox, most + b" ").status_code == 413
    assert [one for one in bodies(folder) if len(one) >= len(most)] == [most]


def raw(serve: Running, head: str, parts: Iterator[bytes]) -> tuple[bytes, int]:
    """Send as long as it is taken; gives the answer and how many bytes were sent."""
    address = urlsplit(serve.url)
    sent = 0
    with socket.create_connection((address.hostname, address.port or 80), timeout=20) as connection:
        connection.sendall(head.encode())
        connection.settimeout(0.05)
        for part in parts:
            try:
                connection.sendall(part)
                sent += len(part)
                if answer := connection.recv(65536):
                    return answer, sent
            except TimeoutError:
                continue
            except OSError:
                break
        connection.settimeout(20)
        return connection.recv(65536), sent


HEAD = "POST /webhooks/main/loop HTTP/1.1\r\nHost: x\r\nX-Loop-Signature: x\r\n"


def test_an_endless_body_without_a_length_is_cut_off_at_the_limit(serve: Running, sandbox: Sandbox) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer, sent = raw(serve, f"{HEAD}Transfer-Encoding: chunked\r\n\r\n", (chunk for _ in range(1000)))
    assert answer.startswith(b"HTTP/1.1 413")
    assert sent < 6_000_000


def test_a_length_over_the_limit_is_refused_without_reading(serve: Running, sandbox: Sandbox) -> None:
    answer, sent = raw(serve, f"{HEAD}Content-Length: 2000001\r\n\r\n", iter([b"x"]))
    assert (answer[:12], sent) == (b"HTTP/1.1 413", 1)


def test_while_the_database_is_locked_the_answer_is_503_within_two_seconds(
    serve: Running, sandbox: Sandbox, folder: Path
) -> None:
    answers: list[tuple[float, httpx2.Response]] = []

    def send(number: int) -> None:
        began = time.monotonic()
        answer = push(serve, sandbox, loop_message(str(number), "5001"))
        answers.append((time.monotonic() - began, answer))

    holder = sqlite3.connect(folder / "ledgerloop.db", isolation_level=None)
    with closing(holder):
        holder.execute("BEGIN EXCLUSIVE")
        threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        holder.execute("ROLLBACK")
    assert {one.status_code for _, one in answers} == {503}
    assert {one.headers["retry-after"] for _, one in answers} == {"5"}
    assert max(seconds for seconds, _ in answers) < 2.0
    assert push(serve, sandbox).status_code == 200


def test_every_answer_carries_the_headers_that_keep_browsers_safe(serve: Running) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/nothing"):
        headers = serve.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_health_and_metrics_need_no_token(serve: Running, sandbox: Sandbox) -> None:
    push(serve, sandbox, loop_message("78", "5001"))
    assert serve.client.get("/healthz").status_code == 200
    ready = serve.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "engine": "ok"})
    figures = serve.client.get("/metrics").text
    assert 'ledgerloop_webhooks_total{answer="stored",shop="main",source="loop"}' in figures
    for name in ("cases", "inbox_unworked", "inbox_oldest_seconds", "netsuite_slots_in_use"):
        assert f"ledgerloop_{name}" in figures


def test_no_secret_is_logged(sandbox: Sandbox, tmp_path: Path) -> None:
    with Running(sandbox.write_config(tmp_path, every_s=3600), LEDGERLOOP_LOG="debug") as serve:
        push(serve, sandbox)
        serve.client.post("/webhooks/main/loop", content=BODY, headers={"X-Loop-Signature": "forged-signature"})
        assert serve.stop() == 0
    said = "\n".join(serve.said)
    assert '"answer": "stored"' in said
    secrets = [value for value in sandbox.urls["credentials"].values() if isinstance(value, str) and len(value) > 15]
    assert [
        one for one in [*secrets, "forged-signature", signed(sandbox, BODY)["X-Loop-Signature"]] if one in said
    ] == []


def test_on_postgresql_the_body_survives_kill_9_too(sandbox: Sandbox, tmp_path: Path, postgres_url: str) -> None:
    with Running(sandbox.write_config(tmp_path, every_s=3600, database=postgres_url)) as serve:
        assert push(serve, sandbox).status_code == 200
        serve.kill()
    store = open_store(postgres_url)
    assert [one.body for one in Inbox(store).about("main", "order", "5001")] == [BODY]
    store.close()

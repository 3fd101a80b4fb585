"""HTTP: faults translated, exact numbers, evidence."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from ledgerloop.outcome import Refused, RemoteProblem, Unclear, Unreachable
from ledgerloop.remotes.exact import dump_json, load_json
from ledgerloop.remotes.http import Answer, Http
from tests.support.netsuite_stub import HandClock, Notebook

Handler = Callable[[httpx2.Request], httpx2.Response]


def http_to(handler: Handler, evidence: Notebook | None = None) -> Http:
    return Http(
        "loop",
        "main",
        "https://api.example.test/api/",
        evidence=evidence or Notebook(),
        clock=HandClock(),
        timeout_s=1,
        transport=httpx2.MockTransport(handler),
    )


def http_at(url: str) -> Http:
    return Http("loop", "main", url, evidence=Notebook(), clock=HandClock(), timeout_s=2)


def raising(problem: Exception) -> Handler:
    def handler(_: httpx2.Request) -> httpx2.Response:
        raise problem

    return handler


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx2.ConnectError("refused"), Unreachable),
        (httpx2.ConnectTimeout("slow"), Unreachable),
        (httpx2.PoolTimeout("busy"), Unreachable),
        (httpx2.LocalProtocolError("illegal header"), Unreachable),
        (httpx2.ReadTimeout("slow"), Unclear),
        (httpx2.WriteTimeout("slow"), Unclear),
        (httpx2.ReadError("reset"), Unclear),
        (httpx2.WriteError("broken pipe"), Unclear),
        (httpx2.RemoteProtocolError("cut"), Unclear),
        (httpx2.DecodingError("not gzip"), Unclear),
    ],
)
def test_a_fault_says_whether_the_remote_can_have_seen_the_request(fault: Exception, kind: type[RemoteProblem]) -> None:
    evidence = Notebook()
    with pytest.raises(RemoteProblem) as caught:
        http_to(raising(fault), evidence).send("POST", "/x", json={}, write=True)
    assert type(caught.value) is kind
    assert caught.value.code == ("loop_unreachable" if kind is Unreachable else "loop_unclear")
    (call,) = evidence.calls
    assert (call.status, call.outcome, call.answer) == (None, caught.value.code, "")


@contextmanager
def listening(answer: bytes) -> Iterator[str]:
    """A server that reads a little, sends these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(2)


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", b"HTTP/1.1 2", b"SSH-2.0-OpenSSH\r\n\r\n"]
)
def test_on_a_real_wire_an_answer_cut_short_is_unclear(answer: bytes) -> None:
    with listening(answer) as url, http_at(url) as http, pytest.raises(Unclear):
        http.send("POST", "/x", json={}, write=True)


def test_on_a_real_wire_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with http_at(f"http://127.0.0.1:{port}") as http, pytest.raises(Unreachable):
        http.send("POST", "/x", json={}, write=True)


def test_an_answer_that_drips_is_given_up_at_the_time_out() -> None:
    stop = threading.Event()

    def drip() -> Iterator[bytes]:
        while not stop.wait(0.02):
            yield b"x"

    http = http_to(lambda _: httpx2.Response(200, content=drip()))
    with pytest.raises(Unclear):
        http.send("GET", "/x", timeout_s=0.2)
    stop.set()


def test_the_request_goes_below_the_base_address_and_nowhere_else() -> None:
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(302, headers={"Location": "https://evil.test/", "Set-Cookie": "session=1; Path=/"})

    http = http_to(handler)
    for _ in range(2):
        assert http.send("GET", "/v1/returns", params={"a": "1 2", "n": 3}, headers={"X-Key": "k"}).status == 302
    assert [str(one.url) for one in seen] == ["https://api.example.test/api/v1/returns?a=1+2&n=3"] * 2
    assert seen[1].headers["x-key"] == "k"
    assert "cookie" not in seen[1].headers
    with pytest.raises(ValueError, match="not a path"):
        http.send("GET", "https://evil.test/")


def test_a_judge_turns_an_answer_into_a_problem_and_the_evidence_names_it() -> None:
    def judge(answer: Answer) -> None:
        if answer.json()["data"] is False:
            raise Refused("loop", "loop_refused", "no", status=answer.status)

    evidence = Notebook()
    http = http_to(lambda request: httpx2.Response(200, json={"data": request.url.path.endswith("good")}), evidence)
    assert http.send("POST", "/good", judge=judge).status == 200
    with pytest.raises(Refused):
        http.send("POST", "/bad", judge=judge)
    assert evidence.outcomes() == ["ok", "loop_refused"]
    assert evidence.calls[1].answer == '{"data": false}'


def test_without_a_judge_the_status_is_the_outcome() -> None:
    evidence = Notebook()
    http_to(lambda _: httpx2.Response(418), evidence).send("GET", "/tea", subject="1", write=False)
    (call,) = evidence.calls
    assert (call.outcome, call.status, call.shop_id, call.remote, call.subject) == (
        "http_418",
        418,
        "main",
        "loop",
        "1",
    )


def test_one_line_is_logged_without_bodies_and_headers() -> None:
    http = http_to(lambda _: httpx2.Response(200, json={"secret-ish": "body"}, headers={"X-Answer": "header"}))
    with capture_logs() as logs:
        http.send("POST", "/x", params={"email": "jane@example.com"}, headers={"X-Asked": "header"}, json={"a": "body"})
    (line,) = logs
    assert line["path"] == "/x?email=‹redacted›"
    assert "body" not in repr(line)
    assert "header" not in repr(line)


def test_many_threads_share_one_client() -> None:
    evidence = Notebook()
    http = http_to(lambda request: httpx2.Response(200, json={"path": request.url.path}), evidence)
    threads = [threading.Thread(target=http.send, args=("GET", f"/{n}")) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(call.path for call in evidence.calls) == sorted(f"/{n}" for n in range(20))


def test_fractions_are_read_as_exact_decimals() -> None:
    answer = Answer(200, {}, b'{"total": 108.10, "count": 2, "big": 1e2}', "loop")
    assert answer.json() == {"total": Decimal("108.10"), "count": 2, "big": Decimal(100)}
    assert isinstance(answer.json()["total"], Decimal)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": NaN}', b'{"a": 1', b"\xff\xfe"])
def test_a_body_that_is_not_json_is_unclear(body: bytes) -> None:
    with pytest.raises(Unclear) as caught:
        Answer(200, {}, body, "loop").json()
    assert caught.value.code == "loop_malformed"


def test_decimals_are_written_with_exactly_their_digits() -> None:
    value: dict[str, Any] = {"a": Decimal("39.00"), "b": [Decimal("0.1"), (Decimal("1E+2"),)], "ü": 'x"\n', "n": None}
    text = dump_json(value)
    assert text == '{"a": 39.00, "b": [0.1, [100]], "ü": "x\\"\\n", "n": null}'
    assert load_json(text) == {"a": Decimal("39.00"), "b": [Decimal("0.1"), [100]], "ü": 'x"\n', "n": None}
    assert json.loads(dump_json({1: True, "f": 0.5})) == {"1": True, "f": 0.5}


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan")])
def test_what_is_no_number_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"JSON|compliant"):
        dump_json({"a": value})


def test_what_json_does_not_know_is_not_written() -> None:
    with pytest.raises(TypeError):
        dump_json({"a": {1, 2}})

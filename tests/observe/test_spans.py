"""Spans of one refund, as an exporter of OpenTelemetry gets them; and none, at no cost, without."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr
from typer.testing import CliRunner

from ledgerloop import tracing
from ledgerloop.cli.main import app_with
from ledgerloop.cli.otel import traced
from ledgerloop.config import load_config
from ledgerloop.config.tracing import Tracing
from ledgerloop.operate.views.in_force import set_up
from tests.support.one_refund import Shop, one_shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with one_shop() as made:
        yield made


@contextmanager
def exported() -> Iterator[InMemorySpanExporter]:
    """Spans go into memory while inside."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracing.switch_on(provider.get_tracer("tests"))
    try:
        yield kept
    finally:
        tracing.switch_on(None)
        provider.shutdown()


@pytest.fixture(scope="module")
def refund(shop: Shop) -> tuple[str, Sequence[ReadableSpan]]:
    """A return that was refunded, and the spans of it; Shopify failed once meanwhile."""
    shop.memory.fault("shopify", name="error_500", times=1)
    with exported() as kept:
        return_id = shop.refund()
        return return_id, kept.get_finished_spans()


def of(spans: Sequence[ReadableSpan], name: str) -> list[ReadableSpan]:
    return [one for one in spans if one.name == name]


def said(span: ReadableSpan, name: str) -> object:
    return (span.attributes or {}).get(name)


def test_a_case_holds_its_writes_and_they_hold_their_calls(
    shop: Shop, refund: tuple[str, Sequence[ReadableSpan]]
) -> None:
    return_id, spans = refund
    cases = {one.context.span_id: one for one in of(spans, "case") if one.context is not None}
    assert {said(one, "ledgerloop.order") for one in cases.values()} == {shop.order_id}
    assert {said(one, "ledgerloop.returns") for one in cases.values()} == {(return_id,)}
    [memo] = of(spans, "write creditMemo")
    assert (said(memo, "ledgerloop.sync"), said(memo, "ledgerloop.return_id")) == ("refund", return_id)
    assert memo.parent is not None
    assert memo.parent.span_id in cases
    calls = [one for one in of(spans, "netsuite POST") if one.parent and one.parent == memo.context]
    assert [said(one, "url.template") for one in calls] == [
        "/services/rest/record/v1/returnAuthorization/{id}/!transform/creditMemo"
    ]
    assert [said(one, "http.response.status_code") for one in calls] == [204]


def test_no_span_holds_a_person_a_query_or_a_secret(shop: Shop, refund: tuple[str, Sequence[ReadableSpan]]) -> None:
    values = [str(value) for one in refund[1] for value in (one.attributes or {}).values()]
    assert len(values) > 100
    config = shop.connector.config.shops[0]
    token = config.shopify.access_token
    assert token is not None
    for secret in (config.loop.api_key.get_secret_value(), token.get_secret_value(), "Bearer", "?", "@", "SELECT"):
        assert [value for value in values if secret in value] == []


def test_a_repeated_call_says_which_attempt_it_is(refund: tuple[str, Sequence[ReadableSpan]]) -> None:
    calls = of(refund[1], "shopify POST")
    failed = [one for one in calls if said(one, "http.response.status_code") == 500]
    assert [said(one, "ledgerloop.attempt") for one in failed] == [1]
    assert [said(one, "error.type") for one in failed] == ["shopify_failed"]
    again = [one for one in calls if said(one, "ledgerloop.attempt") == 2]
    assert [said(one, "http.response.status_code") for one in again] == [200]
    assert said(again[0], "graphql.operation.name") == said(failed[0], "graphql.operation.name")


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/services/rest/record/v1/invoice/1003?fields=total", "/services/rest/record/v1/invoice/{id}"),
        ("/services/rest/record/v1/customer/eid:SHOP-CUST-7", "/services/rest/record/v1/customer/{id}"),
        ("/services/rest/auth/oauth2/v1/token", "/services/rest/auth/oauth2/v1/token"),
        ("/2026-07/warehouse/return/48210001/process", "/2026-07/warehouse/return/{id}/process"),
        ("/admin/api/2026-10/graphql.json", "/admin/api/2026-10/graphql.json"),
        ("/warehouse/return/ana@example.com/note", "/warehouse/return/{id}/note"),
    ],
)
def test_requests_that_differ_by_an_id_alone_have_one_name(path: str, template: str) -> None:
    assert tracing.route(path) == template


def test_without_a_collector_nothing_of_opentelemetry_is_loaded() -> None:
    code = (
        "import sys, ledgerloop.cli.common, ledgerloop.cli.otel as otel, ledgerloop.engine.converge\n"
        "from ledgerloop.config.tracing import Tracing\n"
        "from ledgerloop import tracing\n"
        "with otel.traced(Tracing()):\n"
        "    assert tracing.span('case') is not None and not tracing.is_on()\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class Collector(HTTPServer):
    """Takes what is sent to it, on loopback."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[tuple[str, str, bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Collector)
        self.server.taken.append((self.path, self.headers.get("X-Key", ""), body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def test_spans_reach_the_collector_that_the_config_names() -> None:
    collector = Collector()
    thread = Thread(target=collector.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{collector.server_port}/v1/traces"
        with (
            traced(Tracing(endpoint=address, headers={"X-Key": SecretStr("let-me-in")})),
            tracing.span("case", ledgerloop__order="58"),
        ):
            pass
    finally:
        collector.shutdown()
        thread.join()
        collector.server_close()
    [(path, key, body)] = collector.taken
    assert (path, key) == ("/v1/traces", "let-me-in")
    assert b"ledgerloop.order" in body
    assert not tracing.is_on()


def test_a_collector_without_the_extra_is_refused_with_the_remedy(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    config = shop.connector.folder / "traced.toml"
    text = (shop.connector.folder / "ledgerloop.toml").read_text()
    config.write_text('[tracing]\nendpoint = "http://127.0.0.1:9/v1/traces"\n' + text)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    done = CliRunner().invoke(app_with(["sync"]), ["sync", "--config", str(config)])
    assert (done.exit_code, "otel_not_installed" in done.output) == (2, True)
    assert "pip install 'ledgerloop[otel]'" in done.output


def test_the_key_of_a_collector_is_shown_nowhere(shop: Shop, tmp_path: Path) -> None:
    text = '[tracing]\nendpoint = "http://127.0.0.1:9/v1/traces"\nheaders = { "X-Key" = "let-me-in" }\n'
    config = tmp_path / "ledgerloop.toml"
    config.write_text(text + (shop.connector.folder / "ledgerloop.toml").read_text())
    (tmp_path / "netsuite.pem").write_bytes((shop.connector.folder / "netsuite.pem").read_bytes())
    shown = {one.key: one.value for one in set_up(load_config(config, {}), shop.connector.parts).settings}
    assert (shown["endpoint"], shown["X-Key"]) == ("http://127.0.0.1:9/v1/traces", "***")

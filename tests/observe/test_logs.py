"""Log lines of one refund: which return, order and sync each is about; lines of JSON; no secret in any of them."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import pytest
import structlog

from ledgerloop.cli.common import log_to_stderr
from tests.machine.connector import Connector
from tests.support.one_refund import Shop, one_shop


@contextmanager
def logged(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[io.StringIO]:
    """What is logged inside, as a command would write it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before, lines = structlog.get_config(), io.StringIO()
    with redirect_stderr(lines):
        log_to_stderr()
    try:
        yield lines
    finally:
        structlog.configure(**before)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with one_shop() as made:
        yield made


def test_every_write_of_a_refund_names_its_return_and_its_sync(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, LEDGERLOOP_LOG="info") as lines:
        return_id = shop.refund()
    told: list[dict[str, Any]] = [json.loads(line) for line in lines.getvalue().splitlines()]
    writes = [one for one in told if one["event"] == "write"]
    about = {"shop": "main", "order": shop.order_id, "return_id": return_id}
    assert [(one["record_type"], one["sync"]) for one in writes] == [
        ("returnAuthorization", "return_authorization"),
        ("itemReceipt", "item_receipt_to_netsuite"),
        ("creditMemo", "refund"),
        ("customerRefund", "refund"),
    ]
    assert [{name: one[name] for name in about} for one in writes] == [about] * 4
    sent = [one for one in told if one["event"] == "remote_call" and one["write"]]
    assert [(one["sync"], one["return_id"]) for one in sent] == [(one["sync"], return_id) for one in writes]
    read = [one for one in told if one["event"] == "remote_call" and not one["write"]]
    assert {one["order"] for one in read if "order" in one} == {shop.order_id}
    assert {"return_id", "sync"} & {name for one in read for name in one} == set()


def secrets_of(connector: Connector) -> list[str]:
    shop = connector.config.shops[0]
    given = [shop.loop.api_key, shop.shopify.access_token, shop.netsuite.private_key]
    given += [*shop.loop.webhook_secrets, *shop.shopify.webhook_secrets, *shop.netsuite.webhook_secrets]
    return [one.get_secret_value() for one in given if one is not None]


def test_no_line_holds_a_secret_or_a_person(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.memory.fault("netsuite", name="error_500", times=2)
    with logged(monkeypatch, LEDGERLOOP_LOG="debug") as lines:
        shop.refund()
    text = lines.getvalue()
    assert text.count("remote_call") > 20
    known = secrets_of(shop.connector)
    assert len(known) == 5
    assert [one for one in known if one in text] == []
    assert ("Bearer" in text, "@example.com" in text) == (False, False)


def test_lines_may_be_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, LEDGERLOOP_LOG="info", LEDGERLOOP_LOG_FORMAT="text") as lines:
        structlog.get_logger("test").info("swept", shop="main")
    assert "swept" in lines.getvalue()
    assert "shop=main" in lines.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines.getvalue())


def test_what_is_not_asked_for_is_not_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, LEDGERLOOP_LOG="warning") as lines:
        structlog.get_logger("test").info("swept", shop="main")
    assert lines.getvalue() == ""


def test_warnings_of_libraries_are_lines_of_the_same_kind() -> None:
    code = (
        "import logging\n"
        "from ledgerloop.cli.common import log_to_stderr\n"
        "log_to_stderr()\n"
        "logging.getLogger('library').info('whole addresses')\n"
        "logging.getLogger('library').warning('lost %s', 'something')\n"
        "try:\n"
        "    1 / 0\n"
        "except ZeroDivisionError:\n"
        "    logging.getLogger('library').exception('broken')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    warned, broken = (json.loads(line) for line in done.stderr.splitlines())
    assert (warned["event"], warned["level"], warned["logger"]) == ("lost something", "warning", "library")
    assert "ZeroDivisionError" in broken["exception"]

"""The alerts on the pages, in the API, in the figures and as commands: what is shown, and that no secret is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.store.users import Role
from tests.support import processes
from tests.support.alerting import CHAT, HOOK, MAIL, MINUTE, SECRET, Alerted, alerted
from tests.support.keys import ec_key
from tests.support.made import make_sqlite
from tests.support.mailbox import mailbox
from tests.support.receiver import receiver
from tests.support.web import CONFIG, PAGE

API = "/api/v1/set-up/alerts"
SKU = "SKU <b>TEE</b> has no item."


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Alerted]:
    with alerted(tmp_path, channels=MAIL + CHAT + HOOK, pages=True) as made:
        made.here.add("vera", Role.VIEWER)
        yield made


def page(shop: Alerted, path: str) -> str:
    shop.here.sign_in("vera")
    answer = shop.here.client.get(path, headers=PAGE)
    assert answer.status_code == 200
    return answer.text


def document(shop: Alerted) -> dict[str, Any]:
    answer = shop.here.client.get(API, headers=shop.here.token("vera", Role.VIEWER))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_page_shows_what_stands_what_was_told_and_what_failed(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.mail.says = {".": ""}
    shop.turn(6 * MINUTE)
    text = page(shop, "/set-up/alerts")
    assert "1 return: SKU &lt;b&gt;TEE&lt;/b&gt; has no item" in text
    assert "the answer was lost (SMTPServerDisconnected)" in text
    assert 'href="/attention/item_not_found-' in text
    assert text.count('class="badge ok">Sent') == 2
    assert text.count('class="badge warning">Unclear') == 1
    assert "Alerts by mail" in shop.here.client.get("/set-up", headers=PAGE).text


def test_what_is_well_is_no_trouble(shop: Alerted) -> None:
    assert "Alerts by" not in page(shop, "/set-up")
    text = page(shop, "/set-up/alerts")
    assert text.count('class="badge new">Unused') == 3


def test_a_program_is_shown_the_same(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.chat.answers = [500]
    shop.turn(6 * MINUTE)
    found = document(shop)
    assert [(one["channel"], one["kind"], one["state"]) for one in found["channels"]] == [
        ("mail", "email", "ok"),
        ("chat", "slack", "trouble"),
        ("hook", "webhook", "ok"),
    ]
    assert [one["to"] for one in found["channels"]] == ["anna@example.com", "127.0.0.1", "127.0.0.1"]
    assert [(one["title"], one["count"]) for one in found["standing"]] == [("1 return: SKU <b>TEE</b> has no item", 1)]
    assert sorted(one["state"] for one in found["messages"]) == ["sent", "sent", "unclear"]
    assert {one["rule"]: one["on"] for one in found["rules"]} == dict.fromkeys(
        ("attention", "waiting", "silent", "books"), True
    )


@pytest.mark.parametrize("path", ["/set-up", "/set-up/alerts", API])
def test_no_secret_is_shown(shop: Alerted, path: str) -> None:
    shop.chat.answers = [404]
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    text = page(shop, path)
    assert SECRET not in text
    assert "/services/" not in text


def test_the_figures_tell_what_is_left(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.mail.says = {".": ""}
    shop.hook.answers = [404]
    shop.turn(6 * MINUTE)
    told = shop.here.client.get("/metrics").text.splitlines()
    figures = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in told if "alert" in line[:18]}
    assert figures['ledgerloop_alerts{channel="mail",state="unclear"}'] == 1
    assert figures['ledgerloop_alerts{channel="hook",state="due"}'] == 1
    assert [figures[f'ledgerloop_alert_trouble{{channel="{one}"}}'] for one in ("mail", "chat", "hook")] == [1, 0, 1]


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    done = processes.command(folder / "ledgerloop.toml", "alerts", *words)
    return done.returncode, done.stdout, done.stderr


def written(folder: Path, server: str) -> None:
    database = f"sqlite:///{folder}/l.db"
    make_sqlite(folder / "l.db")
    (folder / "netsuite.pem").write_text(ec_key())
    text = CONFIG.format(database=database, public_url="https://returns.example.com", server=server)
    (folder / "ledgerloop.toml").write_text(text)


def test_a_test_goes_to_every_channel_and_says_which_did_not_take_it(tmp_path: Path) -> None:
    with mailbox() as mail, receiver() as chat, receiver() as hook:
        written(tmp_path, (MAIL + CHAT + HOOK).format(mail=mail.port, chat=chat.url, hook=hook.url))
        status, said, _ = run(tmp_path, "test")
        assert (status, said.count("sent")) == (0, 3)
        assert str(mail.letters[0]["Subject"]) == "[Ledgerloop] This is a test: alerts arrive here"
        assert json.loads(hook.posted[0].body)["kind"] == "test"
        chat.answers = [403]
        status, said, _ = run(tmp_path, "test", "--json")
        states = {one["channel"]: (one["state"], one["problem"]) for one in json.loads(said)["tried"]}
        assert (status, states["chat"]) == (1, ("failed", "it answered 403: no, thank you"))
        assert run(tmp_path, "test", "--channel", "hook")[0] == 0
        assert (len(mail.letters), len(chat.posted), len(hook.posted)) == (2, 2, 3)
        status, _, told = run(tmp_path, "test", "--channel", "pager")
        assert (status, told) == (3, "There is no channel pager.\n")
        status, said, _ = run(tmp_path, "list", "--json")
        assert (status, sorted(json.loads(said))) == (0, ["channels", "digest", "messages", "rules", "standing"])
        assert len(json.loads(said)["messages"]) == 7
        status, said, _ = run(tmp_path, "list")
        assert status == 0
        assert "trouble chat (slack) to 127.0.0.1: attention, waiting, silent, books; 1 failed" in said
        assert "/services/" not in said

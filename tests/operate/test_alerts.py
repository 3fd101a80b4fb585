"""Alerts: each cause is told once to each channel, with its returns and a link, and anew when it comes anew."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.clock import utc_now
from ledgerloop.operate.alerts import watch
from ledgerloop.operate.views import attention
from ledgerloop.operate.views.about import about_group
from ledgerloop.operate.views.attention import attention_groups
from ledgerloop.store.remarks import Remarks
from tests.support.alerting import CHAT, DAY, HOOK, HOUR, MAIL, MINUTE, SECRET, Alerted, alerted
from tests.support.project import ROOT

SKU = "SKU TEE-BLK-M has no item in NetSuite."


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Alerted]:
    with alerted(tmp_path) as made:
        yield made


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Alerted]:
    with alerted(tmp_path, channels=MAIL + CHAT + HOOK) as made:
        yield made


def test_a_cause_is_told_once_with_its_count_its_first_returns_and_a_link(three: Alerted) -> None:
    shop = three
    shop.needs(SKU, *(f"48{number:02}" for number in range(12)))
    shop.turns(HOUR)
    assert shop.letters == ["[Ledgerloop] 12 returns: SKU TEE-BLK-M has no item in NetSuite"]
    letter = shop.mail.letters[0]
    assert letter["To"] == "anna@example.com"
    lines = str(letter.get_content()).splitlines()  # type: ignore[attr-defined]
    assert lines[2:4] == ["To do: Mend it.", "4800, 4801, 4802, 4803, 4804 and 7 more"]
    assert lines[4].startswith("https://returns.example.com/attention/item_not_found-")
    (document,) = shop.documents
    (told,) = document["alerts"]
    assert (document["kind"], told["rule"], told["code"], told["count"]) == ("alert", "attention", "item_not_found", 12)
    assert told["returns"] == ["4800", "4801", "4802", "4803", "4804"]
    assert shop.texts[0].startswith("*12 returns: SKU TEE-BLK-M has no item in NetSuite*\n\n")
    assert shop.texts[0].endswith("|Open the page>")
    assert shop.counts() == (1, 1, 1)


def test_a_cause_that_grows_is_not_told_again(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turns(HOUR)
    shop.needs(SKU, "2", "3")
    shop.turns(HOUR)
    assert len(shop.told) == 1


def test_a_cause_must_have_stood_for_some_minutes(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turn(4 * MINUTE)
    assert len(shop.told) == 0
    shop.turn(2 * MINUTE)
    assert len(shop.told) == 1


def test_five_causes_at_once_are_five_messages_and_six_are_one(shop: Alerted) -> None:
    for number in range(5):
        shop.needs(f"Cause {number}", f"1{number}")
    shop.turn(6 * MINUTE)
    assert len(shop.told) == 5
    for number in range(6):
        shop.needs(f"Another {number}", f"2{number}")
    shop.turn(6 * MINUTE)
    titles = [one["title"] for one in shop.documents[5]["alerts"]]
    assert shop.told[5:] == [f"6 new causes, the first: {titles[0]}"]
    assert sorted(titles) == [f"1 return: Another {one}" for one in range(6)]
    assert len(shop.told) == 6


def test_a_flood_names_twenty_and_counts_the_rest(shop: Alerted) -> None:
    for number in range(30):
        shop.needs(f"Cause {number:02}", f"{number}")
    shop.turn(6 * MINUTE)
    (document,) = shop.documents
    assert (len(document["alerts"]), document["more"]) == (20, 10)


def test_a_cause_that_has_gone_and_comes_anew_is_told_anew(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    shop.is_well("1")
    shop.turns(2 * HOUR)
    shop.needs(SKU, "1")
    shop.turns(HOUR)
    assert len(shop.told) == 2
    assert len({one["id"] for one in shop.documents}) == 2


def test_a_cause_that_comes_back_within_the_hour_is_the_same(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    for _ in range(3):
        shop.is_well("1")
        shop.turns(50 * MINUTE, 25 * MINUTE)
        shop.needs(SKU, "1")
        shop.turn(6 * MINUTE)
    assert len(shop.told) == 1


def test_a_cause_that_larger_ones_push_out_of_sight_has_not_gone(
    shop: Alerted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (attention, watch):
        monkeypatch.setattr(module, "MOST_GROUPS", 2)
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    shop.needs("One", "21", "22")
    shop.needs("Another", "31", "32")
    shop.turns(3 * HOUR, 30 * MINUTE)
    shop.is_well("21", "22", "31", "32")
    shop.turns(3 * HOUR, 30 * MINUTE)
    assert sorted(shop.told) == [
        "1 return: SKU TEE-BLK-M has no item in NetSuite",
        "2 returns: Another",
        "2 returns: One",
    ]


def test_a_new_process_does_not_tell_again(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    shop.here.clock.pass_by(2 * DAY)
    shop.begin()
    shop.turns(HOUR)
    assert shop.told == ["1 return: SKU TEE-BLK-M has no item in NetSuite"]


def test_a_snoozed_group_is_told_when_the_snooze_ends(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turn()
    store, now = shop.here.parts.stores.store, shop.here.clock()
    group = about_group(shop_group(shop))
    with store.writing() as tx:
        Remarks(store).snooze(group, now.replace(hour=22), by="anna", at=now, tx=tx)
    shop.turns(2 * HOUR)
    assert len(shop.told) == 0
    shop.turns(3 * HOUR)
    assert len(shop.told) == 1


def shop_group(shop: Alerted) -> str:
    (group,) = attention_groups(shop.here.parts)
    return group.group


def test_what_waits_for_long_is_told_by_code(shop: Alerted) -> None:
    shop.stands("waiting", "order_not_fulfilled", "1", "2", text="not fulfilled")
    shop.turn(71 * HOUR)
    assert shop.told == []
    shop.stands("waiting", "order_not_fulfilled", "3", text="not fulfilled")
    shop.turn(2 * HOUR)
    ((told,),) = [one["alerts"] for one in shop.documents]
    assert told["title"] == "2 returns have waited for more than 72 hours: order_not_fulfilled"
    assert told["returns"] == ["1", "2"]
    assert told["url"] == "https://returns.example.com/returns?standing=waiting&code=order_not_fulfilled"


def test_after_a_start_what_waits_has_five_minutes_to_go_on(shop: Alerted) -> None:
    shop.stands("waiting", "order_not_fulfilled", "1", text="not fulfilled")
    shop.here.clock.pass_by(80 * HOUR)
    shop.begin()
    shop.turn(4 * MINUTE)
    assert shop.told == []
    shop.turn(2 * MINUTE)
    assert len(shop.told) == 1


def test_a_remote_that_is_not_read_is_told_once_while_that_lasts(shop: Alerted) -> None:
    shop.polled = False
    assert silence(shop, "loop", "netsuite") == ["Shopify was not read for 60 minutes"]
    assert silence(shop, "loop", "netsuite", "shopify") == []
    assert silence(shop, "shopify", "netsuite") == ["Loop was not read for 60 minutes"]


def silence(shop: Alerted, *read: str) -> list[str]:
    """What is told in two and a half hours in which these remotes are read."""
    before = len(shop.told)
    for _ in range(10):
        shop.read(*read)
        shop.turn(15 * MINUTE)
    return shop.told[before:]


def test_after_a_start_remotes_have_their_time_to_be_read(shop: Alerted) -> None:
    shop.polled = False
    shop.here.clock.pass_by(DAY)
    shop.begin()
    shop.turn(HOUR)
    assert shop.told == []
    shop.turn(MINUTE)
    assert len(shop.told) == 3


def test_a_silence_that_outlasts_a_restart_is_the_same(shop: Alerted) -> None:
    shop.polled = False
    shop.turn(2 * HOUR)
    assert len(shop.told) == 3
    shop.begin()
    shop.turns(3 * HOUR, 20 * MINUTE)
    assert len(shop.told) == 3


OFF = {"attention": "attention = false", "waiting": "waiting_hours = 0", "silent": "silent_minutes = 0"}


@pytest.mark.parametrize("rule", OFF)
def test_each_rule_can_be_switched_off(tmp_path: Path, rule: str) -> None:
    with alerted(tmp_path, OFF[rule]) as shop:
        shop.polled = False
        shop.needs(SKU, "1")
        shop.stands("waiting", "order_not_fulfilled", "2", text="not fulfilled")
        shop.turn(80 * HOUR)
        told = {one["rule"] for document in shop.documents for one in document["alerts"]}
        assert told == {"attention", "waiting", "silent"} - {rule}


def test_a_channel_hears_of_its_own_rules_alone(tmp_path: Path) -> None:
    with alerted(tmp_path, channels=f'{HOOK}\nrules = ["silent"]') as shop:
        shop.polled = False
        shop.needs(SKU, "1")
        shop.turn(2 * HOUR)
        assert len(shop.told) == 3
        assert "SKU" not in str(shop.told)


def test_signs_of_a_remote_call_nobody_in_the_chat(three: Alerted) -> None:
    shop = three
    shop.needs("<!channel> & <https://bad.example.com|click>", "1")
    shop.turn(6 * MINUTE)
    assert shop.texts[0].startswith("*1 return: &lt;!channel&gt; &amp; &lt;https://bad.example.com|click&gt;*")


def test_line_ends_of_a_remote_make_no_headers_of_a_letter(three: Alerted) -> None:
    shop = three
    shop.needs("Bad\r\nBcc: everybody@example.com", "1")
    shop.turn(6 * MINUTE)
    assert shop.letters == ["[Ledgerloop] 1 return: Bad Bcc: everybody@example.com"]
    assert shop.mail.letters[0]["Bcc"] is None


def test_without_a_public_address_there_is_no_link(tmp_path: Path) -> None:
    with alerted(tmp_path) as shop:
        shop.here.config = shop.here.config.model_copy(
            update={"server": shop.here.config.server.model_copy(update={"public_url": ""})}
        )
        shop.begin()
        shop.needs(SKU, "1")
        shop.turn(6 * MINUTE)
        assert shop.documents[0]["alerts"][0]["url"] == ""


def test_old_messages_are_forgotten_and_what_stands_is_not_told_again(shop: Alerted) -> None:
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    shop.turns(100 * DAY, 10 * DAY)
    assert shop.states() == []
    assert len(shop.told) == 1


def documented(language: str) -> str:
    """The example of the documentation in this language: how a signature is checked, or what a body looks like."""
    page = (ROOT / "docs" / "operate" / "alerts.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_documented_check_of_a_signature_takes_ours_and_no_other(shop: Alerted) -> None:
    names: dict[str, Any] = {}
    exec(documented("python"), names)
    shop.here.clock.now = utc_now()
    shop.needs(SKU, "1")
    shop.here.config = shop.here.config.model_copy(
        update={"alerts": shop.here.config.alerts.model_copy(update={"settle_minutes": 0})}
    )
    shop.begin()
    shop.turn(1)
    (one,) = shop.hook.posted
    headers = {name.title(): value for name, value in one.headers.items()}
    assert names["is_ours"](SECRET, headers, one.body)
    assert not names["is_ours"]("another", headers, one.body)
    assert not names["is_ours"](SECRET, headers, one.body + b" ")
    later = {**headers, "X-Ledgerloop-Timestamp": str(int(headers["X-Ledgerloop-Timestamp"]) + 1)}
    assert not names["is_ours"](SECRET, later, one.body)


def test_a_message_is_made_of_what_the_documentation_shows(shop: Alerted) -> None:
    shown = json.loads(documented("json"))
    shop.needs(SKU, "1")
    shop.turn(6 * MINUTE)
    (sent,) = shop.documents
    assert set(sent) == set(shown)
    assert set(sent["alerts"][0]) == set(shown["alerts"][0])

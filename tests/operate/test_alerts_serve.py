"""Alerts leave by themselves while `serve` or `work` runs."""

from pathlib import Path

from ledgerloop.clock import utc_now
from ledgerloop.store.outcomes import Outcome
from tests.support.alerting import HOOK
from tests.support.receiver import Receiver, receiver
from tests.support.serving import Running, wait_until
from tests.support.web import CONFIG, site

SERVER = "port = 0\n[alerts]\nsettle_minutes = 0\n"


def needing_a_person(folder: Path, database: str, hook: Receiver) -> Path:
    """The config of a shop in which one return needs a person, and whose remotes cannot be reached."""
    with site(database, folder) as here:
        now = utc_now()
        said = Outcome(
            "main", "1", "refund", "attention", "item_not_found", "No item.", "Mend it.", now, None, "No item."
        )
        here.parts.stores.outcomes.replace_all("main", "1", [said], now)
    file = folder / "ledgerloop.toml"
    file.write_text(CONFIG.format(database=database, public_url="", server=SERVER + HOOK.format(hook=hook.url)))
    return file


def test_serve_tells_what_needs_a_person(tmp_path: Path) -> None:
    with receiver() as hook, Running(needing_a_person(tmp_path, f"sqlite:///{tmp_path}/l.db", hook)):
        wait_until(lambda: hook.posted)
        assert b"1 return: No item" in hook.posted[0].body


def test_work_tells_it_when_it_has_the_duty(tmp_path: Path, postgres_url: str) -> None:
    with receiver() as hook, Running(needing_a_person(tmp_path, postgres_url, hook), "work", "Working"):
        wait_until(lambda: hook.posted)
        assert b"1 return: No item" in hook.posted[0].body

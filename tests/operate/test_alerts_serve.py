"""Alerts leave by themselves while `serve` or `work` runs."""

from pathlib import Path

from ledgerloop.clock import utc_now
from ledgerloop.store import open_store
from ledgerloop.store.outcomes import Outcome, Outcomes
from tests.support.alerting import HOOK
from tests.support.keys import ec_key
from tests.support.made import make_sqlite
from tests.support.receiver import Receiver, receiver
from tests.support.serving import Running, wait_until
from tests.support.web import CONFIG

SERVER = "port = 0\n[alerts]\nsettle_minutes = 0\n"


def needing_a_person(folder: Path, database: str, hook: Receiver) -> Path:
    """The config of a shop in which one return needs a person, and whose remotes cannot be reached."""
    store, now = open_store(database), utc_now()
    said = ("item_not_found", "No item.", "Mend it.", now, None, "No item.")
    Outcomes(store).replace_all("main", "1", [Outcome("main", "1", "refund", "attention", *said)], now)
    store.close()
    (folder / "netsuite.pem").write_text(ec_key())
    file = folder / "ledgerloop.toml"
    file.write_text(CONFIG.format(database=database, public_url="", server=SERVER + HOOK.format(hook=hook.url)))
    return file


def test_serve_tells_what_needs_a_person(tmp_path: Path) -> None:
    database = make_sqlite(tmp_path / "l.db")
    with receiver() as hook, Running(needing_a_person(tmp_path, database, hook)):
        wait_until(lambda: hook.posted)
        assert b"1 return: No item" in hook.posted[0].body


def test_work_tells_it_when_it_has_the_duty_and_shows_what_it_counts(tmp_path: Path, postgres_url: str) -> None:
    with (
        receiver() as hook,
        Running(needing_a_person(tmp_path, postgres_url, hook), "work --metrics-port 0", "Working") as worker,
    ):
        wait_until(lambda: hook.posted)
        assert b"1 return: No item" in hook.posted[0].body
        [address] = [line.split()[-1] for line in worker.said if line.startswith("Figures at ")]
        wait_until(lambda: "ledgerloop_remote_call_seconds_count{" in worker.client.get(address).text)

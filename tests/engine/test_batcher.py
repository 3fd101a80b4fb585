"""Reading in batches goes on after a fault, which is told to the cases that waited for that very batch."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledgerloop.engine.batcher import Batcher
from ledgerloop.engine.gather import Wanted
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.remotes.netsuite.reading import Reading
from ledgerloop.store.errors import DatabaseBusy
from tests.support.web import Site, site


class BusyAtFirst(Reading):
    """A reading during which the database is busy once."""

    def __init__(self) -> None:
        self.times = 0

    def orders(self, wanted: object) -> dict[str, list[dict[str, object]]]:
        self.times += 1
        if self.times == 1:
            raise DatabaseBusy("deadlock detected")
        return {}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as made:
        yield made


def test_a_batch_that_fails_is_told_to_its_cases_and_the_next_one_is_read(here: Site) -> None:
    shop = replace(here.parts.shops["main"], reading=BusyAtFirst())
    batcher = Batcher(here.parts, shop, patience_s=0.01)
    wish = [Wanted("58001", NeedsReading(Source.NETSUITE_ORDER, "58001"))]
    with batcher.working(expected=False):
        with pytest.raises(DatabaseBusy):
            batcher.read(wish, {})
        assert batcher.read(wish, {}) == {}
    batcher.close()

"""The page with requests and answers: of a return that was worked, and of a call that was never answered."""

from pathlib import Path

import pytest

from ledgerloop.remotes.ports import Call
from ledgerloop.store.evidence import CallLog
from ledgerloop.store.users import Role
from tests.support.many import fill, return_id
from tests.support.web import PAGE, site


@pytest.mark.parametrize(("status", "outcome", "shown"), [(204, "ok", "204"), (None, "netsuite_unclear", "unclear")])
def test_every_call_is_shown_with_how_it_ended(tmp_path: Path, status: int | None, outcome: str, shown: str) -> None:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as here:
        fill(here.parts.stores.store, 3, 3)
        here.add("vera", Role.VIEWER)
        here.sign_in("vera")
        asked = ("POST", "/services/rest/record/v1/customerRefund", status, outcome)
        calls = CallLog(here.parts.stores.store)
        calls.record(Call("main", "netsuite", here.clock(), 12, *asked, return_id(1), "{}", "<b>said</b>", write=True))
        calls.close()
        answer = here.client.get(f"/returns/main/{return_id(1)}/evidence", headers=PAGE)
        assert answer.status_code == 200
        assert shown in answer.text
        assert ("&lt;b&gt;said&lt;/b&gt;" in answer.text, "<b>said</b>" in answer.text) == (True, False)

"""Changing the list of people: what is refused, and that nothing of it happens then."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledgerloop.operate.people import roster
from ledgerloop.operate.people.passwords import hash_of, matches
from ledgerloop.operate.people.roster import PeopleProblem
from ledgerloop.store.users import Role
from tests.support.web import PASSWORD, SYSTEM, Site, site

DAY = timedelta(days=1)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as made:
        made.add("boss", Role.ADMIN, "")
        made.add("anna", Role.VIEWER, "")
        yield made


Act = Callable[[Site], object]


def add(name: str, password: str) -> Act:
    return lambda here: here.add(name, Role.VIEWER, password)


def disable(name: str) -> Act:
    return lambda here: roster.set_disabled(here.parts.stores, name, True, by=SYSTEM, at=here.clock())


def demote(name: str) -> Act:
    return lambda here: roster.set_role(here.parts.stores, name, Role.OPERATOR, by=SYSTEM, at=here.clock())


REFUSED: dict[str, tuple[Act, str]] = {
    "a short password": (add("ben", "elevenchars"), "fewer than 12 characters"),
    "a long password": (add("ben", "abcdef" * 43), "more than 256 characters"),
    "one letter only": (add("ben", "a" * 20), "too easy"),
    "the name as password": (add("benjaminfranklin", "BenjaminFranklin"), "too easy"),
    "a name of signs": (add("<ben>", PASSWORD), "A name has at most 64"),
    "a name that is taken": (add(" ANNA ", PASSWORD), "a user anna already"),
    "the last admin disabled": (disable("boss"), "the last admin"),
    "the last admin demoted": (demote("boss"), "the last admin"),
    "nobody": (disable("nobody"), "no user nobody"),
    "a token above its owner": (
        lambda here: roster.make_token(here.parts.stores, "anna", Role.ADMIN, DAY, "", by=SYSTEM, at=here.clock()),
        "cannot do more than its owner",
    ),
    "no such token": (
        lambda here: roster.revoke_token(here.parts.stores, "abc", by=SYSTEM, at=here.clock()),
        "no token abc",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_said_and_changes_nothing(here: Site, what: str) -> None:
    act, why = REFUSED[what]
    before = here.parts.stores.users.all()
    with pytest.raises(PeopleProblem, match=why):
        act(here)
    assert here.parts.stores.users.all() == before
    assert here.acts() == ["tests user_add"] * 2


def test_an_admin_who_is_not_the_last_can_go(here: Site) -> None:
    here.add("carl", Role.ADMIN, "")
    disable("boss")(here)
    with pytest.raises(PeopleProblem, match="the last admin"):
        demote("carl")(here)


def test_a_disabled_person_gets_no_link_and_loses_those_there_are(here: Site) -> None:
    stores, at = here.parts.stores, here.clock()
    secret = roster.make_link(stores, "anna", DAY, by=SYSTEM, at=at)
    disable("anna")(here)
    with pytest.raises(PeopleProblem, match="disabled"):
        roster.make_link(stores, "anna", DAY, by=SYSTEM, at=at)
    roster.set_disabled(stores, "anna", False, by=SYSTEM, at=at)
    assert stores.sign_in_links.whose(secret, at) == ""


def test_a_hash_fits_its_password_alone() -> None:
    kept = hash_of(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert kept != hash_of(PASSWORD)
    assert [matches(kept, one) for one in (PASSWORD, PASSWORD + " ", "", "x" * 300)] == [True, False, False, False]
    assert matches("", "") is False
    assert matches("not a hash", PASSWORD) is False

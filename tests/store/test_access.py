"""Users, sessions, tokens, links and counted failures, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from ledgerloop.store import Store
from ledgerloop.store.access_tables import api_tokens, sessions, sign_in_links
from ledgerloop.store.sessions import IDLE, LONGEST, NOTED_EVERY, Sessions
from ledgerloop.store.sign_in_failures import FIRST_WAIT, FORGOTTEN_AFTER, LONGEST_WAIT, SignInFailures
from ledgerloop.store.sign_in_links import SignInLinks
from ledgerloop.store.tokens import Tokens
from ledgerloop.store.users import Person, Role, Users
from tests.support.database import NOW, later


@pytest.fixture
def anna(store: Store) -> str:
    with store.writing() as tx:
        Users(store).add("anna", Role.OPERATOR, tx, at=NOW)
    return "anna"


def begin(store: Store, name: str = "anna") -> str:
    with store.writing() as tx:
        return Sessions(store).begin(name, "password", NOW, tx)


def test_each_role_covers_those_below() -> None:
    assert [[one.covers(other) for other in Role] for one in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_name_is_given_once(store: Store, anna: str) -> None:
    with store.writing() as tx:
        assert Users(store).add(anna, Role.ADMIN, tx, at=NOW) is False
    user = Users(store).get(anna)
    assert user is not None
    assert (user.role, user.has_password, user.disabled) == (Role.OPERATOR, False, False)


def test_what_is_changed_of_a_user(store: Store, anna: str) -> None:
    users = Users(store)
    with store.writing() as tx:
        assert users.change(anna, tx, at=later(5), role=Role.ADMIN, password_hash="h") is True
        assert users.change("nobody", tx, at=later(5), disabled=True) is False
    [user] = users.all()
    assert (user.role, user.has_password, user.changed_at) == (Role.ADMIN, True, later(5))
    assert users.password_hash(anna) == "h"
    assert users.password_hash("nobody") == ""


def test_a_session_is_found_by_its_secret_alone(store: Store, anna: str) -> None:
    secret = begin(store)
    assert Sessions(store).find(secret, later(1)) == Person(anna, Role.OPERATOR, "password")
    assert Sessions(store).find(secret[:-1], later(1)) is None
    with store.reading() as tx:
        assert secret not in str(tx.execute(select(sessions)).all())


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(store: Store, anna: str) -> None:
    secret, found = begin(store), Sessions(store)
    assert found.find(secret, NOW + IDLE) is None
    at = NOW
    while at < NOW + LONGEST - IDLE:
        at += IDLE - timedelta(seconds=1)
        assert found.find(secret, min(at, NOW + LONGEST - timedelta(seconds=1))) is not None
    assert found.find(secret, NOW + LONGEST) is None


def test_use_of_a_session_is_not_noted_at_every_look(store: Store, anna: str) -> None:
    secret, found = begin(store), Sessions(store)

    def seen_after(seconds: float) -> object:
        assert found.find(secret, later(seconds)) is not None
        with store.reading() as tx:
            return tx.execute(select(sessions.c.seen_at)).scalar_one()

    assert seen_after(1) == NOW
    assert seen_after(NOTED_EVERY.total_seconds()) == NOW + NOTED_EVERY


def test_a_session_knows_the_role_of_now_and_ends_with_the_user(store: Store, anna: str) -> None:
    secret = begin(store)
    with store.writing() as tx:
        Users(store).change(anna, tx, at=NOW, role=Role.VIEWER)
    person = Sessions(store).find(secret, NOW)
    assert person is not None
    assert person.role is Role.VIEWER
    with store.writing() as tx:
        Users(store).change(anna, tx, at=NOW, disabled=True)
    assert Sessions(store).find(secret, NOW) is None


def test_sessions_are_ended_one_or_all(store: Store, anna: str) -> None:
    first, second, third = (begin(store) for _ in range(3))
    with store.writing() as tx:
        Sessions(store).end(first, tx)
    assert [Sessions(store).find(one, NOW) is None for one in (first, second)] == [True, False]
    with store.writing() as tx:
        assert Sessions(store).end_all(anna, tx) == 2
    assert Sessions(store).find(third, NOW) is None


def test_a_token_does_no_more_than_its_owner_may(store: Store, anna: str) -> None:
    tokens = Tokens(store)
    with store.writing() as tx:
        made, text = tokens.make(anna, Role.OPERATOR, tx, at=NOW, expires_at=later(60), label="bi")
    assert tokens.find(text, NOW) == Person(anna, Role.OPERATOR, f"token {made.token_id}")
    with store.writing() as tx:
        Users(store).change(anna, tx, at=NOW, role=Role.VIEWER)
    person = tokens.find(text, NOW)
    assert person is not None
    assert person.role is Role.VIEWER
    with store.reading() as tx:
        assert text.rpartition("_")[2] not in str(tx.execute(select(api_tokens)).all())


def test_a_token_ends_by_time_by_revocation_and_with_its_owner(store: Store, anna: str) -> None:
    tokens = Tokens(store)
    with store.writing() as tx:
        made, text = tokens.make(anna, Role.VIEWER, tx, at=NOW, expires_at=later(60))
        _, other = tokens.make(anna, Role.VIEWER, tx, at=NOW, expires_at=later(60))
    assert tokens.find(text, later(60)) is None
    for wrong in ("", "llt", f"llt_{made.token_id}_", f"llt_{made.token_id}_x", text.replace("llt", "xyz"), text + "a"):
        assert tokens.find(wrong, NOW) is None
    with store.writing() as tx:
        assert tokens.revoke(made.token_id, NOW, tx) is True
        assert tokens.revoke(made.token_id, NOW, tx) is False
    assert [tokens.find(one, NOW) is None for one in (text, other)] == [True, False]
    with store.writing() as tx:
        Users(store).change(anna, tx, at=NOW, disabled=True)
    assert tokens.find(other, NOW) is None


def test_a_link_works_once_though_two_follow_it_at_once(store: Store, anna: str) -> None:
    links, used = SignInLinks(store), []
    with store.writing() as tx:
        secret = links.make(anna, tx, at=NOW, expires_at=later(60))
    assert links.whose(secret, NOW) == anna
    assert links.whose(secret, NOW) == anna

    def follow() -> None:
        with store.writing() as tx:
            used.append(links.use(secret, NOW, tx))

    both = [threading.Thread(target=follow) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(used) == [False, True]
    assert links.whose(secret, NOW) == ""
    with store.reading() as tx:
        assert secret not in str(tx.execute(select(sign_in_links)).all())


def test_a_link_runs_out_and_is_forgotten(store: Store, anna: str) -> None:
    links = SignInLinks(store)
    with store.writing() as tx:
        secret = links.make(anna, tx, at=NOW, expires_at=later(60))
    assert links.whose(secret, later(60)) == ""
    with store.writing() as tx:
        assert links.use(secret, later(60), tx) is False
        links.make(anna, tx, at=later(60), expires_at=later(120))
    with store.reading() as tx:
        assert len(tx.execute(select(sign_in_links)).all()) == 1


def test_failures_lock_for_longer_and_longer(store: Store) -> None:
    failures, at, waits = SignInFailures(store), NOW, []
    for _ in range(12):
        with store.writing() as tx:
            until = failures.failed("name anna", at, tx, free=2)
        waits.append((until - at) if until is not None else None)
        at = until or at
    doubled = [FIRST_WAIT * 2**n for n in range(7)]
    assert waits == [None, None, *doubled, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]


def test_a_lock_holds_for_one_of_several_and_ends(store: Store) -> None:
    failures = SignInFailures(store)
    with store.writing() as tx:
        until = failures.failed("address a", NOW, tx, free=0)
        failures.failed("name anna", NOW, tx, free=5)
    assert until is not None
    assert failures.locked_until(["name anna", "address a"], NOW) == until
    assert failures.locked_until(["name anna"], NOW) is None
    assert failures.locked_until(["address a"], until) is None


def test_failures_are_forgotten_on_request_and_after_a_day(store: Store) -> None:
    failures = SignInFailures(store)
    with store.writing() as tx:
        failures.failed("a", NOW, tx, free=1)
        failures.failed("b", NOW, tx, free=1)
        failures.forget(["a"], tx)
        assert failures.failed("a", NOW, tx, free=1) is None
        assert failures.failed("b", NOW + FORGOTTEN_AFTER, tx, free=1) is None

"""Signing in, by password, by link, by identity provider; and out.

Failures are counted by name and address, by name alone and by address alone; each locks for longer and longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import structlog

from ledgerloop.engine.parts import Stores
from ledgerloop.operate.people.names import name_of
from ledgerloop.operate.people.passwords import hash_of, is_outdated, matches
from ledgerloop.store.store import Transaction
from ledgerloop.store.users import Person, Role, User

FREE: Final = {"pair": 5, "address": 30, "name": 50}
"""Failures that do not lock: of a name at an address, of an address, of a name. The last is high, for who guesses
from many addresses must not keep a person out easily."""

Why = Literal["wrong", "locked", "link_over", "no_role", "name_taken", "disabled"]

log = structlog.get_logger("ledgerloop.people")


@dataclass(frozen=True)
class Let:
    """In: the secret of the new session, and who it is."""

    secret: str
    person: Person


@dataclass(frozen=True)
class Kept:
    """Not in: why, and until when nobody is let in."""

    why: Why
    until: datetime | None = None


@dataclass(frozen=True)
class Identity:
    """Who an identity provider says it is; `role` is None where none of their groups has one."""

    subject: str
    name: str
    role: Role | None


def by_password(stores: Stores, name: str, password: str, address: str, at: datetime) -> Let | Kept:
    """Sign in by name and password."""
    name = name_of(name)
    counts = {"pair": f"pair {name} {address}", "address": f"address {address}", "name": f"name {name}"}
    until = stores.sign_in_failures.locked_until(counts.values(), at)
    if until is not None:
        return Kept("locked", until)
    user = stores.users.get(name)
    kept = stores.users.password_hash(name) if user is not None and not user.disabled else ""
    if not matches(kept, password) or user is None:
        return _failed(stores, counts, name, address, at)
    rehashed = hash_of(password) if is_outdated(kept) else None
    with stores.store.writing() as tx:
        stores.sign_in_failures.forget((counts["pair"], counts["name"]), tx)
        if rehashed is not None:
            stores.users.change(name, tx, at=at, password_hash=rehashed)
        return _let(stores, user, "password", at, tx, address)


def by_link(stores: Stores, secret: str, address: str, at: datetime) -> Let | Kept:
    """Sign in by a link, which is used up."""
    user = stores.users.get(stores.sign_in_links.whose(secret, at))
    if user is None:
        return Kept("link_over")
    with stores.store.writing() as tx:
        if not stores.sign_in_links.use(secret, at, tx):
            return Kept("link_over")
        return _let(stores, user, "link", at, tx, address)


def by_identity(stores: Stores, identity: Identity, address: str, at: datetime) -> Let | Kept:
    """Sign in who an identity provider has let in; their role is what the provider says now."""
    if identity.role is None:
        return Kept("no_role")
    with stores.store.writing() as tx:
        user = stores.users.by_subject(identity.subject, tx) or _new(stores, identity, identity.role, at, tx)
        if user is None:
            return Kept("name_taken")
        if user.disabled:
            return Kept("disabled")
        if user.role is not identity.role:
            stores.users.change(user.name, tx, at=at, role=identity.role)
            detail = {"before": user.role, "after": identity.role}
            _note(stores, tx, user.name, "oidc", "user_role", at, detail)
        return _let(stores, user, "oidc", at, tx, address, identity.role)


def sign_out(stores: Stores, secret: str, person: Person, at: datetime) -> None:
    """End a session."""
    with stores.store.writing() as tx:
        stores.sessions.end(secret, tx)
        _note(stores, tx, person.name, person.via, "sign_out", at, {})


def replace_session(stores: Stores, secret: str) -> None:
    """End the session that a browser had before somebody signed in with it again; an unknown one is no matter."""
    with stores.store.writing() as tx:
        stores.sessions.end(secret, tx)


def _new(stores: Stores, identity: Identity, role: Role, at: datetime, tx: Transaction) -> User | None:
    """Put somebody on the list who comes for the first time; never takes over a name that is there."""
    name = name_of(identity.name)
    if not name or not stores.users.add(name, role, tx, at=at, subject=identity.subject):
        return None
    _note(stores, tx, name, "oidc", "user_add", at, {"role": role})
    return stores.users.get(name, tx)


def _let(
    stores: Stores, user: User, via: str, at: datetime, tx: Transaction, address: str, role: Role | None = None
) -> Let:
    secret = stores.sessions.begin(user.name, via, at, tx)
    stores.users.came_in(user.name, at, tx)
    _note(stores, tx, user.name, via, "sign_in", at, {"address": address})
    log.info("signed_in", name=user.name, via=via)
    return Let(secret, Person(user.name, role or user.role, via))


def _failed(stores: Stores, counts: dict[str, str], name: str, address: str, at: datetime) -> Kept:
    """Count; only locks go into the chain, so that guessing cannot fill it."""
    with stores.store.writing() as tx:
        locks = [stores.sign_in_failures.failed(whose, at, tx, free=FREE[what]) for what, whose in counts.items()]
        until = max((one for one in locks if one is not None), default=None)
        if until is not None:
            _note(stores, tx, name, "password", "sign_in_locked", at, {"address": address, "until": until})
    log.warning("sign_in_failed", address=address, locked=until is not None)
    return Kept("wrong" if until is None else "locked", until)


def _note(
    stores: Stores, tx: Transaction, name: str, via: str, act: str, at: datetime, detail: Mapping[str, object]
) -> None:
    stores.audit.note(tx, who=name, via=via, act=act, at=at, about=f"user {name}", detail=detail)

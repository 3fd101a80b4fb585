"""Changing the list of people, and what they come in with. Every change is in the audit chain."""

from datetime import datetime, timedelta
from typing import Any

from ledgerloop.engine.parts import Stores
from ledgerloop.operate.people.names import name_of
from ledgerloop.operate.people.passwords import fault_of, hash_of
from ledgerloop.store.store import Transaction
from ledgerloop.store.tokens import ApiToken
from ledgerloop.store.users import Person, Role, User


class PeopleProblem(Exception):  # noqa: N818  (named for what it is)
    """What was asked for cannot be done; the text says why and what to do."""


def add_user(stores: Stores, name: str, role: Role, password: str, *, by: Person, at: datetime) -> User:
    """Put a person on the list; without a password they come in by link or identity provider. Raises PeopleProblem."""
    wanted = name_of(name)
    if not wanted:
        said = "A name has at most 64 letters, digits and . _ @ + -, and begins with a letter or digit."
        raise PeopleProblem(said)
    kept = _hashed(password, wanted) if password else ""
    with stores.store.writing() as tx:
        if not stores.users.add(wanted, role, tx, at=at, password_hash=kept):
            said = f"There is a user {wanted} already."
            raise PeopleProblem(said)
        _note(stores, tx, by, "user_add", wanted, at, {"role": role})
        return _there(stores, wanted, tx)


def set_password(stores: Stores, name: str, password: str, *, by: Person, at: datetime) -> None:
    """Give a person a new password, sign them out everywhere and forget their links. Raises PeopleProblem."""
    user = _there(stores, name)
    kept = _hashed(password, user.name)
    with stores.store.writing() as tx:
        stores.users.change(user.name, tx, at=at, password_hash=kept)
        stores.sessions.end_all(user.name, tx)
        stores.sign_in_links.withdraw(user.name, tx)
        _note(stores, tx, by, "user_password", user.name, at, {})


def set_role(stores: Stores, name: str, role: Role, *, by: Person, at: datetime) -> None:
    """Give a person another role, at once. Raises PeopleProblem."""
    with stores.store.writing() as tx:
        user = _there(stores, name, tx)
        if role is not Role.ADMIN:
            _keep_an_admin(stores, user)
        stores.users.change(user.name, tx, at=at, role=role)
        _note(stores, tx, by, "user_role", user.name, at, {"before": user.role, "after": role})


def set_disabled(stores: Stores, name: str, disabled: bool, *, by: Person, at: datetime) -> None:
    """Keep a person out, or let them in again; their sessions end, their tokens rest. Raises PeopleProblem."""
    with stores.store.writing() as tx:
        user = _there(stores, name, tx)
        if disabled:
            _keep_an_admin(stores, user)
            stores.sessions.end_all(user.name, tx)
            stores.sign_in_links.withdraw(user.name, tx)
        stores.users.change(user.name, tx, at=at, disabled=disabled)
        _note(stores, tx, by, "user_disable" if disabled else "user_enable", user.name, at, {})


def sign_out_everywhere(stores: Stores, name: str, *, by: Person, at: datetime) -> int:
    """End every session of a person; gives how many there were. Raises PeopleProblem."""
    with stores.store.writing() as tx:
        user = _there(stores, name, tx)
        ended = stores.sessions.end_all(user.name, tx)
        _note(stores, tx, by, "user_sign_out", user.name, at, {"sessions": ended})
        return ended


def make_token(
    stores: Stores, name: str, role: Role, lasting: timedelta, label: str, *, by: Person, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token for a person's programs; its text is given only here. Raises PeopleProblem."""
    with stores.store.writing() as tx:
        user = _there(stores, name, tx)
        if not user.role.covers(role):
            said = f"{user.name} is {user.role}: a token cannot do more than its owner."
            raise PeopleProblem(said)
        made, text = stores.tokens.make(user.name, role, tx, at=at, expires_at=at + lasting, label=label)
        detail = {"token": made.token_id, "role": role, "expires_at": made.expires_at, "label": label}
        _note(stores, tx, by, "token_make", user.name, at, detail)
        return made, text


def revoke_token(stores: Stores, token_id: str, *, by: Person, at: datetime) -> ApiToken:
    """Take a token's power away. Raises PeopleProblem."""
    with stores.store.writing() as tx:
        token = stores.tokens.get(token_id, tx)
        if token is None or not stores.tokens.revoke(token_id, at, tx):
            said = f"There is no token {token_id} that could be revoked."
            raise PeopleProblem(said)
        _note(stores, tx, by, "token_revoke", token.name, at, {"token": token_id})
        return token


def make_link(stores: Stores, name: str, lasting: timedelta, *, by: Person, at: datetime) -> str:
    """Make a link that signs a person in once, and give its secret. Raises PeopleProblem."""
    with stores.store.writing() as tx:
        user = _there(stores, name, tx)
        if user.disabled:
            said = f"{user.name} is disabled."
            raise PeopleProblem(said)
        secret = stores.sign_in_links.make(user.name, tx, at=at, expires_at=at + lasting)
        _note(stores, tx, by, "link_make", user.name, at, {"expires_at": at + lasting})
        return secret


def _there(stores: Stores, name: str, tx: Transaction | None = None) -> User:
    user = stores.users.get(name_of(name), tx)
    if user is None:
        said = f"There is no user {name}."
        raise PeopleProblem(said)
    return user


def _keep_an_admin(stores: Stores, user: User) -> None:
    others = (one for one in stores.users.all() if one.name != user.name)
    if user.role is Role.ADMIN and not any(one.role is Role.ADMIN and not one.disabled for one in others):
        said = f"{user.name} is the last admin; make somebody else one first."
        raise PeopleProblem(said)


def _hashed(password: str, name: str) -> str:
    fault = fault_of(password, name)
    if fault:
        raise PeopleProblem(fault)
    return hash_of(password)


def _note(
    stores: Stores, tx: Transaction, by: Person, act: str, name: str, at: datetime, detail: dict[str, Any]
) -> None:
    stores.audit.note(tx, who=by.name, via=by.via, act=act, at=at, about=f"user {name}", detail=detail)

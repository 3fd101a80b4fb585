"""People who may use the pages and the API, their roles and how they prove who they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from ledgerloop.store.access_tables import users
from ledgerloop.store.sql import insert
from ledgerloop.store.store import Store, Transaction


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, wanted: "Role") -> bool:
        """Tell whether who has this role may do what `wanted` is asked for."""
        return _RANK[self] >= _RANK[wanted]

    def at_most(self, other: "Role") -> "Role":
        """Give the smaller of two roles."""
        return self if other.covers(self) else other


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True)
class Person:
    """Who asks: a user's name, what they may do now, and how they came in (`password`, `link`, `oidc`, `token ID`)."""

    name: str
    role: Role
    via: str


@dataclass(frozen=True)
class User:
    """A person on the list; `subject` is what an identity provider calls them, or empty."""

    name: str
    role: Role
    disabled: bool
    has_password: bool
    subject: str
    created_at: datetime
    changed_at: datetime
    last_in_at: datetime | None


class Users:
    """The list of people, by name in lower case."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, name: str, role: Role, tx: Transaction, *, at: datetime, password_hash: str = "", subject: str = ""
    ) -> bool:
        """Put a person on the list; False when the name is taken."""
        row = {"name": name, "role": role.value, "password_hash": password_hash, "subject": subject}
        added = insert(tx, users).values(**row, created_at=at, changed_at=at)
        return tx.execute(added.on_conflict_do_nothing().returning(users.c.name)).first() is not None

    def get(self, name: str, tx: Transaction | None = None) -> User | None:
        """Find a person by name."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(select(users).filter_by(name=name)).first()
        return None if row is None else _user(row)

    def by_subject(self, subject: str, tx: Transaction | None = None) -> User | None:
        """Find a person by what an identity provider calls them."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(select(users).filter_by(subject=subject)).first()
        return None if row is None else _user(row)

    def password_hash(self, name: str) -> str:
        """Give the hash of a person's password; empty for one without, or who is not on the list."""
        with self._store.reading() as tx:
            return str(tx.execute(select(users.c.password_hash).filter_by(name=name)).scalar() or "")

    def all(self) -> list[User]:
        """List everybody by name."""
        with self._store.reading() as tx:
            return [_user(row) for row in tx.execute(select(users).order_by(users.c.name))]

    def change(
        self,
        name: str,
        tx: Transaction,
        *,
        at: datetime,
        role: Role | None = None,
        disabled: bool | None = None,
        password_hash: str | None = None,
    ) -> bool:
        """Change what is given; False when nobody has this name."""
        values: dict[str, Any] = {"changed_at": at}
        if role is not None:
            values["role"] = role.value
        if disabled is not None:
            values["disabled"] = disabled
        if password_hash is not None:
            values["password_hash"] = password_hash
        return tx.execute(update(users).filter_by(name=name).values(**values)).rowcount > 0

    def came_in(self, name: str, at: datetime, tx: Transaction) -> None:
        """Note when a person signed in last."""
        tx.execute(update(users).filter_by(name=name).values(last_in_at=at))


def _user(row: Any) -> User:
    return User(
        row.name,
        Role(row.role),
        row.disabled,
        bool(row.password_hash),
        row.subject,
        row.created_at,
        row.changed_at,
        row.last_in_at,
    )

"""Who is signed in. The database knows a digest of each session's secret, never the secret."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update

from ledgerloop.store.access_tables import sessions, users
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.users import Person, Role

IDLE = timedelta(hours=8)
"""A session that was not used for so long has ended: a working day."""

LONGEST = timedelta(days=7)
"""A session ends after this, however much it is used."""

NOTED_EVERY = timedelta(minutes=5)
"""Use is noted this often at most: reading a page must not cost a write."""

SECRET_BYTES = 32
"""Bytes of randomness in a secret: so many that a plain digest of it needs no salt and no slow hash."""


def new_secret() -> str:
    """Make a secret that fits into a cookie, a header and an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """What is kept of a secret: SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions:
    """Sessions by the digest of their secret."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, name: str, via: str, at: datetime, tx: Transaction) -> str:
        """Begin a session and give its secret, which nobody can be told again; ends what has run out."""
        tx.execute(delete(sessions).where(_over(at)))
        secret = new_secret()
        tx.execute(sessions.insert().values(digest=digest_of(secret), name=name, via=via, began_at=at, seen_at=at))
        return secret

    def find(self, secret: str, at: datetime) -> Person | None:
        """Find who is signed in with this secret, with the role that they have now; notes that they were seen."""
        wanted = (
            select(sessions.c.name, sessions.c.via, sessions.c.seen_at, users.c.role)
            .join(users, users.c.name == sessions.c.name)
            .where(sessions.c.digest == digest_of(secret), users.c.disabled.is_(False), ~_over(at))
        )
        with self._store.reading() as tx:
            row = tx.execute(wanted).first()
        if row is None:
            return None
        if at - row.seen_at >= NOTED_EVERY:
            with self._store.writing() as tx:
                tx.execute(update(sessions).filter_by(digest=digest_of(secret)).values(seen_at=at))
        return Person(row.name, Role(row.role), row.via)

    def end(self, secret: str, tx: Transaction) -> None:
        """End a session."""
        tx.execute(delete(sessions).filter_by(digest=digest_of(secret)))

    def end_all(self, name: str, tx: Transaction) -> int:
        """End every session of a person; gives how many there were."""
        return tx.execute(delete(sessions).filter_by(name=name)).rowcount


def _over(at: datetime) -> ColumnElement[bool]:
    return or_(sessions.c.seen_at <= at - IDLE, sessions.c.began_at <= at - LONGEST)

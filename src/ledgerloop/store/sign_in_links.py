"""Links that sign a person in once. The database knows a digest of each secret, never the secret."""

from datetime import datetime

from sqlalchemy import delete, select, update

from ledgerloop.store.access_tables import sign_in_links, users
from ledgerloop.store.sessions import digest_of, new_secret
from ledgerloop.store.store import Store, Transaction


class SignInLinks:
    """Links by the digest of their secret."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(self, name: str, tx: Transaction, *, at: datetime, expires_at: datetime) -> str:
        """Make a link and give its secret; forgets those that have run out."""
        tx.execute(delete(sign_in_links).where(sign_in_links.c.expires_at <= at))
        secret = new_secret()
        row = {"digest": digest_of(secret), "name": name, "created_at": at, "expires_at": expires_at}
        tx.execute(sign_in_links.insert().values(**row))
        return secret

    def whose(self, secret: str, at: datetime) -> str:
        """Tell whom a link would sign in; empty when it signs in nobody. The link stays as it is."""
        wanted = (
            select(sign_in_links.c.name)
            .join(users, users.c.name == sign_in_links.c.name)
            .where(
                sign_in_links.c.digest == digest_of(secret),
                sign_in_links.c.used_at.is_(None),
                sign_in_links.c.expires_at > at,
                users.c.disabled.is_(False),
            )
        )
        with self._store.reading() as tx:
            return str(tx.execute(wanted).scalar() or "")

    def use(self, secret: str, at: datetime, tx: Transaction) -> bool:
        """Use a link up; False when somebody was quicker."""
        mine = update(sign_in_links).where(
            sign_in_links.c.digest == digest_of(secret),
            sign_in_links.c.used_at.is_(None),
            sign_in_links.c.expires_at > at,
        )
        return tx.execute(mine.values(used_at=at)).rowcount > 0

    def withdraw(self, name: str, tx: Transaction) -> None:
        """Forget every link of a person."""
        tx.execute(delete(sign_in_links).filter_by(name=name))

"""Tokens of the API: for programs, with a role and an end. The database knows a digest of each, never the token."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update

from ledgerloop.store.access_tables import api_tokens, users
from ledgerloop.store.sessions import NOTED_EVERY, digest_of, new_secret
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.users import Person, Role

PREFIX: Final = "llt"
"""How a token begins, so that one found in a wrong place is known for what it is."""


@dataclass(frozen=True)
class ApiToken:
    """What may be told of a token."""

    token_id: str
    name: str
    role: Role
    label: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Tokens:
    """Tokens by their id, the part of a token that is no secret."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(
        self, name: str, role: Role, tx: Transaction, *, at: datetime, expires_at: datetime, label: str = ""
    ) -> tuple[ApiToken, str]:
        """Make a token; its text is given here and never again."""
        token_id, secret = secrets.token_hex(6), new_secret()
        made = ApiToken(token_id, name, role, label, at, expires_at, None, None)
        row = {"token_id": token_id, "name": name, "role": role.value, "digest": digest_of(secret), "label": label}
        tx.execute(api_tokens.insert().values(**row, created_at=at, expires_at=expires_at))
        return made, f"{PREFIX}_{token_id}_{secret}"

    def find(self, text: str, at: datetime) -> Person | None:
        """Find whose token this is; it may do no more than its owner may now. Notes that it was used."""
        prefix, _, rest = text.partition("_")
        token_id, _, secret = rest.partition("_")
        wanted = (
            select(api_tokens, users.c.role.label("owners_role"))
            .join(users, users.c.name == api_tokens.c.name)
            .where(
                api_tokens.c.token_id == token_id,
                api_tokens.c.revoked_at.is_(None),
                api_tokens.c.expires_at > at,
                users.c.disabled.is_(False),
            )
        )
        with self._store.reading() as tx:
            row = tx.execute(wanted).first()
        if prefix != PREFIX or row is None or not hmac.compare_digest(row.digest, digest_of(secret)):
            return None
        if row.used_at is None or at - row.used_at >= NOTED_EVERY:
            with self._store.writing() as tx:
                tx.execute(update(api_tokens).filter_by(token_id=token_id).values(used_at=at))
        return Person(row.name, Role(row.role).at_most(Role(row.owners_role)), f"token {token_id}")

    def get(self, token_id: str, tx: Transaction | None = None) -> ApiToken | None:
        """Find a token by its id."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(select(api_tokens).filter_by(token_id=token_id)).first()
        return None if row is None else _token(row)

    def all(self, name: str = "") -> list[ApiToken]:
        """List the tokens of a person, or of everybody, the newest first."""
        wanted = select(api_tokens).order_by(api_tokens.c.created_at.desc(), api_tokens.c.token_id)
        with self._store.reading() as tx:
            return [_token(row) for row in tx.execute(wanted.filter_by(name=name) if name else wanted)]

    def revoke(self, token_id: str, at: datetime, tx: Transaction) -> bool:
        """Take a token's power away; False when it has none, or there is no such token."""
        gone = update(api_tokens).where(api_tokens.c.token_id == token_id, api_tokens.c.revoked_at.is_(None))
        return tx.execute(gone.values(revoked_at=at)).rowcount > 0


def _token(row: Any) -> ApiToken:
    return ApiToken(
        row.token_id,
        row.name,
        Role(row.role),
        row.label,
        row.created_at,
        row.expires_at,
        row.used_at,
        row.revoked_at,
    )

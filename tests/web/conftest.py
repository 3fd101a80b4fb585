"""Passwords hashed quickly: these tests are about who comes in, and make hundreds of hashes."""

import pytest
from argon2 import PasswordHasher

from ledgerloop.operate.people import passwords


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    monkeypatch.setattr(passwords, "_NOBODYS", quick.hash("a text that nobody keeps"))

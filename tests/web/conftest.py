"""Passwords hashed quickly, for these tests make hundreds; and the tokens of who may look and who may act.

Who asks for a token has a site `here` with Vera, a viewer, and Olga, an operator.
"""

import pytest
from argon2 import PasswordHasher

from ledgerloop.operate.people import passwords
from ledgerloop.store.users import Role
from tests.support.web import Site


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    monkeypatch.setattr(passwords, "_NOBODYS", quick.hash("a text that nobody keeps"))


@pytest.fixture
def viewer(here: Site) -> dict[str, str]:
    return here.token("vera", Role.VIEWER)


@pytest.fixture
def operator(here: Site) -> dict[str, str]:
    return here.token("olga", Role.OPERATOR)

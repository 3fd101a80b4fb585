"""Signing in by an identity provider, against one on loopback that is strict and can misbehave."""

from collections.abc import Iterator
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey

from ledgerloop.clock import utc_now
from ledgerloop.config import ConfigError, parse_config
from ledgerloop.operate.people import roster
from ledgerloop.store.users import Role
from tests.support.identity_provider import CLIENT, SECRET, IdentityProvider
from tests.support.web import CONFIG, PAGE, SYSTEM, Site, site

OIDC = """
[server.oidc]
issuer = "{issuer}"
client_id = "{client}"
client_secret = "{secret}"
label = "Example ID"
[server.oidc.roles]
admin = ["it"]
operator = ["warehouse", "finance"]
viewer = ["staff"]
"""

PUBLIC = "https://returns.example.com"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as made:
        yield made


@pytest.fixture
def here(tmp_path: Path, provider: IdentityProvider) -> Iterator[Site]:
    server = OIDC.format(issuer=provider.issuer, client=CLIENT, secret=SECRET)
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path, public_url=PUBLIC, server=server) as made:
        made.clock.now = utc_now()
        yield made


def to_provider(here: Site, there: str = "") -> str:
    """Ask to be signed in; gives the address of the provider that the browser is sent to."""
    answer = here.client.get("/sign-in/oidc", params={"next": there} if there else {}, headers=PAGE)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def from_provider(url: str) -> str:
    """Let the provider let the person in; gives the path that the browser comes back with."""
    back = httpx2.get(url, trust_env=False, follow_redirects=False).headers["location"]
    assert back.startswith(f"{PUBLIC}/sign-in/oidc/back?")
    return str(back.removeprefix(PUBLIC))


def come_in(here: Site, there: str = "") -> tuple[int, str, str]:
    answer = here.client.get(from_provider(to_provider(here, there)), headers=PAGE)
    return answer.status_code, answer.headers.get("location", ""), answer.text


def is_in(here: Site) -> bool:
    return here.client.get("/no-such-page").status_code == 404


def test_the_form_offers_the_provider(here: Site) -> None:
    text = here.client.get("/sign-in?next=/returns").text
    assert "Sign in with Example ID" in text
    assert 'href="/sign-in/oidc?next=%2Freturns"' in text


def test_somebody_new_comes_in_with_the_role_of_their_group(here: Site) -> None:
    assert come_in(here, "/returns?state=open")[:2] == (303, "/returns?state=open")
    assert is_in(here)
    [user] = here.parts.stores.users.all()
    assert (user.name, user.role, user.has_password) == ("dora", Role.OPERATOR, False)
    assert here.acts() == ["dora user_add", "dora sign_in"]


def test_the_question_carries_a_state_a_nonce_and_a_challenge(here: Site) -> None:
    first, second = (parse_qs(urlsplit(to_provider(here)).query) for _ in range(2))
    assert first["redirect_uri"] == [f"{PUBLIC}/sign-in/oidc/back"]
    assert first["scope"] == ["openid profile email"]
    assert [first[name] != second[name] for name in ("state", "nonce", "code_challenge")] == [True] * 3


@pytest.mark.parametrize(
    ("groups", "role"),
    [(["staff", "it", "finance"], Role.ADMIN), ("staff", Role.VIEWER), (["staff", "x"], Role.VIEWER)],
)
def test_the_largest_role_counts(here: Site, provider: IdentityProvider, groups: object, role: Role) -> None:
    provider.person["groups"] = groups
    assert come_in(here)[0] == 303
    assert [one.role for one in here.parts.stores.users.all()] == [role]


def test_another_group_is_another_role_at_the_next_sign_in(here: Site, provider: IdentityProvider) -> None:
    come_in(here)
    provider.person |= {"groups": ["staff"], "preferred_username": "dora.new"}
    come_in(here)
    assert [(one.name, one.role) for one in here.parts.stores.users.all()] == [("dora", Role.VIEWER)]
    assert "dora user_role" in here.acts()


@pytest.mark.parametrize("groups", [[], ["marketing"], None, 7])
def test_without_a_group_that_counts_nobody_comes_in(here: Site, provider: IdentityProvider, groups: object) -> None:
    provider.person["groups"] = groups
    status, _, text = come_in(here)
    assert (status, "no role here" in text) == (403, True)
    assert not is_in(here)
    assert here.parts.stores.users.all() == []


def test_nobody_takes_over_the_name_of_another(here: Site, provider: IdentityProvider) -> None:
    here.add("dora", Role.ADMIN)
    status, _, text = come_in(here)
    assert (status, "has your name already" in text) == (403, True)
    assert not is_in(here)


def test_a_disabled_person_stays_out(here: Site) -> None:
    come_in(here)
    here.client.cookies.clear()
    here.add("boss", Role.ADMIN)
    roster.set_disabled(here.parts.stores, "dora", True, by=SYSTEM, at=here.clock())
    assert come_in(here)[0] == 403
    assert not is_in(here)


BAD: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "somebody-else"},
    "another issuer": {"iss": "https://evil.example.com"},
    "another nonce": {"nonce": "old"},
    "no nonce": {"nonce": None},
    "run out": {"exp": int(time()) - 3600, "iat": int(time()) - 7200},
    "no subject": {"sub": None},
    "for another party": {"aud": [CLIENT, "other"], "azp": "other"},
}


@pytest.mark.parametrize("what", BAD)
def test_a_token_that_does_not_fit_lets_nobody_in(here: Site, provider: IdentityProvider, what: str) -> None:
    provider.claims = BAD[what]
    status, _, text = come_in(here)
    assert (status, "oidc_refused" in text) == (403, True)
    assert not is_in(here)


def test_a_token_that_somebody_else_signed_lets_nobody_in(here: Site, provider: IdentityProvider) -> None:
    provider.signs = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"})
    assert come_in(here)[0] == 403
    assert not is_in(here)


def test_keys_that_the_provider_has_changed_are_read_anew(here: Site, provider: IdentityProvider) -> None:
    assert come_in(here)[0] == 303
    assert come_in(here)[0] == 303
    assert provider.reads.count("/jwks") == 1
    provider.key = provider.signs = ECKey.generate_key("P-256", {"kid": "2", "use": "sig"})
    assert come_in(here)[0] == 303
    assert provider.reads.count("/jwks") == 2
    assert provider.reads.count("/.well-known/openid-configuration") == 1


def test_an_answer_that_was_not_asked_for_in_this_browser_lets_nobody_in(here: Site) -> None:
    back = from_provider(to_provider(here))
    here.client.cookies.clear()
    assert here.client.get(back).status_code == 403
    to_provider(here)
    assert here.client.get(back).status_code == 403
    assert here.client.get("/sign-in/oidc/back").status_code == 403
    assert not is_in(here)


def test_an_answer_works_once(here: Site) -> None:
    back = from_provider(to_provider(here))
    kept = dict(here.client.cookies)
    assert here.client.get(back).status_code == 303
    here.client.cookies.clear()
    here.client.cookies.update(kept)
    assert here.client.get(back).status_code == 403


def test_who_turns_back_at_the_provider_is_told_so(here: Site) -> None:
    to_provider(here)
    answer = here.client.get("/sign-in/oidc/back?error=access_denied&state=x", headers=PAGE)
    assert (answer.status_code, "did not work (oidc_refused)" in answer.text) == (403, True)


def test_a_provider_that_does_not_answer_is_told_of(here: Site, provider: IdentityProvider) -> None:
    provider.down = True
    answer = here.client.get("/sign-in/oidc", headers=PAGE)
    assert (answer.status_code, "oidc_unreachable" in answer.text) == (403, True)


def test_a_wrong_client_secret_is_a_refusal(tmp_path: Path, provider: IdentityProvider) -> None:
    server = OIDC.format(issuer=provider.issuer, client=CLIENT, secret="wrong")
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path, public_url=PUBLIC, server=server) as here:
        here.clock.now = utc_now()
        status, _, text = come_in(here)
        assert (status, "oidc_refused" in text, "wrong" in text) == (403, True, False)


@pytest.mark.parametrize(
    ("change", "code", "key"),
    [
        (("public_url = ", "# "), "config_missing", "server.public_url"),
        (('admin = ["it"]', 'boss = ["it"]'), "config_value", "server.oidc.roles.boss"),
        (
            ('issuer = "http://127.0.0.1', 'issuer = "http://id.example.com'),
            "config_insecure_url",
            "server.oidc.issuer",
        ),
        ((f'client_secret = "{SECRET}"', ""), "config_missing", "server.oidc.client_secret"),
    ],
)
def test_what_is_wrong_in_the_config_is_said(tmp_path: Path, change: tuple[str, str], code: str, key: str) -> None:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path):
        server = OIDC.format(issuer="http://127.0.0.1:9", client=CLIENT, secret=SECRET)
    text = CONFIG.format(database="sqlite:///l.db", public_url=PUBLIC, server=server).replace(*change)
    with pytest.raises(ConfigError) as problem:
        parse_config(text, {}, directory=tmp_path)
    assert [(one.code, one.key) for one in problem.value.problems] == [(code, key)]
    assert SECRET not in str(problem.value)

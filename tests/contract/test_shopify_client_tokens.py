"""Tokens by client credentials: cached, renewed in time, one request for many threads, no secret kept."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from ledgerloop.bootstrap import Outside, open_parts
from ledgerloop.config import load_config
from ledgerloop.outcome import CredentialsRefused, Refused, RemoteProblem, Throttled, Unreachable
from ledgerloop.remotes.shopify.auth import ClientCredentials, StaticToken
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop_sandbox.acts import ACTS
from tests.support.remotes import config_with_shopify
from tests.support.scripted import Asked, Scripted, answer
from tests.support.world_in_memory import URLS, MemoryWorld

SECRET = "shpss_fedcba9876543210"
TOKEN_PATH = "/admin/oauth/access_token"


def tokens_of(shopify: Scripted) -> ClientCredentials:
    return ClientCredentials(
        shopify.http("shopify", "https://example.myshopify.com"), "client-1", SECRET, shopify.time.clock
    )


def given(number: int, life_s: int = 86_399) -> httpx2.Response:
    return answer(200, {"access_token": f"shpat_token{number}", "scope": "read_orders", "expires_in": life_s})


def numbered() -> Scripted:
    """Gives a new token each time."""
    shopify = Scripted(respond=lambda asked: given(len(shopify.asked)))
    return shopify


def test_a_token_is_asked_for_once_and_kept() -> None:
    shopify = numbered()
    tokens = tokens_of(shopify)

    assert [tokens.token(), tokens.token()] == ["shpat_token1", "shpat_token1"]
    assert (len(shopify.asked), shopify.asked[0].path) == (1, TOKEN_PATH)
    assert shopify.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(shopify.asked[0].body) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client-1"],
        "client_secret": [SECRET],
    }


def test_a_token_is_renewed_at_80_percent_of_its_life() -> None:
    shopify = Scripted(respond=lambda asked: given(len(shopify.asked), 1000))
    tokens = tokens_of(shopify)

    tokens.token()
    shopify.time.sleep(799)
    assert tokens.token() == "shpat_token1"
    shopify.time.sleep(1)
    assert tokens.token() == "shpat_token2"


def test_many_threads_share_one_request_for_a_token() -> None:
    def respond(asked: Asked) -> httpx2.Response:
        time.sleep(0.05)
        return given(len(shopify.asked))

    shopify = Scripted(respond=respond)
    tokens = tokens_of(shopify)
    together = threading.Barrier(8)

    def take(_: int) -> str:
        together.wait()
        return tokens.token()

    with ThreadPoolExecutor(8) as pool:
        taken = set(pool.map(take, range(8)))

    assert (taken, len(shopify.asked)) == ({"shpat_token1"}, 1)


def test_many_threads_with_a_refused_token_renew_it_once() -> None:
    shopify = numbered()
    tokens = tokens_of(shopify)
    refused = tokens.token()

    with ThreadPoolExecutor(8) as pool:
        taken = set(pool.map(lambda _: tokens.renew(refused), range(8)))

    assert (taken, len(shopify.asked)) == ({"shpat_token2"}, 2)


def shop(good: set[str]) -> Scripted:
    """Gives tokens, and answers those in `good`."""
    counted: list[int] = []

    def respond(asked: Asked) -> httpx2.Response:
        if asked.path == TOKEN_PATH:
            counted.append(1)
            return given(len(counted))
        if asked.headers["x-shopify-access-token"] in good:
            return answer(200, {"data": {"order": None}})
        return answer(401, {"errors": "[API] Invalid API key or access token"})

    return Scripted(respond=respond)


def client_of(shopify: Scripted) -> ShopifyClient:
    http = shopify.http("shopify", "https://example.myshopify.com")
    return ShopifyClient(http, tokens_of(shopify), "2026-10", shopify.time.clock, sleep=shopify.time.sleep)


def test_a_refused_token_is_renewed_once_and_the_query_repeated() -> None:
    shopify = shop({"shpat_token2"})

    assert client_of(shopify).order_money("58") is None
    assert [asked.path == TOKEN_PATH for asked in shopify.asked] == [True, False, True, False]


def test_a_second_refusal_is_final() -> None:
    shopify = shop(set())

    with pytest.raises(CredentialsRefused) as caught:
        client_of(shopify).order_money("58")

    assert (caught.value.code, len(shopify.asked)) == ("shopify_credentials", 4)


def test_a_fixed_token_cannot_be_renewed() -> None:
    assert (StaticToken("shpat_1").token(), StaticToken("shpat_1").renew("shpat_1")) == ("shpat_1", None)


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (answer(400, {"error": "invalid_client"}), CredentialsRefused, "shopify_credentials"),
        (answer(401, {"error": "invalid_client"}), CredentialsRefused, "shopify_credentials"),
        (answer(403, text="no"), CredentialsRefused, "shopify_credentials"),
        (answer(404, {"errors": "Not Found"}), Refused, "shopify_wrong_address"),
        (answer(429, {}, retry_after="4"), Throttled, "shopify_throttled"),
        (answer(500, {}), Unreachable, "shopify_failed"),
        (answer(200, {"hello": 1}), Unreachable, "shopify_malformed"),
        (answer(200, text="<html>"), Unreachable, "shopify_malformed"),
        (httpx2.ReadTimeout("late"), Unreachable, "shopify_unclear"),
        (httpx2.ConnectError("refused"), Unreachable, "shopify_unreachable"),
    ],
)
def test_no_token_and_why(reply: Any, kind: type[RemoteProblem], code: str) -> None:
    with pytest.raises(kind) as caught:
        tokens_of(Scripted(reply)).token()

    assert caught.value.code == code


def test_a_refused_secret_is_told_with_shopifys_word_for_it() -> None:
    with pytest.raises(CredentialsRefused, match="invalid_client"):
        tokens_of(Scripted(answer(400, {"error": "invalid_client"}))).token()


def test_a_query_waits_for_a_token_that_comes_late() -> None:
    replies = [answer(503, {}), given(1), answer(200, {"data": {"order": None}})]
    shopify = Scripted(*replies)

    assert client_of(shopify).order_money("58") is None
    assert len(shopify.asked) == 3


def test_a_token_whose_life_is_not_told_is_kept_for_most_of_a_day() -> None:
    shopify = Scripted(answer(200, {"access_token": "shpat_1"}))
    tokens = tokens_of(shopify)

    tokens.token()
    shopify.time.sleep(60_000)
    tokens.token()
    assert len(shopify.asked) == 1
    shopify.time.sleep(10_000)
    tokens.token()
    assert len(shopify.asked) == 2


def test_neither_secret_nor_token_is_kept_as_evidence_or_shown() -> None:
    shopify = numbered()
    tokens = tokens_of(shopify)
    tokens.token()

    kept = repr(shopify.evidence.calls) + repr(tokens) + repr(vars(tokens)["_held"])
    assert "client_credentials" in kept
    assert [secret for secret in (SECRET, "shpat_token1") if secret in kept] == []


def test_a_shop_that_is_configured_with_both_keys_is_read_with_tokens_of_its_own(tmp_path: Path) -> None:
    memory = MemoryWorld(lambda _delivery: 200)
    order = ACTS["place_order"](memory.world)
    path, known = config_with_shopify(URLS["shopify"], tmp_path), memory.world.credentials()
    pair = f'client_id = "{known["shopify_client_id"]}"\nclient_secret = "{known["shopify_client_secret"]}"'
    path.write_text(path.read_text().replace('access_token = "x"', pair))

    outside = Outside(memory.clock, memory.clock.sleep, memory.transport)
    with open_parts(load_config(path, {}), outside=outside) as parts:
        found = parts.shops["main"].shopify.order_money(order["order_id"])

    assert (found or {}).get("name") == "#1001"

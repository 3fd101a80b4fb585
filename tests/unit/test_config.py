"""The config: the documented sample loads, its defaults hold, every mistake is reported at once without a secret."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledgerloop.config import CODES, Config, ConfigError, Problem, load_config, parse_config, render_problems
from tests.support.keys import ec_key

SAMPLES = Path(__file__).parent.parent / "samples" / "config"

ENV = {
    "LOOP_API_KEY": "loop-key",
    "LOOP_WEBHOOK_SECRET": "loop-hook",
    "SHOPIFY_TOKEN": "shpat_0001",
    "SHOPIFY_SECRET": "shopify-hook",
    "NS_CLIENT_ID": "netsuite-client",
    "NS_CERT_ID": "netsuite-certificate",
}

SMALLEST = """
[[shops]]
[shops.loop]
api_key = "k"
[shops.shopify]
domain = "example.myshopify.com"
access_token = "t"
[shops.netsuite]
account = "1234567"
consumer_key = "a"
consumer_secret = "b"
token_id = "c"
token_secret = "d"
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "netsuite.pem").write_text(ec_key())
    return tmp_path


def problems_of(text: str, directory: Path, env: dict[str, str] | None = None) -> dict[str, Problem]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, ENV if env is None else env, directory=directory)
    return {problem.key: problem for problem in caught.value.problems}


def load(text: str, directory: Path, env: dict[str, str] | None = None) -> Config:
    return parse_config(text, ENV if env is None else env, directory=directory)


def test_the_documented_sample_loads_unchanged(directory: Path) -> None:
    sample = directory / "ledgerloop.toml"
    sample.write_text((SAMPLES / "full.toml").read_text())
    config = load_config(sample, ENV)
    shop = config.shop("main")
    assert shop.loop.api_key.get_secret_value() == "loop-key"
    assert shop.netsuite.private_key is not None
    assert shop.netsuite.private_key.get_secret_value().startswith("-----BEGIN EC PRIVATE KEY-----")
    assert shop.netsuite.url == "https://1234567-sb1.suitetalk.api.netsuite.com"
    assert shop.netsuite.realm == "1234567_SB1"
    assert shop.netsuite.payment_methods == {"default": "9", "shopify_payments": "9", "loop_exchange_credit": "12"}
    assert shop.policy.variance_limit == Decimal("0.05")
    assert shop.policy.returns_from == date(2026, 1, 1)


def test_the_policy_of_the_documented_sample_is_the_default(directory: Path) -> None:
    documented = load((SAMPLES / "full.toml").read_text(), directory)
    smallest = load(SMALLEST, directory)
    assert smallest.shops[0].policy == documented.shops[0].policy
    assert smallest.poll == documented.poll
    assert smallest.shops[0].id == "main"
    assert smallest.shops[0].netsuite.concurrency == 2
    assert smallest.shops[0].netsuite.fields.order_reference == "otherRefNum"
    assert smallest.shops[0].netsuite.fields.sku == "itemid"
    assert smallest.shops[0].netsuite.fields.return_id == ""
    assert smallest.database.url.get_secret_value() == "sqlite:///ledgerloop.db"


def test_empty_means_not_set(directory: Path) -> None:
    text = SMALLEST.replace(
        'account = "1234567"', 'account = "1234567"\nbase_url = ""\nconcurrency = ""\ntime_zone = ""'
    )
    text += '[shops.policy]\nreturns_from = ""\nreceive = ""\n[shops.netsuite.fields]\norder_reference = ""\n'
    shop = load(text, directory).shops[0]
    assert (shop.netsuite.concurrency, shop.policy.receive) == (2, "both")
    assert shop.netsuite.fields.order_reference == ""


def test_loopback_may_be_plain_http(directory: Path) -> None:
    for host in ("127.0.0.1:9001", "localhost:9001", "[::1]:9001", "127.8.8.8"):
        text = SMALLEST.replace('api_key = "k"', f'api_key = "k"\nbase_url = "http://{host}/api/"')
        assert load(text, directory).shops[0].loop.base_url == f"http://{host}/api"


def test_no_secret_is_in_the_representation_of_a_config(directory: Path) -> None:
    url = "postgresql://ledger:hidden-word@db.example.com/ledger"
    sample = (SAMPLES / "full.toml").read_text().replace("sqlite:///ledgerloop.db", url)
    config = load(sample, directory)
    printed = repr(config) + config.model_dump_json()
    assert [
        secret for secret in ("loop-key", "loop-hook", "shpat_0001", "hidden-word", "BEGIN EC") if secret in printed
    ] == []
    assert config.database.shown_url == "postgresql://ledger:***@db.example.com/ledger"


MANY_MISTAKES = """
[database]
url = "mysql://root:hidden-password@db/ledger"

[server]
port = 80800
public_url = "http://returns.example.com"

[poll]
every_s = -5

[[shops]]
id = "main shop"
subsidary = "1"

[shops.loop]
api_key = "env:LOOP_KEY_MISSING"
base_url = "ftp://api.loopreturns.com"

[shops.shopify]
domain = "https://example.myshopify.com"
access_token = "shpat_hidden-token"
client_id = "abc"
client_secret = "hidden-client-secret"

[shops.netsuite]
account = "1234567"
client_id = "x"
certificate_id = "y"
private_key = "file:nowhere.pem"
concurrency = "many"
time_zone = "America/New_Yrok"

[shops.netsuite.payment_methods]
default = "Credit Card"

[shops.policy]
returns_from = "2026-02-30"
receive = "shopify"
variance_limit = "five cents"
write_reviewed = "yes"

[[shops.policy.refund_rules]]
gateway = "gift_card"
record = "by_hand"
"""

EXPECTED_CODES = {
    "database.url": "config_value",
    "server.port": "config_value",
    "server.public_url": "config_insecure_url",
    "poll.every_s": "config_value",
    "shops[0].id": "config_value",
    "shops[0].subsidary": "config_unknown_key",
    "shops[0].loop.api_key": "config_env_missing",
    "shops[0].loop.base_url": "config_value",
    "shops[0].shopify.domain": "config_value",
    "shops[0].shopify": "config_auth",
    "shops[0].netsuite.private_key": "config_file_unreadable",
    "shops[0].netsuite.concurrency": "config_type",
    "shops[0].netsuite.time_zone": "config_value",
    "shops[0].netsuite.payment_methods.default": "config_value",
    "shops[0].policy.returns_from": "config_value",
    "shops[0].policy.receive": "config_value",
    "shops[0].policy.variance_limit": "config_type",
    "shops[0].policy.write_reviewed": "config_type",
    "shops[0].policy.refund_rules[0].record": "config_value",
}


def test_every_mistake_is_reported_at_once_and_no_secret_is_printed(directory: Path) -> None:
    found = problems_of(MANY_MISTAKES, directory)
    assert {key: problem.code for key, problem in found.items()} == EXPECTED_CODES
    text = render_problems(list(found.values()))
    assert [key for key in EXPECTED_CODES if f"  {key}  [" not in text] == []
    assert re.findall("hidden[a-z-]*", text) == []
    assert all(problem.remedy for problem in found.values())


def test_messages_name_the_value_and_what_is_allowed(directory: Path) -> None:
    found = problems_of(MANY_MISTAKES, directory)
    assert found["database.url"].value == '"mysql://root:***@db/ledger"'
    assert found["shops[0].subsidary"].remedy == "Did you mean subsidiary?"
    assert found["shops[0].policy.receive"].value == '"shopify"'
    assert found["shops[0].policy.receive"].remedy == 'Allowed: "both", "netsuite" or "loop"'
    assert found["shops[0].netsuite.time_zone"].remedy == "Did you mean America/New_York?"
    assert found["shops[0].loop.api_key"].value == "env:LOOP_KEY_MISSING"
    assert found["server.port"].remedy == "Write at most 65535"


def test_a_key_in_the_wrong_section_is_sent_home(directory: Path) -> None:
    found = problems_of('writes = "off"\n' + SMALLEST, directory)
    assert found["writes"].remedy == "It belongs into [shops.policy]"


def test_a_secret_from_a_variable_is_shown_by_its_reference_only(directory: Path) -> None:
    text = SMALLEST.replace('api_key = "k"', 'api_key = "env:KEY"')
    found = problems_of(text, directory, {"KEY": "two words"})
    assert (found["shops[0].loop.api_key"].code, found["shops[0].loop.api_key"].value) == ("config_value", "env:KEY")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[server\nport = 1", "config, line 1, column 8"),
        ("[server]\nport = 1\nport = 2\n", "config, line 3, column 9"),
        ('[server]\nhost = "open', "config, the end of the file"),
    ],
)
def test_a_syntax_error_names_its_line(text: str, where: str, directory: Path) -> None:
    found = problems_of(text, directory)
    assert [(problem.key, problem.code) for problem in found.values()] == [(where, "config_syntax")]


def test_a_missing_file_names_the_remedy(directory: Path) -> None:
    with pytest.raises(ConfigError, match="ledgerloop init") as caught:
        load_config(directory / "none.toml", {})
    assert [problem.code for problem in caught.value.problems] == ["config_not_found"]


def test_a_file_that_is_not_text_is_refused(directory: Path) -> None:
    (directory / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="config_unreadable"):
        load_config(directory / "bad.toml", {})


def test_no_shop_at_all(directory: Path) -> None:
    assert problems_of("", directory)["shops"].code == "config_missing"
    assert problems_of("shops = []", directory)["shops"].code == "config_missing"
    assert problems_of('[shops]\nid = "main"', directory)["shops"].remedy == "Write [[shops]] with two brackets"


def test_two_shops_need_ids_and_prefixes_of_their_own(directory: Path) -> None:
    found = problems_of(SMALLEST + SMALLEST, directory)
    assert {key: problem.code for key, problem in found.items()} == {
        "shops[1].id": "config_duplicate",
        "shops[1].external_id_prefix": "config_duplicate",
    }
    second = SMALLEST.replace("[[shops]]", '[[shops]]\nid = "eu"\nexternal_id_prefix = "EU-"')
    assert [shop.id for shop in load(SMALLEST + second, directory).shops] == ["main", "eu"]


TBA = 'consumer_key = "a"\nconsumer_secret = "b"\ntoken_id = "c"\ntoken_secret = "d"\n'


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ("", "no credentials are given"),
        ('client_id = "x"\n', "certificate_id, private_key missing beside client_id"),
        ('consumer_key = "a"\ntoken_id = "c"\n', "consumer_secret, token_secret missing beside consumer_key, token_id"),
        (TBA + 'client_id = "x"\n', "both ways to authenticate are given"),
    ],
)
def test_netsuite_authenticates_in_exactly_one_way(credentials: str, words: str, directory: Path) -> None:
    found = problems_of(SMALLEST.replace(TBA, credentials), directory)
    assert found["shops[0].netsuite"].code == "config_auth"
    assert words in found["shops[0].netsuite"].problem


@pytest.mark.parametrize(
    ("credentials", "words"),
    [("", "no credentials are given"), ('client_secret = "s"', "client_secret is given but client_id is not")],
)
def test_shopify_authenticates_in_exactly_one_way(credentials: str, words: str, directory: Path) -> None:
    found = problems_of(SMALLEST.replace('access_token = "t"', credentials), directory)
    assert (found["shops[0].shopify"].code, found["shops[0].shopify"].problem) == ("config_auth", words)


@pytest.mark.parametrize(("access_token", "pair"), [("t", ("", "")), ("", ("app-1", "shpss_1"))])
def test_shopify_takes_a_token_or_both_keys_of_an_app(
    access_token: str, pair: tuple[str, str], directory: Path
) -> None:
    names = ("access_token", "client_id", "client_secret")
    given = "\n".join(f'{name} = "{value}"' for name, value in zip(names, (access_token, *pair), strict=True) if value)
    shopify = load(SMALLEST.replace('access_token = "t"', given), directory).shops[0].shopify
    secrets = (shopify.access_token, shopify.client_secret)
    token, secret = (one.get_secret_value() if one is not None else "" for one in secrets)
    assert (token, (shopify.client_id, secret)) == (access_token, pair)


def test_two_fields_may_not_share_a_script_id(directory: Path) -> None:
    fields = '[shops.netsuite.fields]\nflag = "custbody_x"\nreviewed = "CUSTBODY_X"\n'
    assert problems_of(SMALLEST + fields, directory)["shops[0].netsuite.fields.reviewed"].code == "config_conflict"


def test_a_refund_rule_that_never_applies_is_refused(directory: Path) -> None:
    rule = '{ gateway = "gift_card", record = "credit_memo" }'
    policy = f"[shops.policy]\nrefund_rules = [{rule}, {rule}]\n"
    found = problems_of(SMALLEST + policy, directory)
    assert found["shops[0].policy.refund_rules[1].gateway"].code == "config_conflict"


def test_exchanges_within_shopify_are_only_sent_where_nothing_is_doubled(directory: Path) -> None:
    field = '[shops.netsuite.fields]\norder_line_id = "custcol_line"\n'
    policy = '[shops.policy]\nnative_exchange = "order"\n'
    assert load(SMALLEST + field + policy, directory).shops[0].policy.native_exchange == "order"
    assert list(problems_of(SMALLEST + policy, directory)) == ["shops[0].netsuite.fields.order_line_id"]
    others = problems_of(SMALLEST + field + policy + 'order_channels = ["POS"]\n', directory)
    assert others["shops[0].policy.order_channels"].code == "config_conflict"


def test_a_refund_rule_cannot_refund_by_billing(directory: Path) -> None:
    policy = '[shops.policy]\nrefund_rules = [{ gateway = "x", record = "by_billing" }]\n'
    found = problems_of(SMALLEST + policy, directory)
    assert found["shops[0].policy.refund_rules[0].record"].remedy == 'Allowed: "cash_refund" or "credit_memo"'


def test_unknown_kinds_of_location_are_refused_and_known_ones_kept(directory: Path) -> None:
    good = '[shops.netsuite.locations]\ndefault = "7"\n"loop:123" = "8"\n"shopify:456" = 9\nquarantine = "10"\n'
    locations = load(SMALLEST + good, directory).shops[0].netsuite.locations
    assert locations == {"default": "7", "loop:123": "8", "shopify:456": "9", "quarantine": "10"}
    found = problems_of(SMALLEST + '[shops.netsuite.locations]\ndefualt = "7"\n', directory)
    assert "Did you mean default?" in found["shops[0].netsuite.locations"].remedy


def test_webhook_secrets_may_be_empty_but_not_blank(directory: Path) -> None:
    assert load(SMALLEST, directory).shops[0].loop.webhook_secrets == ()
    blank = SMALLEST.replace('api_key = "k"', 'api_key = "k"\nwebhook_secrets = ["env:BLANK"]')
    found = problems_of(blank, directory, {"BLANK": ""})
    assert found["shops[0].loop.webhook_secrets[0]"].code == "config_missing"


def test_one_channel_may_be_written_without_brackets(directory: Path) -> None:
    shop = load(SMALLEST + '[shops.policy]\norder_channels = "*"\n', directory).shops[0]
    assert shop.policy.order_channels == ("*",)


@pytest.mark.parametrize("value", ['"1735689600"', "1735689600", '"2026-1-1"', '"01/02/2026"', "2026-01-01T10:00:00Z"])
def test_only_iso_days_are_dates(value: str, directory: Path) -> None:
    found = problems_of(SMALLEST + f"[shops.policy]\nreturns_from = {value}\n", directory)
    assert found["shops[0].policy.returns_from"].code == "config_value"


@pytest.mark.parametrize("value", ['"-0.01"', "true", '"NaN"', '"1,50"'])
def test_bad_amounts_are_refused(value: str, directory: Path) -> None:
    found = problems_of(SMALLEST + f"[shops.policy]\nvariance_limit = {value}\n", directory)
    assert list(found) == ["shops[0].policy.variance_limit"]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/ledgerloop.db",
        "postgresql://u:p@db.example.com:5433/l",
        "postgresql:///l?host=/run/postgresql",
    ],
)
def test_databases_that_are_supported(url: str, directory: Path) -> None:
    assert load(f'database.url = "{url}"' + SMALLEST, directory).database.url.get_secret_value() == url


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql://db", "postgres://u@db/l", "ledger.db"]
)
def test_databases_that_are_not(url: str, directory: Path) -> None:
    assert problems_of(f'database.url = "{url}"' + SMALLEST, directory)["database.url"].code == "config_value"


def test_a_secret_of_the_wrong_kind_is_not_shown(directory: Path) -> None:
    text = SMALLEST.replace('api_key = "k"', "api_key = [4711]").replace('token_id = "c"', "token_id = 2024-01-01")
    found = problems_of(text, directory)
    assert found["shops[0].loop.api_key"].code == "config_type"
    assert "4711" not in render_problems(list(found.values()))
    assert found["shops[0].netsuite.token_id"].value == "***"


def test_every_code_is_described() -> None:
    assert set(EXPECTED_CODES.values()) <= set(CODES)
    assert all(meaning.endswith(".") for meaning in CODES.values())

"""A configuration with mistakes is refused whole, before anything starts, and names no secret."""

from pathlib import Path

from tests.acceptance.trade import Trade

MISTAKES = (
    ("every_s = 1", 'every_s = "often"', "poll.every_s"),
    ("lag_minutes = 15", "lag_minutes = -3", "poll.lag_minutes"),
    ('public_url = "https://returns.example.com"', 'public_url = "returns"', "server.public_url"),
    ("port = 0", "port = 99999", "server.port"),
    ('domain = "example.myshopify.com"', 'domain = "https://example"', "shops.main.shopify.domain"),
    ("concurrency = 2", "concurrency = 0", "shops.main.netsuite.concurrency"),
    ('time_zone = "America/New_York"', 'time_zone = "Mars/Olympus"', "shops.main.netsuite.time_zone"),
    ('exchange_credit = "901"', "exchange_credit = 901.5", "shops.main.netsuite.items.exchange_credit"),
    ('flag = "custbody_loop_flag"', 'flag = "loop flag!"', "shops.main.netsuite.fields.flag"),
    ('default = "7"', 'defualt = "7"', "shops.main.netsuite.locations"),
    ('private_key = "file:netsuite.pem"', 'private_key = "env:NO_SUCH_VARIABLE"', "shops.main.netsuite.private_key"),
)
"""Text, mistake, and what must be named."""


def test_twelve_mistakes_are_told_all_at_once_without_a_secret_and_with_status_2(trade: Trade) -> None:
    for text, mistake, _ in MISTAKES:
        trade.rewrite((text, mistake))
    trade.config.write_text(trade.config.read_text() + '\nreceive = "sometimes"\n')

    done = trade.command("sync")

    assert done.returncode == 2
    assert done.stdout == ""
    assert "12 problems" in done.stderr
    for named in (*(named for _, _, named in MISTAKES), "policy.receive"):
        assert named.removeprefix("shops.main.") in done.stderr, done.stderr
    credentials = trade.sandbox.urls["credentials"]
    for secret in ("loop_api_key", "loop_webhook_secret", "shopify_token", "shopify_client_secret"):
        assert credentials[secret] not in done.stderr
    assert trade.sandbox.log("loop")["requests"] == []


def test_a_database_that_cannot_be_used_ends_with_status_2_and_the_remedy(trade: Trade) -> None:
    (trade.folder / "ledgerloop.db").write_text("this is a letter to my aunt, not a database" * 30)

    done = trade.command("sync")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "database" in done.stderr


def test_a_missing_configuration_ends_with_status_2(trade: Trade) -> None:
    trade.config = Path(trade.folder / "nowhere.toml")

    done = trade.command("sync")

    assert done.returncode == 2
    assert "nowhere.toml" in done.stderr


def test_a_changed_prefix_is_refused_because_it_would_write_everything_twice(trade: Trade) -> None:
    trade.wants_back(trade.order())
    trade.sync()
    trade.rewrite(('id = "main"', 'id = "main"\nexternal_id_prefix = "B-"'))

    done = trade.command("sync")

    assert done.returncode == 2
    assert "external_id_prefix" in done.stderr
    assert len(trade.records()) == 1

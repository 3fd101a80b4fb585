"""A ledgerloop.toml for tests that need one remote alone: the others are nobody."""

from pathlib import Path

from tests.support.keys import ec_key
from tests.support.sandbox import CONFIG

NOBODY = "http://127.0.0.1:9"
SECRETS = (
    "loop_api_key",
    "loop_webhook_secret",
    "shopify_token",
    "shopify_client_secret",
    "netsuite_client_id",
    "netsuite_certificate_id",
)


def config_with_shopify(url: str, folder: Path, policy: str = "") -> Path:
    """Write a configuration whose Shopify is at this address."""
    (folder / "netsuite.pem").write_text(ec_key())
    path = folder / "ledgerloop.toml"
    values = {"database": f"sqlite:///{folder}/ledgerloop.db", "every_s": 1, "concurrency": 2, "policy": policy}
    remotes = {"loop": NOBODY, "netsuite": NOBODY, "shopify": url, "netsuite_account": "1234567"}
    path.write_text(CONFIG.format(**values, **remotes, **dict.fromkeys(SECRETS, "x")))
    return path

"""The configuration that fits the simulators."""

from pathlib import Path
from typing import Any

TEXT = """\
# A configuration for the sandbox: simulated Loop, Shopify and NetSuite on this machine.
[database]
url = "sqlite:///{folder}/ledgerloop.db"

[server]
port = {port}
public_url = "http://127.0.0.1:{port}"

[poll]
every_s = 5

[[shops]]
id = "main"

[shops.loop]
base_url = "{loop}/api"
api_key = "{loop_api_key}"
webhook_secrets = ["{loop_webhook_secret}"]

[shops.shopify]
domain = "example.myshopify.com"
base_url = "{shopify}"
access_token = "{shopify_token}"
webhook_secrets = ["{shopify_client_secret}"]

[shops.netsuite]
account = "{netsuite_account}"
base_url = "{netsuite}"
client_id = "{netsuite_client_id}"
certificate_id = "{netsuite_certificate_id}"
private_key = "file:netsuite.pem"
time_zone = "America/Los_Angeles"

[shops.netsuite.fields]
order_id = "custbody_shopify_order_id"
order_line_id = "custcol_shopify_line_id"
return_id = "custbody_loop_return_id"
flag = "custbody_loop_flag"
reviewed = "custbody_loop_reviewed"
reason = "custcol_loop_reason"

[shops.netsuite.items]
exchange_credit = "901"
gift_card = "902"
handling_fee = "903"
variance = "904"
loop_discount = "905"
order_discount = "906"
item_discount = "907"
bonus = "908"
shipping_refund = "909"

[shops.netsuite.accounts]
refund = "155"
exchange_clearing = "230"
upsell = "156"

[shops.netsuite.payment_methods]
default = "9"
shopify_payments = "9"
loop_exchange_credit = "12"

[shops.netsuite.locations]
default = "7"
quarantine = "9"

[shops.policy]
settle_s = 0    # exchange orders are sent as soon as they are seen
"""


def sandbox_config(announced: dict[str, Any], folder: Path, port: int = 8080) -> str:
    """A ledgerloop.toml for a running sandbox; NetSuite's key is written beside it, readable by this user only."""
    key = folder / "netsuite.pem"
    key.write_text(announced["credentials"]["netsuite_private_key"])
    key.chmod(0o600)
    return TEXT.format(**announced, **announced["credentials"], folder=folder.resolve(), port=port)

"""The text of a new `ledgerloop.toml`; `@name@` is replaced by an answer."""

from typing import Final

TEXT: Final = """\
# Ledgerloop. Any text may be env:NAME or file:PATH (relative to this file); secrets should be.
# An empty text means: not set. After a change: ledgerloop doctor

[database]
url = "sqlite:///ledgerloop.db"            # relative to the current directory; or postgresql://user@host/database

[server]
host = "127.0.0.1"
port = 8080
public_url = "@public_url@"                # what Loop and Shopify call; empty: no webhooks, the poll sees everything
behind_proxy = false                       # true: a proxy before it says in X-Forwarded-For who asks

[poll]
every_s = 60                               # seconds between two looks at each remote
lag_minutes = 15                           # every look reaches this far back before the last one

[alerts]                                   # what is told; 0 switches a rule off
attention = true                           # what newly needs a person, by root cause,
settle_minutes = 5                         # once it has stood for so long
waiting_hours = 72                         # what has waited for longer
silent_minutes = 60                        # a remote that was not read for so long
books_hours = 24                           # a difference in the books that nothing explains, after so long
clearing_days = 14                         # something left on the exchange clearing account, after so long
digest_at = ""                             # such as "07:30": a digest on days with news, by the clock of time_zone
digest_when_quiet = false                  # with digest_at: on other days too
time_zone = "UTC"
# Who is told: nobody, until there is a channel. Remove the # of those you want; then: ledgerloop alerts test
# [[alerts.email]]
# name = "finance"
# rules = ["attention", "waiting", "silent", "books"]    # all, if not given
# host = "smtp.example.com"
# security = "starttls"                    # or "tls"
# user = "ledgerloop"
# password = "env:SMTP_PASSWORD"
# sender = "ledgerloop@example.com"
# to = ["returns@example.com"]
# [[alerts.slack]]                         # or whatever takes {"text": "..."}
# name = "chat"
# url = "env:SLACK_URL"
# [[alerts.webhook]]                       # signed JSON
# name = "pager"
# url = "env:PAGER_URL"
# secret = "env:PAGER_SECRET"

[[shops]]
id = "@shop_id@"
subsidiary = ""                            # NetSuite internal id, for OneWorld accounts
external_id_prefix = ""                    # set it for every shop but the first, and never change it afterwards

# ---------------------------------------------------------------- Loop
[shops.loop]
base_url = "https://api.loopreturns.com/api"
api_version = "2026-07"
api_key = "env:LOOP_API_KEY"
webhook_secrets = ["env:LOOP_WEBHOOK_SECRET"]    # several while a secret is being changed; [] refuses Loop's webhooks

# ---------------------------------------------------------------- Shopify
[shops.shopify]
domain = "@domain@"
api_version = "2026-10"
access_token = "env:SHOPIFY_TOKEN"         # or client_id and client_secret
webhook_secrets = ["env:SHOPIFY_SECRET"]

# ---------------------------------------------------------------- NetSuite
[shops.netsuite]
account = "@account@"
client_id = "env:NS_CLIENT_ID"
certificate_id = "env:NS_CERT_ID"
private_key = "file:netsuite.pem"          # EC P-256, P-384, P-521, or RSA of 3072 bits and more
# Accounts with token-based authentication use these four instead of the three above:
# consumer_key = "env:NS_CONSUMER_KEY"
# consumer_secret = "env:NS_CONSUMER_SECRET"
# token_id = "env:NS_TOKEN_ID"
# token_secret = "env:NS_TOKEN_SECRET"
webhook_secrets = []                       # of a script in NetSuite that pushes changes; [] takes nothing
concurrency = 2                            # requests at the same time, all processes together
time_zone = ""                             # empty: the company's, read from NetSuite
default_customer = ""                      # internal id of the customer of anonymous store sales
tax_code = ""                              # SuiteTax: code and type of the taxes that Shopify charged on orders we send
tax_type = ""

# Fields by purpose. Only those named here are read or written; remove the # where the account has one.
[shops.netsuite.fields]
order_reference = "otherRefNum"            # holds the Shopify order name or id on orders, cash sales, invoices
sku = "itemid"
# order_id = "custbody_shopify_order_id"
# order_line_id = "custcol_shopify_line_id"
# return_id = "custbody_loop_return_id"
# flag = "custbody_loop_flag"              # checkbox: flag the return in Loop
# reviewed = "custbody_loop_reviewed"      # checkbox: the review has ended
# reason = "custcol_loop_reason"
# shopify_refund_id = "custbody_shopify_refund_id"
# sales_channel = "custbody_hc_sales_channel"
# original_order = "custbody_original_order"
# adopt = ["custbody_hc_loopreturn_id"]    # return-id fields that another connector has filled

# Items that carry what is not goods, by internal id.
[shops.netsuite.items]
exchange_credit = ""                       # posts to the exchange clearing account
gift_card = ""
handling_fee = ""
variance = ""                              # differences up to variance_limit
loop_discount = ""                         # discount item of exchange orders, posts to the clearing account
order_discount = ""
item_discount = ""
shipping_refund = ""                       # shipping given back; "": the record's own shipping cost
duties_refund = ""
bonus = ""                                 # expense of incentives
goodwill = ""                              # refunds without a return
custom_line = ""                           # order lines without a SKU
tip = ""

# Ledger accounts, by internal id.
[shops.netsuite.accounts]
refund = ""                                # where refunded money leaves
exchange_clearing = ""
upsell = ""

# Shopify gateway = internal id of the payment option. Without default, a gateway not listed here needs attention.
[shops.netsuite.payment_methods]
# default = "9"
# shopify_payments = "9"

# Shopify gateway = internal id of the account, where it is not the payment method's own.
[shops.netsuite.refund_accounts]

# Shopify gateway = item that posts to the account its money leaves from, for a cash refund paid through several.
# Gift cards and store credit need none: they stand on items.gift_card.
[shops.netsuite.payment_items]

# Currency code = NetSuite's internal id of it, so that nothing is posted in another currency than the order's.
[shops.netsuite.currencies]

[shops.netsuite.forms]
return_authorization_credit = ""           # internal ids of custom forms; empty: the preferred form
return_authorization_cash = ""

# default, quarantine, "loop:<destination id>", "shopify:<location id>" = internal id of the location.
[shops.netsuite.locations]
# default = "7"

# ---------------------------------------------------------------- How returns are treated
[shops.policy]
returns_from = "2026-01-01"                # older returns are left alone
statuses = ["open", "review", "closed"]    # Loop states that may create a return authorization
receive = "both"                           # who receives goods: "both", "netsuite" or "loop"
receive_when = "processed"                 # receipt in NetSuite when Loop has "processed", or the parcel is "delivered"
cancel_in_netsuite = true                  # cancelled in Loop: close the return authorization
cancel_in_loop = "cancel"                  # closed in NetSuite: "cancel" or "close" the return in Loop, or "off"
flag = "until_reviewed"                    # flag in Loop on every look until reviewed, or "once"
write_reviewed = true                      # set the reviewed field when Loop's review has ended
keep_item_reasons = []                     # reasons in Loop of goods that the shopper keeps
missing_units = "attention"                # units that do not come: "attention", or "remove" them in Loop
missing_after_days = 7                     # how long they are waited for after a partial receipt
expired_grace_days = 30                    # how long an expired return's authorization stays open; 0: for ever
refund_record = "by_billing"               # "by_billing", "cash_refund" or "credit_memo"
refund_rules = []                          # such as { gateway = "shopify_store_credit", record = "credit_memo" }
group_lines = true                         # units of one order line become one line
variance_limit = "0.05"                    # largest difference that may be put on the variance line
closed_period = "next_open"                # post into the next open period, or "hold"
refund_before_receipt = false              # needs NetSuite's preference Refund in Advance of Return
refunds_without_return = false             # also post Shopify refunds that belong to no Loop return
order_channels = ["LOOP_EXCH"]             # whose orders are sent to NetSuite; ["*"] for all
exchange_settlement = "discount"           # "discount" or "customer_deposit"
native_exchange = "hold"                   # exchanges within Shopify: "hold" them, or send them as an "order"
settle_s = 60                              # seconds an order rests before it is sent
writes = "on"                              # "off": a shadow run that writes nothing

# Single sign-on for the pages, by OpenID Connect; remove the # if you use it.
# [server.oidc]
# issuer = "https://id.example.com"
# client_id = "env:OIDC_CLIENT_ID"
# client_secret = "env:OIDC_CLIENT_SECRET"
# label = "Example ID"                     # what the sign-in page calls it
# scopes = ["openid", "profile", "email"]
# name_claim = "preferred_username"
# role_claim = "groups"
# [server.oidc.roles]
# admin = ["it"]                           # groups at the provider; "*" is everybody
# viewer = ["*"]

# Spans for OpenTelemetry (extra otel); remove the # if you use it.
# [tracing]
# endpoint = "http://127.0.0.1:4318/v1/traces"
# headers = { "x-api-key" = "env:OTLP_KEY" }

# Where `ledgerloop feed ... --sftp` puts orders for an import by CSV; remove the # if you use it.
# [shops.sftp]
# host = "sftp.example.com"
# port = 22
# user = "ledgerloop"
# known_hosts = "file:known_hosts"         # the server's own keys
# private_key = "file:feeds_key"           # or a password
# password = "env:SFTP_PASSWORD"
# folder = ""
"""
"""A file that loads as it is, once the environment variables it names are set."""

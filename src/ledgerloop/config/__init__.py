"""Read `ledgerloop.toml`: typed, checked whole, every mistake at once.

    config = load_config(Path("ledgerloop.toml"), os.environ)

`env:NAME` and `file:PATH` (relative to the config file) are resolved for any string. A config that is not good raises
`ConfigError` with all its problems; `render_problems` prints them. No secret is ever shown.
"""

from ledgerloop.config.load import load_config, parse_config
from ledgerloop.config.models import Config, Database, Poll, Server, Shop
from ledgerloop.config.policy import PolicyConfig, RefundRuleConfig
from ledgerloop.config.problems import CODES, ConfigError, Problem, render_problems
from ledgerloop.config.remotes import Accounts, Fields, Forms, Items, Loop, NetSuite, Shopify

__all__ = [
    "CODES",
    "Accounts",
    "Config",
    "ConfigError",
    "Database",
    "Fields",
    "Forms",
    "Items",
    "Loop",
    "NetSuite",
    "PolicyConfig",
    "Poll",
    "Problem",
    "RefundRuleConfig",
    "Server",
    "Shop",
    "Shopify",
    "load_config",
    "parse_config",
    "render_problems",
]

"""The config as a whole."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from ledgerloop.config.alerts import Alerts
from ledgerloop.config.feeds import Sftp
from ledgerloop.config.masking import mask_url
from ledgerloop.config.oidc import Oidc
from ledgerloop.config.policy import PolicyConfig
from ledgerloop.config.remotes import Loop, NetSuite, Shopify
from ledgerloop.config.section import Section
from ledgerloop.config.tracing import Tracing
from ledgerloop.config.values import (
    BindHost,
    DatabaseUrl,
    HttpUrl,
    InternalId,
    NonNegative,
    Port,
    Prefix,
    Seconds,
    ShopId,
    Truth,
    wrong,
)


class Database(Section):
    """Where everything is kept. A relative SQLite path is relative to the current directory."""

    url: DatabaseUrl = SecretStr("sqlite:///ledgerloop.db")

    @property
    def shown_url(self) -> str:
        """The address without its password, for logs and pages."""
        return mask_url(self.url.get_secret_value())


class Server(Section):
    """Where `ledgerloop serve` listens; port 0 takes a free one. `public_url` is what remotes call, or empty.

    `behind_proxy`: the last address of X-Forwarded-For is who asks.
    """

    host: BindHost = "127.0.0.1"
    port: Port = 8080
    public_url: HttpUrl = ""
    behind_proxy: Truth = False
    oidc: Oidc | None = None


class Poll(Section):
    """How often each remote is read, and how far a poll reaches back before its cursor."""

    every_s: Seconds = 60
    lag_minutes: NonNegative = 15


class Shop(Section):
    """One merchant: its Loop, Shopify and NetSuite, and how it wants returns to be treated."""

    id: ShopId = "main"
    subsidiary: InternalId = ""
    external_id_prefix: Prefix = ""
    loop: Loop
    shopify: Shopify
    netsuite: NetSuite
    policy: PolicyConfig = PolicyConfig()
    sftp: Sftp | None = None


def _not_empty(shops: tuple[Shop, ...]) -> tuple[Shop, ...]:
    if not shops:
        raise wrong("config_missing", "there is no shop", "Describe at least one shop with [[shops]]")
    return shops


class Config(Section):
    """`ledgerloop.toml`, checked. Frozen: a change needs a restart."""

    database: Database = Database()
    server: Server = Server()
    poll: Poll = Poll()
    alerts: Alerts = Alerts()
    tracing: Tracing = Tracing()
    shops: Annotated[tuple[Shop, ...], AfterValidator(_not_empty)]

    def shop(self, shop_id: str) -> Shop:
        """Find a shop by its id. Raises KeyError for one that is not configured."""
        for shop in self.shops:
            if shop.id == shop_id:
                return shop
        raise KeyError(shop_id)

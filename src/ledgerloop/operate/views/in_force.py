"""The configuration as it is in force, secrets hidden, and the versions of what runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from platform import python_version
from typing import Any, Final

from pydantic import BaseModel, SecretStr

from ledgerloop.config import Config
from ledgerloop.config.masking import MASK, is_secret_key, mask_url, shown
from ledgerloop.engine.parts import Parts

LIBRARIES: Final = ("ledgerloop", "dbos", "sqlalchemy", "starlette", "pydantic", "httpx2")
"""Whose versions a person is asked for when something is wrong."""


@dataclass(frozen=True)
class Setting:
    """One key of the configuration, with its section; a secret is shown as a mask."""

    section: str
    key: str
    value: str


@dataclass(frozen=True)
class ShopSetUp:
    """A shop; without `writes` it is a shadow run: everything but the writes."""

    shop: str
    writes: bool
    netsuite_account: str
    netsuite_concurrency: int
    shopify_domain: str


@dataclass(frozen=True)
class SetUp:
    """What runs here, and as what."""

    version: str
    versions: dict[str, str]
    database: str
    database_url: str
    public_url: str
    shops: tuple[ShopSetUp, ...]
    settings: tuple[Setting, ...]


def set_up(config: Config, parts: Parts) -> SetUp:
    """The configuration and the versions; nothing is asked for outside."""
    versions = {name: version(name) for name in LIBRARIES} | {"python": python_version()}
    return SetUp(
        version=versions["ledgerloop"],
        versions=versions,
        database=parts.stores.store.dialect,
        database_url=config.database.shown_url,
        public_url=config.server.public_url,
        shops=tuple(
            ShopSetUp(name, one.writes, one.links.netsuite_account, one.concurrency, one.links.shopify_domain)
            for name, one in parts.shops.items()
        ),
        settings=tuple(Setting(*_parted(key), value) for key, value in _settings("", config)),
    )


def _parted(key: str) -> tuple[str, str]:
    section, _, name = key.rpartition(".")
    return section, name


def _settings(key: str, value: object) -> Iterator[tuple[str, str]]:
    """Every key with its value, in the order of the file's sections; what is not set is left out."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _settings(f"{key}.{name}" if key else name, getattr(value, name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _settings(f"{key}.{name}", inner)
    elif isinstance(value, tuple | list) and any(isinstance(one, BaseModel) for one in value):
        for number, one in enumerate(value, start=1):
            yield from _settings(f"{key}[{getattr(one, 'id', number)}]", one)
    elif value not in (None, "", ()):
        yield key, _said(key, value)


def _said(key: str, value: Any) -> str:
    if isinstance(value, SecretStr):
        return mask_url(value.get_secret_value()) if key == "database.url" else MASK
    if isinstance(value, tuple | list | frozenset):
        some = list(value) if isinstance(value, tuple | list) else sorted(value)
        return ", ".join(_said(key, one) for one in some)
    if is_secret_key(key):
        return MASK
    return shown(key, value if isinstance(value, bool | int) else str(value)).strip('"')

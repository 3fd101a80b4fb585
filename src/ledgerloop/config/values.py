"""The kinds of value a config can hold, each with a check that says what is wrong and what to do."""

import ipaddress
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from ledgerloop.config.private_key import private_key_fault
from ledgerloop.config.suggest import did_you_mean

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")


def wrong(code: str, problem: str, remedy: str) -> PydanticCustomError:
    """Make the error that a validator raises; `load` turns it into a Problem."""
    return PydanticCustomError(code, "{problem}", {"problem": problem, "remedy": remedy})


def _matching(pattern: str, what: str, remedy: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise wrong("config_value", what, remedy)
        return value

    return check


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise wrong("config_type", "a number is expected, not true or false", "Write a number without quotes")
    return value


def _truth(value: object) -> object:
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise wrong("config_type", "true or false is expected", "Write true or false, without quotes")
    return value


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        raise wrong("config_value", "there is no such day", 'Write an existing date, such as "2026-01-31"') from None
    raise wrong("config_value", "this is not a date", 'Write year-month-day, such as "2026-01-31"')


def _amount(value: Decimal) -> Decimal:
    if value < 0:
        raise wrong("config_value", "an amount cannot be negative here", 'Write "0.00" or more')
    return value


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address never leaves this machine."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise wrong("config_value", "this is not an address", "Write one like https://host.example.com")


def _http_url(value: str) -> str:
    parts = _split(value)
    if parts.scheme not in ("http", "https"):
        raise wrong(
            "config_value", "the address does not start with https://", "Write one like https://host.example.com"
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise wrong(
            "config_insecure_url", "plain http is allowed on loopback only", "Write https:// instead of http://"
        )
    if parts.username is not None or parts.password is not None:
        raise wrong(
            "config_value", "an address may not carry a user name or password", "Remove what stands before the @"
        )
    if parts.query or parts.fragment:
        raise wrong("config_value", "an address may not carry ? or #", "Remove everything from there on")
    return value.rstrip("/")


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().strip()
    if not text:
        raise wrong("config_missing", "the value is empty", "Give the secret, best as env:NAME")
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise wrong(
            "config_value", "the secret holds spaces, line ends or characters that no such secret has", "Copy it again"
        )
    return SecretStr(text)


def _private_key(value: SecretStr) -> SecretStr:
    fault = private_key_fault(value.get_secret_value())
    if fault is not None:
        raise wrong("config_private_key", fault.problem, fault.remedy)
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        hint = did_you_mean(value, available_timezones())
        raise wrong(
            "config_value", "unknown time zone", hint or 'Write an IANA name, such as "America/New_York"'
        ) from None
    return value


def _database_url(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    scheme, _, rest = url.partition("://")
    if scheme not in ("sqlite", "postgresql", "postgresql+psycopg"):
        remedy = "Write sqlite:///ledgerloop.db or postgresql://user@host/database"
        raise wrong("config_value", "this database is not supported", remedy)
    if scheme == "sqlite" and (not rest.startswith("/") or rest in ("/", "/:memory:")):
        raise wrong("config_value", "the SQLite address names no file", "Write sqlite:///ledgerloop.db (three slashes)")
    if scheme != "sqlite":
        if not rest.startswith("/"):
            _split(url)
        if not urlsplit(url).path.strip("/"):
            raise wrong(
                "config_value", "the PostgreSQL address names no database", "Write postgresql://user@host/database"
            )
    return value


def _host_name(value: str) -> str:
    if _HOST.fullmatch(value) is None:
        hint = "Write the name alone, without https:// and without a path"
        raise wrong("config_value", "this is not a host name", hint)
    return value.lower()


def _bind_host(value: str) -> str:
    try:
        ipaddress.ip_address(value.strip("[]"))
    except ValueError:
        _host_name(value)
    return value.strip("[]")


ShopId = Annotated[
    str,
    AfterValidator(
        _matching(r"[A-Za-z0-9_-]{1,64}", "a shop id has letters, digits, _ and - only", 'Choose one like "main"')
    ),
]
Prefix = Annotated[
    str,
    AfterValidator(
        _matching(r"[A-Za-z0-9_-]{0,32}", "a prefix has letters, digits, _ and - only", 'Choose one like "EU-"')
    ),
]
InternalId = Annotated[
    str,
    AfterValidator(
        _matching(
            r"(-?\d{1,18})?", "a NetSuite internal id is a number", "Write the internal id, not the name, of the record"
        )
    ),
]
FieldName = Annotated[
    str,
    AfterValidator(
        _matching(
            r"([A-Za-z][A-Za-z0-9_]{0,63})?",
            "this is not the id of a NetSuite field",
            "Write the field's script id, such as custbody_loop_return_id",
        )
    ),
]
AccountId = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[A-Za-z0-9]{1,32}([_-][A-Za-z0-9]{1,16})?",
            "this is not a NetSuite account id",
            'Write it as in Setup > Company > Company Information, such as "1234567" or "1234567_SB1"',
        )
    ),
]
LoopVersion = Annotated[
    str,
    AfterValidator(_matching(r"\d{4}-(0[1-9]|1[0-2])", "this is not a Loop API version", 'Write one like "2026-07"')),
]
ShopifyVersion = Annotated[
    str,
    AfterValidator(
        _matching(
            r"\d{4}-(01|04|07|10)", "this is not a Shopify API version", 'Shopify has one a quarter, such as "2026-10"'
        )
    ),
]
CurrencyCode = Annotated[
    str,
    AfterValidator(_matching(r"[A-Z]{3}", "this is not a currency code", 'Write it as in ISO 4217, such as "CAD"')),
]
PlainText = Annotated[
    str,
    AfterValidator(
        _matching(r"[\x21-\x7e]+", "the value holds spaces or characters that no such id has", "Copy it again")
    ),
]
Words = Annotated[str, AfterValidator(_matching(r".*\S.*", "the text is empty", "Write it as Loop shows it"))]
Gateway = Annotated[
    str,
    AfterValidator(_matching(r".*\S.*", "the gateway is empty", "Write Shopify's gateway, such as shopify_payments")),
]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
HostName = Annotated[str, AfterValidator(_host_name)]
BindHost = Annotated[str, AfterValidator(_bind_host)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
PrivateKey = Annotated[SecretStr, AfterValidator(_private_key)]
Day = Annotated[date, BeforeValidator(_day)]
Amount = Annotated[Decimal, BeforeValidator(_number), AfterValidator(_amount)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Port = Annotated[int, BeforeValidator(_number), Field(ge=0, le=65535)]
Seconds = Annotated[float, BeforeValidator(_number), Field(gt=0, le=86_400, allow_inf_nan=False)]
NonNegative = Annotated[int, BeforeValidator(_number), Field(ge=0)]
Brief = Annotated[float, BeforeValidator(_number), Field(gt=0, le=60, allow_inf_nan=False)]
Span = Annotated[int, BeforeValidator(_number), Field(ge=0, le=10_000)]
Slots = Annotated[int, BeforeValidator(_number), Field(ge=1, le=100)]

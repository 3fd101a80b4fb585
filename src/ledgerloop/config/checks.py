"""What one value alone cannot show: names given twice, credentials, settings that contradict each other.

These checks read the raw document, so that they report together with everything else that is wrong.
"""

from collections.abc import Iterator, Mapping

from ledgerloop.config.checks_alerts import alert_checks
from ledgerloop.config.masking import shown
from ledgerloop.config.problems import Problem
from ledgerloop.config.resolve import Loc, key_path
from ledgerloop.domain.channels import LOOP_EXCH

Table = Mapping[str, object]

OAUTH2 = ("client_id", "certificate_id", "private_key")
"""Keys of NetSuite's OAuth 2.0 client credentials."""

TBA = ("consumer_key", "consumer_secret", "token_id", "token_secret")
"""Keys of NetSuite's token-based authentication."""

SEPARATE_FIELDS = ("order_id", "return_id", "flag", "reviewed", "shopify_refund_id", "original_order")
"""Fields of NetSuite's transactions that must not share one script id: what one writes the other would overwrite."""


def cross_checks(data: Table) -> Iterator[tuple[Loc, Problem]]:
    """Yield every contradiction with the place it is at."""
    yield from _server(_table(data, "server") or {})
    yield from alert_checks(_table(data, "alerts") or {})
    shops = data.get("shops")
    tables = [(position, shop) for position, shop in enumerate(shops if isinstance(shops, list) else []) if _is(shop)]
    yield from _same(tables, "id", "main", "two shops have the same id", "Give every shop an id of its own")
    yield from _same(
        tables,
        "external_id_prefix",
        "",
        "two shops would give their NetSuite records the same external ids",
        'Give every shop but the first a prefix of its own, such as "EU-"',
    )
    for position, shop in tables:
        at: Loc = ("shops", position)
        yield from _shopify(_table(shop, "shopify"), (*at, "shopify"))
        yield from _netsuite(_table(shop, "netsuite"), (*at, "netsuite"))
        yield from _fields(_table(_table(shop, "netsuite") or {}, "fields"), (*at, "netsuite", "fields"))
        yield from _refund_rules(_table(shop, "policy") or {}, (*at, "policy"))
        yield from _native_exchange(_table(shop, "policy") or {}, _table(shop, "netsuite") or {}, at)
        yield from _sftp(_table(shop, "sftp"), (*at, "sftp"))


def _server(server: Table) -> Iterator[tuple[Loc, Problem]]:
    if _table(server, "oidc") is not None and not _set(server, "public_url"):
        loc: Loc = ("server", "public_url")
        what = "the identity provider of [server.oidc] must know where to send people back to"
        yield loc, Problem("config_missing", key_path(loc), what, "Set it to the https:// address of this service")


def _is(value: object) -> bool:
    return isinstance(value, Mapping)


def _table(parent: object, key: str) -> Table | None:
    value = parent.get(key) if isinstance(parent, Mapping) else None
    return value if isinstance(value, Mapping) else None


def _set(table: Table, key: str) -> bool:
    value = table.get(key)
    return value is not None and not (isinstance(value, str) and not value.strip())


def _same(
    shops: list[tuple[int, object]], key: str, default: str, what: str, remedy: str
) -> Iterator[tuple[Loc, Problem]]:
    seen: dict[str, int] = {}
    for position, shop in shops:
        value = shop.get(key, default) if isinstance(shop, Mapping) else default
        name = str(value).strip() or default
        first = seen.setdefault(name.casefold(), position)
        if first != position:
            loc: Loc = ("shops", position, key)
            also = f"{what} (also {key_path(('shops', first, key))})"
            yield loc, Problem("config_duplicate", key_path(loc), also, remedy, shown(key, name))


def _native_exchange(policy: Table, netsuite: Table, at: Loc) -> Iterator[tuple[Loc, Problem]]:
    """Exchanges within Shopify are only sent where they are told from what others brought, and as Loop's orders."""
    if policy.get("native_exchange") != "order":
        return
    if not _set(_table(netsuite, "fields") or {}, "order_line_id"):
        loc: Loc = (*at, "netsuite", "fields", "order_line_id")
        what = 'policy.native_exchange = "order" finds by it what another connector brought already'
        yield loc, Problem("config_missing", key_path(loc), what, "Set it to the field of Shopify's line item id")
    channels = policy.get("order_channels", LOOP_EXCH)
    if not {LOOP_EXCH, "*"} & set(channels if isinstance(channels, list) else [channels]):
        loc = (*at, "policy", "order_channels")
        what = f'policy.native_exchange = "order" sends exchanges as orders of {LOOP_EXCH}'
        yield loc, Problem("config_conflict", key_path(loc), what, f'Add "{LOOP_EXCH}" to the list')


def _sftp(sftp: Table | None, at: Loc) -> Iterator[tuple[Loc, Problem]]:
    if sftp is not None and not _set(sftp, "private_key") and not _set(sftp, "password"):
        yield _auth(at, "neither private_key nor password is given", "Set private_key, best as file:PATH")


def _shopify(shopify: Table | None, at: Loc) -> Iterator[tuple[Loc, Problem]]:
    if shopify is None:
        return
    token, pair = _set(shopify, "access_token"), [key for key in ("client_id", "client_secret") if _set(shopify, key)]
    if token and pair:
        yield _auth(at, "access_token and client_id + client_secret are both given", "Keep one of the two")
    elif len(pair) == 1:
        missing = "client_secret" if pair == ["client_id"] else "client_id"
        yield _auth(at, f"{pair[0]} is given but {missing} is not", f"Set {missing} too, or use access_token alone")
    elif not token and not pair:
        yield _auth(at, "no credentials are given", "Set access_token, or client_id and client_secret")
    domain = shopify.get("domain")
    if isinstance(domain, str) and domain and not _set(shopify, "base_url") and _foreign(domain):
        remedy = "Write the shop's own domain, such as example.myshopify.com; others go into base_url"
        loc = (*at, "domain")
        what = "Shopify's API answers on .myshopify.com only"
        yield loc, Problem("config_value", key_path(loc), what, remedy, shown("domain", domain))


def _foreign(domain: str) -> bool:
    return "/" not in domain and not domain.strip().lower().endswith(".myshopify.com")


def _netsuite(netsuite: Table | None, at: Loc) -> Iterator[tuple[Loc, Problem]]:
    if netsuite is None:
        return
    oauth2, tba = [[key for key in keys if _set(netsuite, key)] for keys in (OAUTH2, TBA)]
    if oauth2 and tba:
        what = f"both ways to authenticate are given ({', '.join(oauth2)} and {', '.join(tba)})"
        yield _auth(at, what, f"Keep {', '.join(OAUTH2)} and remove the others, or the reverse")
    elif not oauth2 and not tba:
        yield _auth(at, "no credentials are given", f"Set {', '.join(OAUTH2)}, or for older accounts {', '.join(TBA)}")
    for given, keys in ((oauth2, OAUTH2), (tba, TBA)):
        missing = [key for key in keys if key not in given]
        if given and missing and not (oauth2 and tba):
            yield _auth(at, f"{', '.join(missing)} missing beside {', '.join(given)}", f"Set {', '.join(missing)} too")


def _auth(at: Loc, what: str, remedy: str) -> tuple[Loc, Problem]:
    return at, Problem("config_auth", key_path(at), what, remedy)


def _fields(fields: Table | None, at: Loc) -> Iterator[tuple[Loc, Problem]]:
    seen: dict[str, str] = {}
    for key in SEPARATE_FIELDS:
        name = (fields or {}).get(key)
        if not isinstance(name, str) or not name:
            continue
        first = seen.setdefault(name.lower(), key)
        if first != key:
            loc = (*at, key)
            what = f"{first} uses the same NetSuite field; one would overwrite the other"
            remedy = "Give each a field of its own"
            yield loc, Problem("config_conflict", key_path(loc), what, remedy, shown(key, name))


def _refund_rules(policy: Table, at: Loc) -> Iterator[tuple[Loc, Problem]]:
    rules = policy.get("refund_rules")
    seen: dict[str, int] = {}
    for position, rule in enumerate(rules if isinstance(rules, list) else []):
        gateway = rule.get("gateway") if isinstance(rule, Mapping) else None
        if not isinstance(gateway, str):
            continue
        first = seen.setdefault(gateway, position)
        if first != position:
            loc = (*at, "refund_rules", position, "gateway")
            what = f"refund_rules[{first}] names this gateway already; the first match wins, so this one never applies"
            yield (
                loc,
                Problem("config_conflict", key_path(loc), what, "Remove one of the two", shown("gateway", gateway)),
            )

"""Show an offending value without ever showing a secret."""

import re
from urllib.parse import urlsplit, urlunsplit

MASK = "***"
"""Stands for a secret in everything a person can read."""

LONGEST_SHOWN = 80
"""Characters of a value that are shown; the rest is cut, so that a pasted document does not fill the screen."""

_SECRET_NAME = re.compile(
    r"(secret|token|password|passwd|private|credential|api_?key|access_?key|consumer_key|client_id|certificate)", re.I
)
_SECRET_TEXT = re.compile(
    r"^(shp[a-z]{2}_|sk_|pk_|whsec_|eyJ)|-----BEGIN|^(?!cust(body|col|record|entity|item)_)[A-Za-z0-9+/=_-]{24,}$"
)
_SECRET_PLACE = re.compile(r"^alerts\.(slack|webhook)(\[\d+\])?\.url$")
_REFERENCE = re.compile(r"^(env|file):", re.I)


def is_secret_key(key: str) -> bool:
    """Tell whether a key path names something that must not be shown: by its last part, or by where it is."""
    named = _SECRET_NAME.search(re.sub(r"\[\d+\]$", "", key).rsplit(".", 1)[-1])
    return named is not None or _SECRET_PLACE.search(key) is not None


def shown(key: str, value: object, reference: str | None = None) -> str:
    """Render a value for a message. `reference` is the `env:`/`file:` it came from, shown instead of its content."""
    if reference is not None:
        return reference
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    secret = is_secret_key(key) or (isinstance(value, str) and _SECRET_TEXT.search(text) is not None)
    if secret and text and _REFERENCE.match(text) is None:
        return MASK
    text = mask_url(text).replace("\n", "\\n").replace("\r", "\\r")
    if len(text) > LONGEST_SHOWN:
        text = text[:LONGEST_SHOWN] + "..."
    return f'"{text}"' if isinstance(value, str) else text


def mask_url(url: str) -> str:
    """Replace the password of an address, and every query value, by a mask."""
    if "://" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.split("://", 1)[0] + "://" + MASK
    if not parts.netloc and not parts.query:
        return url
    netloc = parts.netloc
    if "@" in netloc:
        user, host = netloc.rsplit("@", 1)
        name, colon, _ = user.partition(":")
        netloc = f"{name}:{MASK}@{host}" if colon else f"{name}@{host}"
    query = re.sub(r"=[^&]*", f"={MASK}", parts.query)
    return urlunsplit(parts._replace(netloc=netloc, query=query))

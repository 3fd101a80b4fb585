"""Names of people: lower case, as in e-mail addresses."""

import re

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


def name_of(text: str) -> str:
    """Bring a name into the form that is kept; empty for what cannot be one."""
    name = text.strip().casefold()
    return name if _NAME.fullmatch(name) else ""

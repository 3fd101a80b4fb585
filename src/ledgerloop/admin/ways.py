"""Ways from what stands still to the page where it is mended."""

import re

KEYS = {
    "item_not_found": ("sku", re.compile(r"(?:no item|only an inactive item) for (\S+) “")),
    "gateway_unmapped": ("payment_method", re.compile(r"through “([^”]+)”")),
    "channel_unknown": ("source", re.compile(r"comes from “([^”]+)”")),
}
"""What is mapped, and where a finding's text names its key, by code."""


def mapping_of(code: str, text: str) -> dict[str, str]:
    """What a mapping would remedy: its kind and key; empty where none would."""
    kind, named = KEYS.get(code, ("", None))
    found = named.search(text) if named is not None else None
    return {"kind": kind, "key": found[1]} if found else {}

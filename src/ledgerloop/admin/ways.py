"""Ways from what stands still to the page where it is mended."""

from ledgerloop.domain.unmapped import wanted_mapping


def mapping_of(code: str, cause: str, shop: str = "") -> dict[str, str]:
    """What a mapping would remedy: its kind, key and shop; empty where none would."""
    wanted = wanted_mapping(code, cause)
    return {"kind": wanted[0], "key": wanted[1], "shop": shop} if wanted is not None else {}

"""Names of what people act on: a return, an order, or a group of findings."""

import hashlib

from ledgerloop.domain.case import ORDER_SUBJECT


def about_subject(shop: str, subject: str) -> str:
    """A return or an order, as comments, assignments and the audit chain name it."""
    if subject.startswith(ORDER_SUBJECT):
        return f"order:{shop}:{subject.removeprefix(ORDER_SUBJECT)}"
    return f"return:{shop}:{subject}"


def group_id(code: str, cause: str) -> str:
    """A group of findings: its code, and a short digest of the cause."""
    return f"{code}-{hashlib.sha256(cause.encode()).hexdigest()[:12]}"


def about_group(group: str) -> str:
    """A group, as comments, assignments and the audit chain name it."""
    return f"group:{group}"

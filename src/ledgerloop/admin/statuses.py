"""Status letters of NetSuite's records in words.

Source: docs.oracle.com, SuiteScript transaction status values, and SuiteAnalytics Connect (read 2026-11-21).
"""

_RETURN = (
    "Pending Approval",
    "Pending Receipt",
    "Cancelled",
    "Partially Received",
    "Pending Refund, Partially Received",
    "Pending Refund",
    "Refunded",
    "Closed",
)
_SALE = (
    "Pending Approval",
    "Pending Fulfillment",
    "Cancelled",
    "Partially Fulfilled",
    "Pending Billing, Partially Fulfilled",
    "Pending Billing",
    "Billed",
    "Closed",
)

WORDS: dict[str, dict[str, str]] = {
    "returnAuthorization": dict(zip("ABCDEFGH", _RETURN, strict=True)),
    "salesOrder": dict(zip("ABCDEFGH", _SALE, strict=True)),
    "invoice": {"A": "Open", "B": "Paid In Full", "V": "Voided"},
    "creditMemo": {"A": "Open", "B": "Fully Applied", "V": "Voided"},
    "customerDeposit": {"A": "Not Deposited", "B": "Deposited", "C": "Fully Applied"},
}
"""By record type; what is not listed has no words of its own."""


def status(letter: str, record_type: str) -> str:
    """A status in words; nothing where a letter says nothing."""
    if len(letter) != 1:
        return letter
    return WORDS.get(record_type, {}).get(letter, "")

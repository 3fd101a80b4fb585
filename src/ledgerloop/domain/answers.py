"""What a sync can answer to "what should be written next?". None means: not my business, or already as it should be."""

from dataclasses import dataclass
from typing import TypeAlias

from ledgerloop.domain.records import Draft
from ledgerloop.outcome import Attention, NeedsReading, Waiting


@dataclass(frozen=True)
class Write:
    """Write this draft; `reason` says why in one sentence."""

    draft: Draft
    reason: str


Answer: TypeAlias = Write | NeedsReading | Waiting | Attention | None

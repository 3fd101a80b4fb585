"""Guess what a person meant to write."""

from collections.abc import Iterable
from difflib import get_close_matches

CLOSE_ENOUGH = 0.7
"""Similarity from 0 to 1 above which a name is worth suggesting; lower ones suggest nonsense."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name as a question, or return nothing."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    nearest = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=CLOSE_ENOUGH)
    return f"Did you mean {by_folded[nearest[0]]}?" if nearest else ""


def any_of(allowed: Iterable[str]) -> str:
    """List what is allowed: `"a", "b" or "c"`."""
    quoted = [f'"{name}"' for name in allowed]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)

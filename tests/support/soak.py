"""Which cases of a table run in `make test`, and which in the soak alone."""

from collections.abc import Iterable
from typing import Any

import pytest


def rest_in_the_soak(cases: Iterable[str], *first: str) -> list[Any]:
    """These cases; all but `first` marked for the soak. Raises ValueError for a first one that there is not."""
    cases = list(cases)
    if missing := set(first) - set(cases):
        raise ValueError(f"no such case: {missing}")
    return [one if one in first else pytest.param(one, marks=pytest.mark.soak) for one in cases]

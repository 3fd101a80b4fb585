"""Columns of features that an account may not have: SuiteQL refuses a query that names one, and absent means no.

A refusal that quotes such a column is believed. How it is worded otherwise is documented nowhere: where it quotes none,
each column is tried alone, once, and nothing is left out that the account knows.
Source: docs.oracle.com, SuiteQL, unknown identifiers; columns of disabled features are not exposed (read 2026-11-21).
"""

import re
from collections.abc import Callable, Sequence

from ledgerloop.outcome import CredentialsRefused, Refused

_QUOTED = re.compile(r"['\"`‘“](?:\w+\.)?(\w+)['\"`’”]")


def quoted_in(refused: Refused, columns: Sequence[str]) -> list[str]:
    """Those of these columns (`alias.name`) that a refusal quotes."""
    quoted = set(_QUOTED.findall(f"{refused.message} {refused.detail}".lower()))
    return [one for one in columns if one.rpartition(".")[2] in quoted]


class OptionalColumns:
    """The columns that are still asked for."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._left = tuple(columns)
        self._tried = False

    @property
    def left(self) -> tuple[str, ...]:
        """Those that the account is not known to lack."""
        return self._left

    def learn(self, refused: Refused, ask: Callable[[Sequence[str]], object]) -> None:
        """Leave out what the account lacks; raises the refusal again where it is about something else.

        `ask` runs the refused query with these optional columns only, in a way that finds nothing.
        """
        if isinstance(refused, CredentialsRefused):
            raise refused
        lacking = quoted_in(refused, self._left) or self._try_each(refused, ask)
        if not lacking:
            raise refused
        self._left = tuple(one for one in self._left if one not in lacking)

    def _try_each(self, refused: Refused, ask: Callable[[Sequence[str]], object]) -> list[str]:
        if self._tried:
            return []
        if not _answers(ask, ()):
            raise refused
        lacking = [one for one in self._left if not _answers(ask, (one,))]
        self._tried = True
        return lacking


def _answers(ask: Callable[[Sequence[str]], object], columns: Sequence[str]) -> bool:
    try:
        ask(columns)
    except CredentialsRefused:
        raise
    except Refused:
        return False
    return True

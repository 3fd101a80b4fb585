"""A return in the shopper's currency: Loop's other view of it laid over the one in the shop's.

Source: docs.loopreturns.com, return details, currency_type (read 2026-11-21). What currency the view then names is not
documented: the caller says which it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ledgerloop.domain.returns import Return
from ledgerloop.remotes.loop.parse import parse_return

Body = dict[str, Any]


def in_currency(returns: Sequence[Return], views: Mapping[str, Body], currency: str) -> tuple[Return, ...]:
    """The same returns in the shopper's currency, if all of them are known in it; else as they are.

    A view that shows other units than the return has now is older or newer than it, and is not taken.
    """
    try:
        return tuple(
            one if one.unreadable else in_presentment(one, views[one.loop_return_id], currency) for one in returns
        )
    except (KeyError, ValueError):
        return tuple(returns)


def in_presentment(return_: Return, body: Body, currency: str) -> Return:
    """The same return with the amounts of its presentment view. Raises ValueError where that shows other units."""
    seen = parse_return(None, {**body, "currency": currency})
    if [one.loop_line_id for one in seen.lines] != [one.loop_line_id for one in return_.lines]:
        raise ValueError(f"the presentment view of Loop return {return_.loop_return_id} shows other units")
    return replace(
        return_,
        currency=currency,
        lines=seen.lines,
        totals=seen.totals,
        exchanges=seen.exchanges,
        in_shop=return_,
    )

"""What is open about a return, and since when: goods on their way, credits to come, exchanges half done, questions.

None of it is a difference. Source: rulebook section 9.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from ledgerloop.books.words import Comparison, OpenItem, Reason, Said
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money


def open_items(seen: Comparison, said: Sequence[Said]) -> Iterator[OpenItem]:
    """Everything that is open about one subject."""
    yield from seen.open_items
    return_ = next(iter(seen.of_kind(Kind.RETURN)), None)
    if return_ is not None:
        yield from _goods(seen, return_)
    worth = return_.amount("return_total") if return_ is not None else Money.zero(seen.currency)
    for one in said:
        if one.kind == "attention":
            yield OpenItem(Reason("needs_attention"), worth, one.since, f"{one.code}: {one.text}")


def _goods(seen: Comparison, return_: Fact) -> Iterator[OpenItem]:
    authorized, worth = seen.of_kind(Kind.AUTHORIZATION), return_.amount("return_total")
    coming = any(one.is_open for one in authorized)
    received = [one for one in authorized if one.name("received") not in ("", "0")]
    credited = seen.of_kind(Kind.CREDIT)
    asked_on = date.fromisoformat(return_.name("asked_on"))
    if coming and not credited and return_.is_open:
        yield OpenItem(Reason("in_transit"), worth, asked_on, "The goods are on their way back.")
    if received and not credited:
        text = "The goods were received; they are not credited yet."
        yield OpenItem(Reason("received_not_credited"), worth, _received_on(received) or asked_on, text)
    if coming and credited:
        text = "The goods are credited; not all of them were received."
        yield OpenItem(
            Reason("credited_not_received"), worth, min((one.on for one in credited if one.on), default=None), text
        )


def _received_on(received: Sequence[Fact]) -> date | None:
    dates = [one.name("received_on") for one in received if one.name("received_on")]
    return date.fromisoformat(max(dates)) if dates else None

"""What the API takes and gives, beyond what the views are made of."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import Header, Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from ledgerloop.operate.acts import LONGEST_TEXT
from ledgerloop.operate.views.paging import MOST

YEARS: Final = (2000, 2100)
"""Years that a moment may lie in."""


def _plain(text: str) -> str:
    """Texts that a database and a page can hold: no control characters but line ends, no halves of characters."""
    if any((ord(one) < 32 and one not in "\n\r\t") or 0xD800 <= ord(one) <= 0xDFFF for one in text):
        raise ValueError("holds characters that are no text")
    return text


def _near(moment: datetime) -> datetime:
    if not YEARS[0] <= moment.year < YEARS[1]:
        raise ValueError(f"lies outside {YEARS[0]} to {YEARS[1]}")
    return moment


Text = Annotated[str, AfterValidator(_plain), Field(max_length=200)]
LongText = Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=LONGEST_TEXT)]
Moment = Annotated[AwareDatetime, AfterValidator(_near)]
ShopId = Annotated[Text, Path(description="A shop of the configuration.")]
ReturnId = Annotated[Text, Path(description="Loop's id of the return.")]
OrderId = Annotated[Text, Path(description="Shopify's id of the order.")]
GroupId = Annotated[Text, Path(description="A group as `/attention` names it.")]
Cursor = Annotated[Text, Query(description="`next_cursor` of the page before; empty for the first.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Rows of the page.")]
Key = Annotated[
    Annotated[str, Field(max_length=200, pattern=r"^[!-~]*$")],
    Header(alias="Idempotency-Key", description="A key of your own: asked again with it, nothing is done twice."),
]


class Given(BaseModel):
    """A body; what is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Reason(Given):
    """Why."""

    reason: LongText


class Said(Given):
    """A comment."""

    text: LongText


class To(Given):
    """Who looks after it; empty: nobody."""

    to: Text


class Until(Given):
    """Until when it is put off; null: not any more."""

    until: Moment | None


class MappingGiven(Given):
    """A mapping; `shop` empty: for every shop. Without a value it is taken away."""

    kind: Text
    key: Annotated[Text, Field(min_length=1)]
    value: Text | None
    shop: Text = ""


class Problem(BaseModel):
    """What is wrong. Source: RFC 9457, problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[dict[str, Any]] = []


class Done(BaseModel):
    """What was done, as it was answered the first time."""

    model_config = ConfigDict(extra="allow")


class Count(BaseModel):
    """How many match; `more`: there are more than were counted."""

    count: int
    more: bool


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a path may answer with, for its description."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    about: Mapping[int, str] = {
        304: "It is as it was: the ETag given fits.",
        400: "The body or the cursor cannot be read.",
        401: "Nobody is signed in.",
        403: "The role does not allow it.",
        404: "There is no such thing.",
        409: "It cannot be done as things stand.",
        422: "What was given is not allowed.",
    }
    found: dict[int | str, dict[str, Any]] = {}
    for one in statuses:
        found[one] = {"description": about[one], **({} if one == 304 else {"content": content})}
    return found


def thousandths(amount: Decimal | None) -> int | None:
    """An amount as lists compare it."""
    return int(amount * 1000) if amount is not None else None

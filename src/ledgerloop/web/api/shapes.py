"""What the API takes and gives, beyond what the views are made of."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from fastapi import Header, Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from ledgerloop.operate.acts import LONGEST_TEXT
from ledgerloop.operate.views.paging import MOST
from ledgerloop.operate.views.release import Release
from ledgerloop.store.mappings import Change

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


MappingName = Annotated[Text, Query(min_length=1, description="The key, as `GET /mappings` names it.")]
FileForm = Literal["xml", "csv", "toml"]

MOST_CHARACTERS: Final = 4_000_000
"""Of a file of mappings that is sent."""


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


class FileGiven(Given):
    """A file of mappings: entity XML, CSV or TOML; `form` empty for what its name and content say."""

    text: Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=MOST_CHARACTERS)]
    name: Text = ""
    shop: Text = ""
    form: Literal["", "xml", "csv", "toml"] = ""


class Remarked(BaseModel):
    """Something about a line of a file (0: the whole file); with a code it is why the file is refused."""

    line: int
    what: str
    code: str = ""
    remedy: str = ""


class LookedAt(BaseModel):
    """What a file would change. With problems it would be refused as a whole."""

    records: int
    changes: list[Change]
    remarks: list[Remarked]
    problems: list[Remarked]
    release: Release


class WebhookRow(BaseModel):
    """A subscription that is there or wanted; `here`: it calls this service, `made`: it was made by it."""

    shop: str
    remote: str
    what: str
    state: str
    url: str
    wanted: bool
    here: bool
    made: bool


class FailedWebhook(BaseModel):
    """What could not be listed, and why."""

    shop: str
    remote: str
    what: str
    url: str
    code: str
    problem: str
    remedy: str


class Webhooks(BaseModel):
    """The webhooks as the remotes show them."""

    public_url: str
    can_be_called: bool
    rows: list[WebhookRow]
    failed: list[FailedWebhook]


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
        412: "It has changed since it was seen.",
        422: "What was given is not allowed.",
        503: "The database is busy; try again.",
    }
    found: dict[int | str, dict[str, Any]] = {}
    for one in statuses:
        found[one] = {"description": about[one], **({} if one == 304 else {"content": content})}
    return found


def thousandths(amount: Decimal | None) -> int | None:
    """An amount as lists compare it."""
    return int(amount * 1000) if amount is not None else None

"""A request and an answer of the REST services, free of any web framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from .errors import Refused, invalid_content, invalid_request

RESOURCE = "application/vnd.oracle.resource+json"
"""Media type of records; `type=create-form` in Accept asks for a preview. Source: docs.oracle.com
article_0717100858 (read 2026-11-21)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request; header names are lower case, `base` is scheme and host."""

    method: str
    path: str
    query: str
    base: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def params(self) -> dict[str, str]:
        """Query parameters."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def url(self) -> str:
        """The complete address."""
        return f"{self.base}{self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def strict_names(self) -> bool:
        """Tell whether unknown property names are refused (default: skipped with a warning)."""
        return self.headers.get("x-netsuite-propertynamevalidation", "Warning").lower() == "error"

    @property
    def wants_form(self) -> bool:
        """Tell whether a create-form is asked for instead of a new record."""
        return "type=create-form" in self.headers.get("accept", "").replace(" ", "").lower()

    @property
    def replaced(self) -> set[str]:
        """Sublists named in ?replace=."""
        return {name for name in self.params.get("replace", "").split(",") if name}

    def json(self) -> Any:
        """Read the body; an empty one is an empty object. Raises `Refused`."""
        if not self.body.strip():
            return {}
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise invalid_content("Invalid JSON in the request body.") from error

    def paging(self) -> tuple[int, int]:
        """Limit and offset. Source: docs.oracle.com section_156414087576 (read 2026-11-21)."""
        try:
            limit, offset = int(self.params.get("limit", "1000")), int(self.params.get("offset", "0"))
        except ValueError as error:
            raise invalid_request("The limit and offset parameters must be integers.") from error
        if not 1 <= limit <= 1000:
            raise invalid_request("Invalid query parameter limit: it must be between 1 and 1000.", "limit")
        if offset < 0 or offset % limit:
            raise invalid_request("Invalid query parameter offset: it must be divisible by the limit.", "offset")
        return limit, offset


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body (none for 204) and headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = RESOURCE + "; type=singular"


def refusal(error: Refused) -> Answer:
    """The answer that carries an error body."""
    return Answer(error.status, error.body(), media=RESOURCE + "; type=error")

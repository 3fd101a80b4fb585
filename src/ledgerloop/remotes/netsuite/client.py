"""NetSuite's records and queries.

A write carries an external id, which NetSuite holds unique over all transactions of the account. Whatever the answer to
a create or transform, short of "nothing was executed", the record is looked up by it before anything else is said.

Source: docs.oracle.com, NetSuite online help, SuiteTalk REST web services: creating, updating, transforming records;
external ids (read 2026-11-21).
"""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ledgerloop.clock import Clock
from ledgerloop.outcome import NotThere, Refused, RemoteProblem, Unclear
from ledgerloop.remotes.http import Answer, Http
from ledgerloop.remotes.netsuite import suiteql
from ledgerloop.remotes.netsuite.auth import Auth
from ledgerloop.remotes.netsuite.errors import REMOTE
from ledgerloop.remotes.netsuite.session import BUDGET_S, Ask, Session
from ledgerloop.remotes.netsuite.suiteql import Row
from ledgerloop.remotes.ports import Pace, Slots

RECORDS = "/services/rest/record/v1"
"""Where records are."""

LOOK_UP_AFTER_S = (0.5, 2.0, 5.0)
"""Pauses before each look after an unclear write, seconds: a record may appear after its answer was lost."""

_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]+")
_LOCATION = re.compile(r"/record/v1/([A-Za-z_]\w*)/(\d+)/?")


@dataclass(frozen=True)
class Reference:
    """A record in NetSuite. `adopted`: found by its external id, so compare it before relying on it."""

    record_type: str
    internal_id: str
    external_id: str = ""
    adopted: bool = False


class NetSuiteClient:
    """One account. Safe to use from many threads. Every method raises RemoteProblem, by the table of `errors`."""

    def __init__(
        self,
        http: Http,
        auth: Auth,
        slots: Slots,
        pace: Pace,
        clock: Clock,
        *,
        budget_s: float = BUDGET_S,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.http = http
        self._session = Session(http, auth, slots, pace, clock, budget_s=budget_s, sleep=sleep, chance=chance)

    def create(self, record_type: str, body: Mapping[str, Any], *, external_id: str) -> Reference:
        """Create a record, or adopt the one that has its external id."""
        return self._write(f"{RECORDS}/{record_type}", {}, body, record_type, external_id)

    def transform(
        self,
        source_type: str,
        source_id: str,
        target_type: str,
        body: Mapping[str, Any],
        *,
        external_id: str,
        replace: Sequence[str] = (),
    ) -> Reference:
        """Make a record from another, or adopt the one that has its external id. `replace`: sublists sent whole."""
        path = f"{RECORDS}/{source_type}/{_key(source_id)}/!transform/{target_type}"
        return self._write(path, _replacing(replace), body, target_type, external_id)

    def patch(
        self, record_type: str, internal_id: str, body: Mapping[str, Any], *, replace: Sequence[str] = ()
    ) -> None:
        """Change a record. After Unclear read it again: a line without its key would be added twice."""
        path = f"{RECORDS}/{record_type}/{_key(internal_id)}"
        subject = f"{record_type} {internal_id}"
        self._session.ask(
            Ask("PATCH", path, params=_replacing(replace), json=dict(body), subject=subject, write=True), _nothing
        )

    def get(self, record_type: str, key: str, *, expand: bool = False, fields: Sequence[str] = ()) -> dict[str, Any]:
        """Read a record by internal id or `eid:<external id>`; `expand` shows its lines. Raises NotThere."""
        params: dict[str, str] = {"expandSubResources": "true"} if expand else {}
        if fields:
            params["fields"] = ",".join(fields)
        subject = key.removeprefix("eid:") if key.startswith("eid:") else f"{record_type} {key}"
        ask = Ask("GET", f"{RECORDS}/{record_type}/{_key(key)}", params=params, subject=subject)
        return self._session.ask(ask, _object)

    def form(self, record_type: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Read what NetSuite would show of a new record, its line keys included; nothing is saved.

        Source: docs.oracle.com, article_0717100858, create-form (read 2026-11-21).
        """
        media = {"Accept": "application/vnd.oracle.resource+json; type=create-form"}
        ask = Ask("POST", f"{RECORDS}/{record_type}", headers=media, json=dict(body), subject=f"form of {record_type}")
        return self._session.ask(ask, _object)

    def look_up(self, record_type: str, external_id: str) -> Reference | None:
        """Find a record by its external id."""
        try:
            record = self.get(record_type, f"eid:{_checked(external_id)}")
        except NotThere:
            return None
        if not record.get("id"):
            raise Unclear(REMOTE, "netsuite_malformed", "the record shows no id")
        return Reference(record_type, str(record["id"]), external_id, adopted=True)

    def query(self, sql: str, params: Sequence[str] = ()) -> list[Row]:
        """Read the rows of a query that has a page of them at most. Raises Refused when it has more."""
        page = self.page(sql, params)
        if page.more:
            raise Refused(REMOTE, "netsuite_too_many_rows", f"a query has more than {len(page.rows)} rows")
        return page.rows

    def query_all(
        self, sql: str, params: Sequence[str] = (), next_params: Callable[[Row], Sequence[str]] | None = None
    ) -> list[Row]:
        """Read every row. `sql` must be ordered by a unique key.

        With `next_params`, which binds the query anew to go on after a row, rows that change meanwhile shift no page (a
        row changed meanwhile may come twice). Without, pages go by offset: for rows that are asked for by their keys.
        """
        rows: list[Row] = []
        while True:
            page = self.page(sql, params, offset=0 if next_params else len(rows))
            rows += page.rows
            if not page.more or not page.rows:
                return rows
            if next_params is not None:
                following = next_params(page.rows[-1])
                if list(following) == list(params):
                    raise Unclear(REMOTE, "netsuite_malformed", "a query comes back to the row where it began")
                params = following
            elif len(rows) >= suiteql.MOST_ROWS:
                raise Refused(REMOTE, "netsuite_too_many_rows", f"a query has more than {len(rows)} rows")

    def page(
        self, sql: str, params: Sequence[str] = (), *, limit: int = suiteql.PAGE_ROWS, offset: int = 0
    ) -> suiteql.Page:
        """Read one page of a query; `offset` must be a multiple of `limit`."""
        ask = Ask(
            "POST",
            suiteql.PATH,
            params={"limit": limit, "offset": offset},
            headers={"Prefer": "transient"},
            json={"q": sql, "params": [str(value) for value in params]},
            subject="suiteql",
        )
        return self._session.ask(ask, suiteql.page_of)

    def metadata(self, record_types: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read the JSON Schema of record types, custom fields included; types that the account lacks are left out."""
        found = {}
        for record_type in record_types:
            ask = Ask("GET", f"{RECORDS}/metadata-catalog/{record_type}", headers={"Accept": "application/schema+json"})
            with suppress(NotThere):
                found[record_type] = self._session.ask(ask, _object)
        return found

    def _write(
        self, path: str, params: dict[str, str], body: Mapping[str, Any], record_type: str, external_id: str
    ) -> Reference:
        json = {**body, "externalId": _checked(external_id)}
        ask = Ask("POST", path, params=params, json=json, subject=external_id, write=True)
        try:
            return self._session.ask(ask, lambda answer: _reference(answer, record_type, external_id))
        except Unclear as problem:
            return self._found_late(record_type, external_id, problem)
        except Refused as problem:
            if problem.code in {"netsuite_credentials", "netsuite_token_refused"}:
                raise
            return self._found_there(record_type, external_id, problem)

    def _found_there(self, record_type: str, external_id: str, problem: Refused) -> Reference:
        """Look whether a create was refused because the record is there already. Raises the problem when it is not."""
        try:
            found = self.look_up(record_type, external_id)
        except Refused:
            raise problem from None
        if found is None:
            raise problem
        return found

    def _found_late(self, record_type: str, external_id: str, problem: Unclear) -> Reference:
        """Look for a record whose answer was lost. Raises the problem when it is not there, or cannot be looked up."""
        for pause_s in LOOK_UP_AFTER_S:
            self._session.sleep(pause_s)
            try:
                found = self.look_up(record_type, external_id)
            except RemoteProblem:
                raise problem from None
            if found is not None:
                return found
        raise problem


def _replacing(sublists: Sequence[str]) -> dict[str, str]:
    return {"replace": ",".join(sublists)} if sublists else {}


def _key(key: str) -> str:
    return quote(key, safe=":")


def _checked(external_id: str) -> str:
    """Source: NetSuite online help, using external ids: only these characters can be looked up by `eid:`."""
    if not _EXTERNAL_ID.fullmatch(external_id):
        raise ValueError(f"not an external id: {external_id!r} (letters, digits, _ and - only)")
    return external_id


def _nothing(answer: Answer) -> None:
    """A change that was accepted has nothing to read."""


def _object(answer: Answer) -> dict[str, Any]:
    body = answer.json()
    if not isinstance(body, dict):
        raise Unclear(REMOTE, "netsuite_malformed", "the answer is not a record", status=answer.status)
    return body


def _reference(answer: Answer, record_type: str, external_id: str) -> Reference:
    """Read the new record's id from the Location header: a success has no body."""
    match = _LOCATION.search(urlsplit(answer.headers.get("location", "")).path)
    if match is None or match[1].lower() != record_type.lower():
        raise Unclear(
            REMOTE, "netsuite_malformed", "the answer does not say which record was made", status=answer.status
        )
    return Reference(record_type, match[2], external_id)

"""What is told, as a document, and the same in words for a letter and for a chat."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ledgerloop.operate.alerts.cause import counted
from ledgerloop.store.alert_causes import StandingCause, titles
from ledgerloop.store.alerts_sent import CauseKey, Made

LISTED: Final = 20
"""Causes that one message names; of more it gives the number."""

PREFIX: Final = "[Ledgerloop]"
"""Begins the subject of every letter, so that a mailbox can sort them."""

Document = Mapping[str, Any]


def alert(channel: str, causes: Sequence[StandingCause], url: str, at: datetime) -> Made:
    """A message about causes that have begun: one, or several that came at once."""
    one = titles(causes)[0]
    subject = one if len(causes) == 1 else f"{len(causes)} new causes, the first: {one}"
    return _made("alert", channel, [(each.cause, each.begun_at) for each in causes], subject, causes, url, at)


def digest(
    channel: str,
    moment: datetime,
    causes: Sequence[StandingCause],
    begun: Collection[str],
    ended: Sequence[StandingCause],
    standings: Mapping[str, int],
    url: str,
    at: datetime,
) -> Made:
    """The message of a day: what stands, what of it is new, and what has gone."""
    subject = f"Daily digest: {counted(len(causes), 'cause')} standing, {len(begun)} new, {len(ended)} gone"
    ranked = sorted(causes, key=lambda one: (one.cause not in begun, one.begun_at, one.cause))
    made = _made("digest", channel, [("digest", moment)], subject, ranked, url, at)
    more = {"new": len(begun), "ended": titles(ended[:LISTED]), "standings": dict(standings)}
    return Made(made.id, subject, {**made.document, **more})


def trial(channel: str, url: str, at: datetime) -> Made:
    """A message that shows that a channel works."""
    return _made("test", channel, [("test", at)], "This is a test: alerts arrive here", (), url, at)


def _made(
    kind: str,
    channel: str,
    keys: Iterable[CauseKey],
    subject: str,
    causes: Sequence[StandingCause],
    url: str,
    at: datetime,
) -> Made:
    said = "|".join([kind, channel, *(f"{cause}@{begun_at.isoformat()}" for cause, begun_at in keys)])
    message_id = hashlib.sha256(said.encode()).hexdigest()[:32]
    document = {
        "id": message_id,
        "kind": kind,
        "channel": channel,
        "made_at": at.isoformat(timespec="seconds"),
        "subject": subject,
        "url": url,
        "alerts": [_as_told(one, url) for one in causes[:LISTED]],
        "more": max(0, len(causes) - LISTED),
    }
    return Made(message_id, subject, document)


def _as_told(one: StandingCause, url: str) -> Document:
    shown = dict(one.shown)
    path = shown.pop("path", "")
    return {"rule": one.rule, "cause": one.cause, **shown, "url": f"{url}{path}" if url else ""}


def as_text(document: Document) -> str:
    """A document as the text of a letter."""
    blocks = ["\n".join(_lines_of(one)) for one in document["alerts"]]
    if document["more"]:
        blocks.append(f"And {document['more']} more.")
    blocks += ["\n".join(_lines_of_day(document))] if document["kind"] == "digest" else []
    if not document["alerts"] and document["kind"] == "test":
        blocks.append("Nothing is wrong. Somebody ran `ledgerloop alerts test`.")
    blocks.append("-- \nLedgerloop" + (f", {document['url']}" if document["url"] else ""))
    return "\n\n".join(blocks) + "\n"


def _lines_of(one: Document) -> Iterator[str]:
    yield str(one["title"])
    if one["text"]:
        yield str(one["text"])
    if one["remedy"]:
        yield f"To do: {one['remedy']}"
    named = _named(one)
    if named:
        yield named
    if one["url"]:
        yield str(one["url"])


def _named(one: Document) -> str:
    names = [*one["returns"], *(f"order {name}" for name in one["orders"])]
    rest = int(one["count"]) - len(names)
    return (", ".join(names) + (f" and {rest} more" if rest > 0 else "")) if names else ""


def _lines_of_day(document: Document) -> Iterator[str]:
    if not document["alerts"]:
        yield "Nothing stands that needs a person."
    for one in document["ended"]:
        yield f"Gone: {one}"
    standings = ", ".join(f"{name} {number}" for name, number in sorted(document["standings"].items()) if number)
    yield f"Returns: {standings or 'none'}."


def as_chat(document: Document) -> str:
    """A document as Slack's text. Source: docs.slack.dev, formatting message text (read 2026-11-22)."""
    head = f"*{_plain(document['subject'])}*"
    blocks = [head]
    several = len(document["alerts"]) != 1
    for one in document["alerts"]:
        lines = list(_lines_of({**one, "url": ""}))
        told = [*([f"*{_plain(lines[0])}*"] if several else []), *map(_plain, lines[1:])]
        if one["url"]:
            told.append(f"<{_plain(one['url'])}|Open the page>")
        blocks.append("\n".join(told))
    if document["more"]:
        blocks.append(f"And {document['more']} more.")
    if document["kind"] == "digest":
        blocks.append("\n".join(map(_plain, _lines_of_day(document))))
    return "\n\n".join(blocks)


def _plain(text: object) -> str:
    """A text whose signs mean nothing to Slack: nobody is called by what a remote shows."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

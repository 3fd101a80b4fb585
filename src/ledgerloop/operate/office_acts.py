"""What people do that concerns no single return: bring the books up to date, begin and end webhooks.

Asked again with the same key, it is answered as before. What stopped half-way, or failed in part, is done again: each
of these finds what was done already.
"""

from collections.abc import Callable

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.acts import Answer, Doing, answered
from ledgerloop.operate.books_day import enter_and_age
from ledgerloop.operate.subscriptions import ENDED, MADE, Act, Done, ensure, signed_of
from ledgerloop.operate.subscriptions import unsubscribe as end_of
from ledgerloop.store.asked import note_answer


def enter_books(parts: Parts, doing: Doing) -> Answer:
    """Enter what the remotes have shown since. Raises ActRefused."""
    return _once(parts, doing, "enter_books", "books", lambda: {"entered": enter_and_age(parts)})


def subscribe(parts: Parts, doing: Doing, config: Config) -> Answer:
    """Make the webhooks that are missing, of every shop. Raises ActRefused."""

    def act() -> Answer:
        url, signed = config.server.public_url, signed_of(config)
        return _told(
            [one for name, shop in parts.shops.items() for one in ensure(parts, shop, url, signed=signed[name])]
        )

    return _once(parts, doing, MADE, "webhooks", act)


def unsubscribe(parts: Parts, doing: Doing) -> Answer:
    """End the webhooks that were made here, of every shop. Raises ActRefused."""

    def act() -> Answer:
        return _told([one for shop in parts.shops.values() for one in end_of(parts, shop)])

    return _once(parts, doing, ENDED, "webhooks", act)


def _told(done: list[Done]) -> Answer:
    failed = [one.as_dict() for one in done if one.act is Act.FAILED]
    return {"done": [one.as_dict() for one in done if one.act is not Act.FAILED], "failed": failed}


def _once(parts: Parts, doing: Doing, what: str, about: str, act: Callable[[], Answer]) -> Answer:
    """Act once, and note it: remotes are called between two transactions, never within one."""
    store, by = parts.stores.store, doing.by
    with store.writing() as tx:
        before = answered(tx, doing, [what], parts.clock())
    if before:
        return before
    answer = act()
    told = {name: len(value) if isinstance(value, list) else value for name, value in answer.items()}
    with store.writing() as tx:
        if doing.key and not answer.get("failed"):
            note_answer(tx, by.name, doing.key, answer)
        parts.stores.audit.note(tx, who=by.name, via=by.via, act=what, at=parts.clock(), about=about, detail=told)
    return answer

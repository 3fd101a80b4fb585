"""Remembers which webhook subscriptions were made here, so that nothing else is ever removed."""

import json
from collections.abc import Iterable
from typing import Final

from ledgerloop.operate.sides import Side, Subscription, Topic
from ledgerloop.store.settings import Settings

NAME: Final = "webhook:{name}"
"""Setting of a shop, one for each topic: a JSON object of address -> id at the remote, "" while that is not known."""


class Subscribed:
    """What was made for one shop."""

    def __init__(self, settings: Settings, shop_id: str) -> None:
        self._settings = settings
        self._shop_id = shop_id

    def remember(self, topic: Topic, url: str, ident: str) -> None:
        """Note a subscription, before the attempt without its id."""
        self._put(topic, {**self._of(topic), url: ident})

    def forget(self, topic: Topic, url: str) -> None:
        """Drop a subscription that was never made, or is removed."""
        self._put(topic, {known: ident for known, ident in self._of(topic).items() if known != url})

    def has(self, one: Subscription) -> bool:
        """Tell whether this one was made here: by its id, or by its address where the id was never told."""
        return self._of(one.topic).get(one.url) in ("", one.ident)

    def learn(self, there: Iterable[Subscription]) -> None:
        """Note the ids that were not told when the subscriptions were made."""
        for one in there:
            if self._of(one.topic).get(one.url) == "":
                self.remember(one.topic, one.url, one.ident)

    def forget_gone(self, side: Side, there: Iterable[Subscription]) -> None:
        """Drop what the remote does not have any more."""
        held = {(one.topic, one.url) for one in there}
        for topic in side.known:
            for url in self._of(topic):
                if (topic, url) not in held:
                    self.forget(topic, url)

    def _of(self, topic: Topic) -> dict[str, str]:
        text = self._settings.get(self._shop_id, NAME.format(name=topic.name))
        return dict(json.loads(text)) if text else {}

    def _put(self, topic: Topic, made: dict[str, str]) -> None:
        self._settings.put(self._shop_id, NAME.format(name=topic.name), json.dumps(made))

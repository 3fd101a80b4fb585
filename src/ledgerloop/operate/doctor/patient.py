"""One shop under examination."""

from dataclasses import dataclass
from datetime import datetime

from ledgerloop.config import Config
from ledgerloop.config.models import Shop as ShopConfig
from ledgerloop.engine.parts import Parts, Shop


@dataclass(frozen=True)
class Patient:
    """A shop with its configuration and its open remotes."""

    config: Config
    settings: ShopConfig
    shop: Shop
    parts: Parts

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.parts.clock()

    def tell(self, text: str) -> None:
        """Say what is examined, for a terminal."""
        self.parts.progress(f"{self.settings.id}: {text}")

    def webhook_url(self, remote: str) -> str:
        """Where a remote should send its webhooks; empty when there is no public address."""
        base = self.config.server.public_url
        return f"{base}/webhooks/{self.settings.id}/{remote}" if base else ""

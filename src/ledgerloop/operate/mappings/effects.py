"""What a change of mappings changes in the policies of the shops, and who waits for just that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledgerloop.domain import mapped
from ledgerloop.domain.mapped import Entry, with_mappings
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.unmapped import remedied
from ledgerloop.engine.parts import Parts
from ledgerloop.store.held_back import HeldBack, HeldBacks
from ledgerloop.store.mappings import Change
from ledgerloop.store.store import Transaction


@dataclass(frozen=True)
class Effect:
    """A shop's policy before and after, and what is mapped otherwise then: kinds and keys.

    `lost` are those of them that are mapped now, and then no longer or to something else.
    """

    shop: str
    before: Policy
    after: Policy
    changed: frozenset[tuple[str, str]]
    lost: frozenset[tuple[str, str]]


def effects(parts: Parts, before: Iterable[Entry], changes: Iterable[Change]) -> list[Effect]:
    """What these changes would make of the policies; shops for which nothing changes are left out."""
    entries = {(one.shop, one.kind, one.key): one for one in before}
    now = dict(entries)
    for one in changes:
        place = (one.shop, one.kind, one.key)
        now.pop(place, None)
        if one.new is not None:
            now[place] = Entry(*place, one.new)
    found = []
    for shop_id, shop in parts.shops.items():
        was = with_mappings(shop.policies.configured, entries.values())
        will_be = with_mappings(shop.policies.configured, now.values())
        said, will_say = _said(was).items(), _said(will_be).items()
        changed = frozenset(place for place, _ in said ^ will_say)
        if changed:
            found.append(Effect(shop_id, was, will_be, changed, frozenset(place for place, _ in said - will_say)))
    return found


def held_back(parts: Parts, effect: Effect, tx: Transaction | None = None, limit: int | None = None) -> list[HeldBack]:
    """What stands still and may go on by this change, `limit` answers at most."""
    wanted = dict.fromkeys(one for kind, key in sorted(effect.changed) for one in remedied(kind, key))
    return HeldBacks(parts.stores.store).of(effect.shop, wanted, tx, limit)


def _said(policy: Policy) -> Mapping[tuple[str, str], str]:
    """Everything that mappings decide in a policy, by kind and key."""
    said: dict[str, Mapping[str, str]] = {
        mapped.SOURCE: policy.channels.sources,
        mapped.SKU: policy.sku_aliases,
        mapped.LOCATION: policy.locations,
        mapped.PAYMENT_METHOD: policy.payment_methods,
        mapped.REFUND_ACCOUNT: policy.refund_accounts,
        mapped.REASON: dict.fromkeys(policy.keep_item_reasons, mapped.KEEP_ITEM),
    }
    return {(kind, key): value for kind, one in said.items() for key, value in one.items()}

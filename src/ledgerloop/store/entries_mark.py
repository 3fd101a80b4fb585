"""How far the books were entered, and what was entered since: entries are only ever added."""

from datetime import date

from sqlalchemy import case, func, select

from ledgerloop.domain.facts import of_minor_units
from ledgerloop.store.ledger import Balance
from ledgerloop.store.ledger_tables import entries
from ledgerloop.store.store import Store


def entries_mark(store: Store) -> int:
    """The number of the newest entry; 0 before the first."""
    with store.reading() as tx:
        return int(tx.execute(select(func.max(entries.c.id))).scalar() or 0)


def balances_between(
    store: Store, shop: str, after: int, up_to: int, since: date | None, until: date | None
) -> list[Balance]:
    """What entries with these numbers (`after` excluded) add to each account in a period."""
    begins, amount = since.isoformat() if since is not None else "", entries.c.amount
    chosen = [entries.c.shop == shop, entries.c.id <= up_to]
    chosen += [entries.c.id > after] if after else []
    chosen += [entries.c.on_date <= until.isoformat()] if until is not None else []
    kind = case((entries.c.on_date < begins, "opening"), (amount > 0, "debit"), else_="credit").label("part")
    wanted = select(entries.c.account, entries.c.currency, kind, func.sum(amount)).where(*chosen)
    sums: dict[tuple[str, str], dict[str, int]] = {}
    with store.reading() as tx:
        for account, currency, part, units in tx.execute(wanted.group_by(entries.c.account, entries.c.currency, kind)):
            sums.setdefault((account, currency), {})[part] = int(units)
    return [
        Balance(
            account,
            of_minor_units(found.get("opening", 0), currency),
            of_minor_units(found.get("debit", 0), currency),
            of_minor_units(-found.get("credit", 0), currency),
        )
        for (account, currency), found in sorted(sums.items(), key=lambda one: (one[0][1], one[0][0]))
    ]

"""What people deleted in NetSuite: no list of changes names it, so what returns wait for is asked for by its id.

A bounded part at a time: every night the sweep asks for everything. Source: docs.oracle.com, SuiteQL, table transaction
(read 2026-11-21).
"""

from datetime import datetime, timedelta

from ledgerloop.intake.pollers import Watch
from ledgerloop.remotes.netsuite.reading import Reading

AWAITED = ("RtnAuth", "ItemRcpt")
"""Types whose deletion changes what happens next to a return that Loop has not closed."""

EVERY = timedelta(minutes=5)
"""How often they are asked for while the connector runs."""

MOST = 200
"""Documents asked for at once: one query."""

LOOKED_AT = "deleted_looked_at"
"""Setting: when they were asked for last."""

ASKED_TO = "deleted_asked_to"
"""Setting: the internal id that the last part ended with; empty when it ended with the last of all."""


def look_again(watch: Watch) -> None:
    """Have the next look ask for them, however long ago the last one was: a run in the foreground begins."""
    if watch.settings.get(watch.shop_id, LOOKED_AT):
        watch.settings.put(watch.shop_id, LOOKED_AT, "")


def look_for_deleted(watch: Watch, reading: Reading) -> int:
    """Mark the orders of what is gone as due; gives how many. Raises RemoteProblem."""
    now, settings = watch.clock(), watch.settings
    looked = settings.get(watch.shop_id, LOOKED_AT)
    if looked and now - EVERY < datetime.fromisoformat(looked) <= now:
        return 0
    after = settings.get(watch.shop_id, ASKED_TO) or ""
    known = watch.documents.awaited(watch.shop_id, AWAITED, after, MOST)
    gone = set(known) - reading.existing(known)
    with watch.store.writing(hasty=True) as tx:
        for key in sorted({known[one] for one in gone}):
            watch.documents.mark_stale(watch.shop_id, key, tx)
            watch.due.mark(watch.shop_id, key, now, "deleted in NetSuite", tx)
        settings.put(watch.shop_id, ASKED_TO, list(known)[-1] if len(known) == MOST else "", tx)
        settings.put(watch.shop_id, LOOKED_AT, now.isoformat(), tx)
    return len({known[one] for one in gone})

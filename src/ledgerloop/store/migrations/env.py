"""Alembic's entry: runs in the connection, and in the transaction, that `ledgerloop.store.migrate` holds."""

from alembic import context

from ledgerloop.store.migrate import VERSION_TABLE
from ledgerloop.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()

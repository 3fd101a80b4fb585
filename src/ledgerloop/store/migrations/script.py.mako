"""${message}."""

import sqlalchemy as sa
from alembic import op

from ledgerloop.store.types import JsonText, Moment

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database from the version before to this one."""
    ${upgrades}

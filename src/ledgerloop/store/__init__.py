"""The only SQL: tables, one repository per noun, what is due, and migrations."""

from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable
from ledgerloop.store.store import Store, Transaction, open_store

__all__ = ["DatabaseBusy", "DatabaseUnusable", "Store", "Transaction", "open_store"]

"""What people look at: plain functions over the parts that give frozen values, whoever shows them.

Lists are read by keyset from small rows; nothing here asks a remote.
"""

from ledgerloop.operate.views.attention import attention_groups, group_comments, group_filters, members, one_group
from ledgerloop.operate.views.balances import books
from ledgerloop.operate.views.one_return import one_return, return_evidence
from ledgerloop.operate.views.orders import OrderFilters, channels, one_order, order_evidence, orders
from ledgerloop.operate.views.paging import CursorWrong, Page
from ledgerloop.operate.views.records import deeds, mapping_changes, mappings, writes
from ledgerloop.operate.views.release import Release, preview, release_of, waiting_for
from ledgerloop.operate.views.returns import STANDINGS, ReturnFilters, count_returns, returns
from ledgerloop.operate.views.suggestions import candidates, unknown_keys
from ledgerloop.operate.views.today import today

__all__ = [
    "STANDINGS",
    "CursorWrong",
    "OrderFilters",
    "Page",
    "Release",
    "ReturnFilters",
    "attention_groups",
    "books",
    "candidates",
    "channels",
    "count_returns",
    "deeds",
    "group_comments",
    "group_filters",
    "mapping_changes",
    "mappings",
    "members",
    "one_group",
    "one_order",
    "one_return",
    "order_evidence",
    "orders",
    "preview",
    "release_of",
    "return_evidence",
    "returns",
    "today",
    "unknown_keys",
    "waiting_for",
    "writes",
]

"""Returns from before the cut-over are left alone: whoever began them in NetSuite brings them to their end.

What stands in NetSuite for them still counts as taken quantity and as credit. Source: interface section 3,
returns_from.
"""

from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return


def before_cut_over(return_: Return, policy: Policy) -> bool:
    """Whether the return was created before the first day, in the account's time zone, that is ours."""
    return local_date(return_.created_at, policy) < policy.returns_from


def why_left_alone(return_: Return, policy: Policy) -> str:
    """The same in one sentence; empty for a return that is not left alone."""
    if not before_cut_over(return_, policy):
        return ""
    day = policy.returns_from.isoformat()
    return f"Created before the cut-over (returns_from, {day}): it is left alone, in Loop and in NetSuite."

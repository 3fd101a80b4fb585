"""Notes transitions that were seen: a flag set or cleared, a review begun or ended; and which record an order is.

The state of a moment does not tell whether a flag was looked at already; this does. Source: rulebook sections 0 and 4.
"""

from collections.abc import Iterator

from ledgerloop.domain.case import Case, Seen
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.proof import exchanged
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.standing import authorization_of, family
from ledgerloop.engine.identify import identify
from ledgerloop.engine.parts import Parts


def remember(parts: Parts, policy: Policy, case: Case) -> bool:
    """Store what changed since the last look; True when something did, so that the case is observed again."""
    news = [
        (one.loop_return_id, what) for one in case.returns for what in _news(case.about(one.loop_return_id), policy)
    ]
    for return_id, what in news:
        parts.stores.transitions.append(case.shop_id, case.shopify_order_id, return_id, what, case.as_of)
    return identify(parts, policy, case) or bool(news)


def _news(case: Case, policy: Policy) -> Iterator[Seen]:
    state = case.the_return.state
    in_review = state is ReturnState.REVIEW
    if state is not ReturnState.UNKNOWN and in_review != _is_on(case, Seen.REVIEW_STARTED, Seen.REVIEW_ENDED):
        yield Seen.REVIEW_STARTED if in_review else Seen.REVIEW_ENDED
    if state is ReturnState.OPEN and exchanged(case.the_return) and case.last_seen(Seen.EXCHANGED_AHEAD) is None:
        yield Seen.EXCHANGED_AHEAD
    if not policy.fields.flag or family(case) is not None:
        return
    authorization = authorization_of(case, policy)
    flagged = authorization is not None and authorization.flagged
    if policy.flag == "once" and authorization is not None and not flagged and _found_clear(case, policy):
        yield Seen.FLAG_CLEARED
    elif flagged != _is_on(case, Seen.FLAG_SET, Seen.FLAG_CLEARED):
        yield Seen.FLAG_SET if flagged else Seen.FLAG_CLEARED


def _found_clear(case: Case, policy: Policy) -> bool:
    """Whether an authorization that we do not remember writing is looked at for the first time: a flag set later is
    new.
    """
    seen = case.last_seen(Seen.FLAG_SET) or case.last_seen(Seen.FLAG_CLEARED)
    return seen is None and case.written(policy.external_id("LOOP-RA", case.focus)) is None


def _is_on(case: Case, begun: Seen, ended: Seen) -> bool:
    """Whether the last of the two that was seen is the beginning."""
    mine = [one.what for one in case.transitions if one.loop_return_id == case.focus and one.what in (begun, ended)]
    return bool(mine) and mine[-1] is begun

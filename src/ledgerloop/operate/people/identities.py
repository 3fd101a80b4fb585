"""What an identity provider says of a person, as we take it."""

from collections.abc import Mapping
from typing import Any

from ledgerloop.config.oidc import Oidc
from ledgerloop.operate.people.sign_in import Identity
from ledgerloop.store.users import Role

EVERYBODY = "*"
"""Stands for every group, and for none."""


def identity_of(claims: Mapping[str, Any], config: Oidc) -> Identity:
    """Read claims: issuer and subject are who it is, the name is what they are called, their groups give the role."""
    named = claims.get(config.name_claim) or claims.get("email") or claims["sub"]
    return Identity(f"{claims['iss']} {claims['sub']}", str(named), role_of(claims.get(config.role_claim), config))


def role_of(groups: object, config: Oidc) -> Role | None:
    """Give the largest role of these groups; None when none of them has one."""
    told = {groups} if isinstance(groups, str) else {str(one) for one in groups} if isinstance(groups, list) else set()
    mine = [Role(name) for name, some in config.roles.items() if told & set(some) or EVERYBODY in some]
    return max(mine, key=list(Role).index, default=None)

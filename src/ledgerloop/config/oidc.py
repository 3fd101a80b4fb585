"""Who else may say who somebody is: an identity provider that speaks OpenID Connect."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator

from ledgerloop.config.section import Section
from ledgerloop.config.values import HttpUrl, PlainText, Secret, Words, wrong

RoleName = Literal["viewer", "operator", "admin"]


def _somebody(roles: dict[RoleName, tuple[str, ...]]) -> dict[RoleName, tuple[str, ...]]:
    if not any(roles.values()):
        said = 'Name a group for one role at least, such as viewer = ["staff"]; "*" is everybody'
        raise wrong("config_missing", "no group of the provider has a role here", said)
    return roles


class Oidc(Section):
    """An identity provider. Needs the extra `oidc`. A person's role is the largest that one of their groups has."""

    issuer: HttpUrl
    client_id: PlainText
    client_secret: Secret
    label: Words = "single sign-on"
    scopes: tuple[PlainText, ...] = ("openid", "profile", "email")
    name_claim: PlainText = "preferred_username"
    role_claim: PlainText = "groups"
    roles: Annotated[Mapping[RoleName, tuple[Words, ...]], AfterValidator(_somebody)]

"""Our cookies: never readable by scripts, never sent from other sites' forms, over https only where that is spoken."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response


@dataclass(frozen=True)
class Cookie:
    """A cookie; with `secure` its name says to browsers that no other host may have set it.

    Source: RFC 6265bis, section 4.1.3, the prefix __Host- (asks for Secure, Path=/ and no Domain).
    """

    plain_name: str
    secure: bool
    max_age_s: int | None = None

    @property
    def name(self) -> str:
        return f"__Host-{self.plain_name}" if self.secure else self.plain_name

    def read(self, connection: HTTPConnection) -> str:
        """Give what the browser sent; empty without it."""
        return connection.cookies.get(self.name, "")

    def put(self, response: Response, value: str) -> None:
        """Have the browser keep it."""
        response.set_cookie(
            self.name, value, max_age=self.max_age_s, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def take(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")


def session_cookie(public_url: str) -> Cookie:
    """The cookie of a session; it ends with the browser."""
    return Cookie("ledgerloop_session", public_url.startswith("https://"))

"""What can go wrong with the database, in the operator's words."""


class DatabaseUnusable(Exception):  # noqa: N818  (named for what happened, as operators say it)
    """The database cannot be opened or brought up to date. `code` is stable and has a heading in docs/errors.md."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.code = code
        self.message = message
        self.remedy = remedy


class DatabaseBusy(Exception):  # noqa: N818  (named for what happened, as operators say it)
    """Somebody else holds the database for longer than we wait; nothing was stored, and trying again is safe."""

    code = "database_busy"

"""Who runs a command: the user of the machine, for the audit chain."""

import getpass
import os

from ledgerloop.store.users import Person, Role


def name_of_user() -> str:
    """Name of the machine's user; their number where they have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def person() -> Person:
    """The user as who may do everything: whoever may run a command here may."""
    return Person(name_of_user(), Role.ADMIN, "command")

"""Passwords: hashed by argon2id, checked in the same time whether there is such a person or not."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
"""Characters of the shortest password. Length counts, not kinds of characters.

Source: NIST SP 800-63B, section 5.1.1, asks for eight at least.
"""

LONGEST: Final = 256
"""Characters of the longest password: hashing must not be made expensive by who asks."""

_HASHER = PasswordHasher()
"""The library's own choice: RFC 9106's second recommended option, 64 MiB and some 50 to 100 ms."""

_AT_ONCE = threading.Semaphore(2)
"""Each hash takes 64 MiB while it is made: guesses must not fill the memory."""

_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$SyAovzeemsHpHmSnh8Wn7Q$qQDlo5EesENmoxN2yNpSOD8SYVBHh2gfd8XsyhI1qyU"
"""The hash of a random text that nobody kept, compared with where there is no person."""


def fault_of(password: str, name: str) -> str:
    """Say why a password cannot be taken; empty when it can."""
    if len(password) < SHORTEST:
        return f"The password has fewer than {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"The password has more than {LONGEST} characters."
    if len(set(password)) < 5 or password.lower().replace(name, "") == "":
        return "The password is too easy to guess."
    return ""


def hash_of(password: str) -> str:
    """Hash a password; the salt is part of the hash."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Tell whether this is the password; takes the same time when `kept` is empty, and is False then."""
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _NOBODYS, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)

"""Who holds a lease: a process, named so that others on the same machine can tell whether it still lives."""

import os
import socket
from functools import cache
from pathlib import Path


def process_owner(purpose: str = "") -> str:
    """Name this process: machine, process id, when it started, and what for."""
    return f"{_machine()}|{os.getpid()}|{_started(os.getpid())}|{purpose}"


def is_dead(owner: str) -> bool:
    """Tell whether the owner was a process of this machine that has ended; False where that cannot be known."""
    parts = owner.split("|")
    if len(parts) != 4 or parts[0] != _machine() or not parts[1].isdecimal():
        return False
    process = int(parts[1])
    return not _lives(process) or _started(process) != parts[2]


@cache
def _machine() -> str:
    """Name the machine, its start, and the process name space: containers may share the first two."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
        space = str(Path("/proc/self/ns/pid").readlink()).strip("pid:[]")
    except OSError:
        boot = space = ""
    return f"{socket.gethostname()}/{boot}/{space}"


def _started(process: int) -> str:
    """Give the start time in ticks since the machine's start.

    Source: man7.org proc_pid_stat(5), field 22 (read 2026-11-21); empty where there is no /proc.
    """
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False

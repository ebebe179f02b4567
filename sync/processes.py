"""Is the process that began a piece of work still there? Only its own machine can tell, and only of itself."""

from __future__ import annotations

import os
import socket
from functools import cache
from hashlib import sha256
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """A name for this process that no other has, on whatever machine: at most 40 characters."""
    return f"{_machine()}-{os.getpid()}-{_started(os.getpid())}"


def is_known_dead(process: str) -> bool:
    """Whether a process ran on this machine and is gone. Where that cannot be known, it is alive.

    Args:
        process: By its name, with anything behind another hyphen.
    """
    machine, _, rest = process.partition("-")
    number, _, rest = rest.partition("-")
    started, _, _ = rest.partition("-")
    if not machine or machine != _machine() or not (number.isascii() and number.isdigit()) or not started:
        return False
    # The number of a dead process is given to another one in time
    return _started(int(number)) != started


@cache
def _machine() -> str:
    """This machine since it was started, and this container on it; empty where that cannot be known."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        processes = os.stat(_PROC / "self/ns/pid").st_ino
    except OSError:
        return ""
    return sha256(f"{socket.gethostname()} {boot} {processes}".encode()).hexdigest()[:12]


def _started(number: int) -> str:
    """When a process was started, in the kernel's own count; empty when there is none, or it is a zombie."""
    try:
        fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]

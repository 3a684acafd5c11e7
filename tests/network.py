"""No test reaches the network: only the loopback and unix sockets are left, for child processes too."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1

ALLOWED_HOSTS = "127.0.0.1,::1,localhost"


isolated = False
"""Whether this process lies in a namespace of its own."""


def isolate() -> bool:
    """Move this process, before it has a thread, into a network namespace with nothing but a loopback.

    Return False where the machine does not allow it; pytest-socket then stands alone, which holds this process
    but not its children.
    """
    global isolated
    if isolated:
        return True
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        moved = libc.unshare(CLONE_NEWNET) == 0
    else:
        moved = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
        if moved:
            Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    if moved:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            fcntl.ioctl(link, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    isolated = moved
    return moved

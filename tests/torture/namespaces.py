"""A small disk and a machine without a network, of this process alone: what the kernel calls namespaces."""

from __future__ import annotations

import ctypes
import fcntl
import os
import pickle
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

NEW_MOUNTS, NEW_USER, NEW_NETWORK = 0x20000, 0x10000000, 0x40000000
MS_REC_PRIVATE = 0x4000 | 0x40000
LIBC = ctypes.CDLL(None, use_errno=True)


def forked(function: Callable[[], Any]) -> Any:
    """The function's answer out of a process of its own; what it raises comes back as an AssertionError."""
    ours, theirs = os.pipe()
    if (pid := os.fork()) == 0:
        os.close(ours)
        try:
            answer = (True, function())
        except BaseException as error:
            answer = (False, f"{type(error).__name__}: {error}\n{traceback.format_exc()[-1500:]}")
        with os.fdopen(theirs, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        content = pipe.read()
    os.waitpid(pid, 0)
    is_good, answer = pickle.loads(content)
    if not is_good:
        raise AssertionError(answer)
    return answer


def _unshare(what: int) -> None:
    """Raises OSError where it is not allowed."""
    user, group = os.geteuid(), os.getegid()
    if LIBC.unshare(what if user == 0 else what | NEW_USER):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def mount_small_disk(folder: Path, megabytes: int) -> None:
    """A disk of that size at the folder, seen by this process and those it starts; gone with the last of them."""
    _unshare(NEW_MOUNTS)
    for source, target, kind, flags, options in (
        (b"none", b"/", None, MS_REC_PRIVATE, None),
        (b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={megabytes}m".encode()),
    ):
        if LIBC.mount(source, target, kind, flags, options):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def cut_network() -> None:
    """No way out for this process and those it starts, but to the machine itself (127.0.0.1)."""
    _unshare(NEW_NETWORK)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh", b"lo", 0)
        (flags,) = struct.unpack("16xh", fcntl.ioctl(control, 0x8913, request)[:18])
        fcntl.ioctl(control, 0x8914, struct.pack("16sh", b"lo", flags | 1))


def packets_refused() -> int:
    """How often something in here tried to send to another machine: each try finds no route, and the kernel counts it."""
    names, numbers = (
        line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:")
    )
    count = int(dict(zip(names, numbers, strict=True))["OutNoRoutes"])
    for line in Path("/proc/net/snmp6").read_text().splitlines():
        if line.startswith("Ip6OutNoRoutes"):
            count += int(line.split()[1])
    return count


def is_allowed(what: Callable[[], None]) -> bool:
    """Whether this can be done here."""
    try:
        forked(what)
    except AssertionError:
        return False
    return True


if __name__ == "__main__":  # a command without a network: prints how many packets it would have sent, ends as it ends
    cut_network()
    import subprocess

    code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode
    print(f"packets refused: {packets_refused()}", flush=True)
    sys.exit(code)

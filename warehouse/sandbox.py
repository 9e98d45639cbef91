"""SQL from people: looked at by DuckDB's own parser, then run in a process that can reach nothing.

Two walls, each enough for most: the gate (``sandbox_gate``) lets one SELECT through that names published tables and
harmless functions; the process (``sandbox_child``) has no files, no network, a fixed share of memory and time. Both stand
in the process of the query: this one never parses what people write.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingest.problems import Problem
from warehouse.reader import LOCKED

CHILD = Path(__file__).with_name("sandbox_child.py")
END = b"zhidu: end of answer"


@dataclass(frozen=True)
class Result:
    """What a query gave.

    Attributes:
        table: its rows, the first ones where ``is_cut``.
        is_cut: there are more rows than the limits let through.
        seconds: from asking to having the rows, waiting for the process included.
    """

    table: pa.Table
    is_cut: bool
    seconds: float


def run(path: Path, sql: str, seconds: float = 60, memory_bytes: int = 2 << 30) -> pa.Table:
    """All rows of one read-only statement on a published file, as an Arrow table. Raises Problem as ``query`` does."""
    return query(path, sql, seconds, memory_bytes).table


def query(
    path: Path,
    sql: str,
    seconds: float = 60,
    memory_bytes: int = 2 << 30,
    most_rows: int | None = None,
    most_bytes: int | None = None,
) -> Result:
    """The result of one read-only statement on a published file, cut at so many rows or bytes where limits are given.

    Raises:
        Problem (exit code 2): the statement is not one harmless SELECT, is wrong, or took too much time or memory.
    """
    began = time.monotonic()
    request = {
        "path": str(path),
        "sql": sql,
        "seconds": seconds,
        "asked_at": began,
        "memory_bytes": memory_bytes,
        "most_rows": most_rows,
        "most_bytes": most_bytes,
        "config": LOCKED | {"memory_limit": f"{memory_bytes * 2 // 5 >> 20}MB", "threads": "2"},
    }
    answer = _nursery.ask(json.dumps(request).encode())
    end = _end_of(answer)
    if end is None:
        raise Problem(
            f"查询超过了限制（{seconds} 秒或 {memory_bytes >> 20} MB），已被终止。请缩小范围或加上汇总条件。",
            f"The query went over its limits ({seconds} s or {memory_bytes >> 20} MB) and was ended. "
            "Narrow it or aggregate more.",
        )
    if end["refused"]:
        raise Problem(*end["refused"])
    if end["error"]:
        raise Problem(f"查询有错：{end['error']}", f"The query is wrong: {end['error']}")
    return Result(pa.ipc.open_stream(answer).read_all(), end["is_cut"], time.monotonic() - began)


def _end_of(answer: bytes) -> dict[str, Any] | None:
    """What the process said last; None when it was ended before."""
    rest, _, mark = answer.rpartition(b"\n")
    if mark != END:
        return None
    return json.loads(rest.rpartition(b"\n")[2])


class _Nursery:
    """The process that forks one for every query: started with the first query, again when it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes) -> bytes:
        """The answer to one request; what came until then when the process was ended."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            ours.sendall(request)
            ours.shutdown(socket.SHUT_WR)
            with ours.makefile("rb") as answer, contextlib.suppress(ConnectionError):
                return answer.read()
        return b""

    def _hand_over(self, theirs: socket.socket) -> None:
        with self._lock:
            try:
                if self._control is None:
                    raise BrokenPipeError
                socket.send_fds(self._control, [b"q"], [theirs.fileno()])
            except OSError:
                if self._control is not None:
                    self._control.close()
                self._control = self._start()
                socket.send_fds(self._control, [b"q"], [theirs.fileno()])

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            # ends by itself when our end of the control socket closes, however this process ends
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(CHILD), str(number)],
                env={},
                cwd="/",
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return ours


_nursery = _Nursery()

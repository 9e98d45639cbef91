"""Runs dbt in a process of its own and tells the parent what happens, one JSON object a line.

Own process: dbt keeps global state and an open database; when this process ends both are gone, and the file is whole.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from pathlib import Path

from warehouse.home import CHECKOUT

PROJECT = CHECKOUT / "dbt_project"
PARENT = "ZHIDU_BUILD_PARENT_PID"
QUIET = [
    "--quiet",
    "--no-write-json",
    "--log-level-file",
    "none",
    "--no-version-check",
    "--no-use-colors",
    "--cache-selected-only",
]

_speaking = threading.Lock()


def die_with_parent() -> None:
    """A parent that is killed takes its build along: no writer stays behind, with or without its lock.

    One that was killed before this was asked for sends no signal: it is no longer the parent.
    """
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if PARENT in os.environ and os.getppid() != int(os.environ[PARENT]):
        os.kill(os.getpid(), signal.SIGKILL)


def _say(**event: object) -> None:
    line = json.dumps(event, ensure_ascii=False, default=str) + "\n"
    with _speaking:  # dbt's threads end their nodes at the same moment
        sys.stdout.write(line)
        sys.stdout.flush()


def _on_event(event: object) -> None:
    info, data = event.info, getattr(event, "data", None)  # type: ignore[attr-defined]
    node = getattr(data, "node_info", None)
    if info.name == "NodeStart" and node is not None:
        _say(event="start", node=node.node_name, type=node.resource_type)
    elif info.name == "NodeFinished" and node is not None:
        _say(event="finish", node=node.node_name, type=node.resource_type, status=str(node.node_status))
    elif info.name == "MainEncounteredError":
        _say(event="error", message=info.msg)


def main(arguments: list[str]) -> int:
    """Run dbt with the arguments given, once standard input has ended; 0 when everything succeeded."""
    die_with_parent()
    os.environ.setdefault("DO_NOT_TRACK", "1")
    from dbt.cli.main import dbtRunner  # slow to import: done while the parent prepares what dbt will read

    sys.stdin.read()
    runner = dbtRunner(callbacks=[_on_event])
    common = [
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--target-path",
        str(Path("target").resolve()),
    ]
    outcome = runner.invoke([arguments[0], *common, *QUIET, *arguments[1:]])
    for result in getattr(outcome.result, "results", None) or []:
        node, failed = result.node, str(result.status) == "fail"
        attached = getattr(node, "attached_node", None)
        _say(
            event="result",
            node=f"{attached.split('.')[-1]}: row_checks" if attached else node.name,
            type=str(node.resource_type),
            status=str(result.status),
            seconds=round(result.execution_time, 3),
            failures=result.failures,
            message=result.message,
            path=node.original_file_path,
            sql=node.compiled_code if failed else None,
        )
    if outcome.exception is not None:
        _say(event="error", message=str(outcome.exception))
    return 0 if outcome.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

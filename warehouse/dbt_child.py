"""Runs dbt in a process of its own and tells the parent what happens, one JSON object a line.

Own process: dbt keeps global state and an open database; when this process ends both are gone, and the file is whole.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from warehouse.home import CHECKOUT

PROJECT = CHECKOUT / "dbt_project"
PARENT = "ZHIDU_BUILD_PARENT_PID"
REBUILT_FROM = "ZHIDU_REBUILT_FROM"  # the first date that a partial build makes anew; set by nobody else
QUIET = [
    "--quiet",
    "--no-write-json",
    "--log-level-file",
    "none",
    "--no-version-check",
    "--no-use-colors",
    "--cache-selected-only",
]

# what _on_event tells the parent
TOLD = ("NodeStart", "NodeFinished", "MainEncounteredError")

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


def _listen_to_what_is_told() -> None:
    """Only an event that is told or warns becomes a message: dbt has thousands, and made one of each, read or not."""
    from dbt_common.events.base_types import BaseEvent, EventLevel
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    class SelectiveEventManager(EventManager):
        def fire_event(self, e: BaseEvent, level: EventLevel | None = None, *args: Any, **kwargs: Any) -> None:
            if type(e).__name__ in TOLD or (level or e.level_tag()) in (EventLevel.WARN, EventLevel.ERROR):
                super().fire_event(e, level, *args, **kwargs)

    ctx_set_event_manager(SelectiveEventManager())


def _fill_messages_directly() -> None:
    """An event's fields go into its message by protobuf's constructor; dbt's way, JSON field by field, takes ten times as
    long, for thousands of events. What the constructor does not take goes dbt's way.
    """
    from dbt_common.events import base_types

    by_way_of_json = base_types.ParseDict

    def fill(fields: dict[str, Any], message: Any) -> Any:
        try:
            return type(message)(**fields)
        except (AttributeError, TypeError, ValueError):
            return by_way_of_json(fields, message)

    base_types.ParseDict = fill


def main(arguments: list[str]) -> int:
    """Run dbt with the arguments given, once standard input has ended, made anew from the date in it; 0 when everything succeeded."""
    die_with_parent()
    gc.disable()  # a tenth of dbt's time; what is left lying, some 80 MB, grows with the models and not with the data
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.pop(REBUILT_FROM, None)
    from dbt.cli.main import dbtRunner  # slow to import: done while the parent prepares what dbt will read

    _listen_to_what_is_told()
    _fill_messages_directly()
    if first := sys.stdin.read().strip():
        os.environ[REBUILT_FROM] = first
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

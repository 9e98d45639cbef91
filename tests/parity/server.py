"""A real Spark for a while: a Connect server on this machine whose executors are two processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.compare import ROOT

SPARK = ROOT / ".venv-spark"
JAVA = 17
PATIENCE_SECONDS = 180
# every join and aggregate goes from process to process, however few its rows
CONF = {
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.files.minPartitionNum": "2",
    "spark.sql.files.openCostInBytes": "0",
}
# processes that live for minutes on small tables: most of their time would go into compiling what runs once
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        remote: the address for clients; status: that of its status pages.
        group: the process group of the driver and its executors.
    """

    remote: str
    status: str
    group: int

    def tasks_by_executor(self) -> dict[str, int]:
        """How many tasks each executor has completed, as Spark tells it; the driver is none."""
        (application,) = self._ask("applications")
        executors = self._ask(f"applications/{application['id']}/executors")
        return {e["id"]: e["completedTasks"] for e in executors if e["id"] != "driver"}

    def _ask(self, what: str) -> list[dict]:
        with urllib.request.urlopen(f"{self.status}/api/v1/{what}", timeout=30) as answer:
            return json.load(answer)


def lacking() -> str:
    """Why no server can be started here; empty where one can."""
    java = shutil.which("java")
    if java is None:
        return f"no Java on this machine (needed: {JAVA} or newer)"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = said.split('"')[1].split(".")[0] if '"' in said else "?"
    if not version.isdigit() or int(version) < JAVA:
        return f"Java {version} on this machine (needed: {JAVA} or newer)"
    if not list(SPARK.glob("lib/python*/site-packages/pyspark/bin/spark-submit")):
        return f"no Spark in {SPARK.name}: make parity installs it from requirements-spark.lock"
    return ""


@contextlib.contextmanager
def server(scratch: Path, conf: dict[str, str] | None = None) -> Iterator[Server]:
    """Start a server with two executor processes, and end all of them afterwards.

    Args:
        scratch: a folder for its own files; its log is ``server.log`` there.
        conf: instead of the settings that make every shuffle a real one.

    Raises RuntimeError when it does not answer.
    """
    (home,) = SPARK.glob("lib/python*/site-packages/pyspark")
    port, status_port = _free_ports(2)
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.port": str(status_port),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.driver.extraJavaOptions": JVM,
        "spark.executor.extraJavaOptions": JVM,
        **(CONF if conf is None else conf),
    }
    command = [str(home / "bin" / "spark-submit"), "--master", "local-cluster[2,1,1024]", "--driver-memory", "1g"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--name", "zhidu"]
    command += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    scratch.mkdir(parents=True, exist_ok=True)
    told = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(scratch)}
    log = scratch / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "spark-internal"],
            cwd=scratch,
            env=told,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await(process, port, log)
        yield Server(f"sc://127.0.0.1:{port}", f"http://127.0.0.1:{status_port}", process.pid)
    finally:
        _end(process)


def _await(process: subprocess.Popen, port: int, log: Path) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"Spark did not start:\n{log.read_text()[-3000:]}")


def _end(process: subprocess.Popen) -> None:
    """The server tells its executors to end; what has not ended then is killed, as one group."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]

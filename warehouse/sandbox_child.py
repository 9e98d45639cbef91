"""The processes that run people's queries: no files, no network, little memory, little time.

Started as a script by ``warehouse.sandbox`` with an empty environment and one end of a control socket as descriptor.
It imports once, then forks for every query: a new process for each, without the third of a second that imports take.
A query's own socket comes over the control socket; on it come one JSON request and go an Arrow stream, a line of JSON
that says whether the result was cut and what went wrong, and a mark: an answer without it was ended by the kernel.
"""

import gc
import json
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parent))  # an isolated interpreter has no path to the project
from sandbox_gate import Refused, check  # noqa: E402

BATCH_ROWS = 1_000
FOR_ENDING = 0.05  # of the time: the kernel's taking back of gigabytes
END = b"zhidu: end of answer"


def serve(control: socket.socket) -> None:
    """Fork for every socket that comes, until the one who asks is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that ended are forgotten by the kernel
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        with socket.socket(fileno=descriptors[0]) as asked:
            if os.fork() == 0:
                control.close()
                os.nice(5)
                answer(asked)
                os._exit(0)


def answer(asked: socket.socket) -> None:
    with asked.makefile("rb") as requests, asked.makefile("wb") as out:
        request = json.loads(requests.read())
        is_cut, error, refused = False, "", None
        waited = time.monotonic() - request["asked_at"]  # one clock for the whole machine
        limit(request["memory_bytes"], request["seconds"], waited)
        try:
            check(request["sql"], request["config"])
            connection = duckdb.connect(request["path"], read_only=True, config=request["config"])
            connection.execute("set search_path = 'marts,reference,quality'")
            connection.execute("set enable_external_access = false")
            connection.execute("set disabled_filesystems = 'LocalFileSystem'")
            connection.execute("set lock_configuration = true")
            reader = connection.sql(request["sql"]).to_arrow_reader(BATCH_ROWS)
            is_cut = write(reader, out, request["most_rows"], request["most_bytes"])
        except Refused as no:
            refused = [no.zh, no.en]
        except MemoryError:
            error = "out of memory"
        except Exception as problem:
            error = str(problem)
        out.write(b"\n" + json.dumps({"is_cut": is_cut, "error": error, "refused": refused}).encode() + b"\n" + END)


def limit(memory_bytes: int, seconds: float, waited: float) -> None:
    """Limits that hold whatever the query does: the kernel ends the process, not a check between two steps.

    The time counts from the asking; a query that had to wait for its process has half of it nevertheless.
    """
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory_bytes, used + memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, max(seconds * (1 - FOR_ENDING) - waited, seconds / 2))


def write(reader, out, most_rows, most_bytes) -> bool:
    """Write the batches until there are enough rows or bytes; says whether something was left out."""
    rows, size = most_rows, most_bytes
    with pa.ipc.new_stream(out, reader.schema) as stream:
        for batch in reader:
            fitting = batch.num_rows
            if rows is not None:
                fitting = min(fitting, rows)
            if size is not None and batch.nbytes > size:
                fitting = min(fitting, size * batch.num_rows // batch.nbytes)
            if fitting < batch.num_rows:
                stream.write_batch(batch.slice(0, fitting))
                return True
            stream.write_batch(batch)
            rows = None if rows is None else rows - batch.num_rows
            size = None if size is None else size - batch.nbytes
    return False


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))

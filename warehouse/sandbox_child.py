"""The child that runs one person's query: no files, no network, little memory, little time.

Started as a script by ``warehouse.sandbox`` with an empty environment; reads a JSON request from standard input,
writes ``{"error": …}`` or an Arrow stream to standard output.
"""

import json
import resource
import signal
import sys
from pathlib import Path


def limit(memory_bytes: int, seconds: int) -> None:
    """Limits that hold whatever the query does: the kernel ends the process, not a check between two steps."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory_bytes, used + memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    import duckdb
    import pyarrow as pa

    request = json.load(sys.stdin)
    out = sys.stdout.buffer
    try:
        connection = duckdb.connect(request["path"], read_only=True, config=request["config"])
        connection.execute("set search_path = 'marts,reference,quality'")
        connection.execute("set enable_external_access = false")
        connection.execute("set disabled_filesystems = 'LocalFileSystem'")
        connection.execute("set lock_configuration = true")
        limit(request["memory_bytes"], request["seconds"])
        reader = connection.sql(request["sql"]).to_arrow_reader(10_000)
        out.write(b"A")
        with pa.ipc.new_stream(out, reader.schema) as stream:
            for batch in reader:
                stream.write_batch(batch)
    except MemoryError:
        out.write(b"E" + json.dumps("out of memory").encode())
    except Exception as error:
        out.write(b"E" + json.dumps(str(error)).encode())
    out.flush()


if __name__ == "__main__":
    main()

"""The caged child that parses a workbook: a crafted file may take this process down, never the one that loads.

Run as a script with the workbook, a file to write to, and two limits. Speaks JSON lines: first every sheet's opening
rows; then, for each sheet asked for on standard input, its size once it lies in the file as an Arrow stream of text.
"""

from __future__ import annotations

import json
import resource
import sys

OPENING_ROWS = 24
BATCH_ROWS = 50_000
LONGEST_CELL_BYTES = 4 * 32_767  # what Excel allows, in UTF-8


def main(workbook: str, out: str, memory_bytes: int, cpu_seconds: int) -> None:
    """Serve one workbook until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import fastexcel
    import pyarrow as pa
    import pyarrow.compute as pc

    reader = fastexcel.read_excel(workbook)

    def load(name: str, rows: int | None) -> pa.RecordBatch:
        # skip_rows=0 keeps the empty rows at the top: row numbers are the sheet's own
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
        batch = sheet.to_arrow()
        for column in batch.columns:
            if (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST_CELL_BYTES:
                raise ValueError("longer than a cell can be")
        return batch

    def say(message: object) -> None:
        print(json.dumps(message), flush=True)

    openings = []
    for name in reader.sheet_names:
        batch = load(name, OPENING_ROWS)
        openings.append({"name": name, "rows": [list(row.values()) for row in batch.to_pylist()]})
    say(openings)
    for line in sys.stdin:
        batch = load(json.loads(line), None)
        columns = [batch.column(i).cast(pa.large_string()) for i in range(batch.num_columns)]
        named = pa.record_batch(columns, names=[f"c{i}" for i in range(len(columns))])
        with pa.OSFile(out, "wb") as sink, pa.ipc.new_stream(sink, named.schema) as writer:
            for start in range(0, named.num_rows, BATCH_ROWS):
                writer.write_batch(named.slice(start, BATCH_ROWS))
        say({"rows": named.num_rows, "width": len(columns)})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

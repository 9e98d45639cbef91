"""Text files: random damage, every encoding in every shape, exports that come again and again."""

from __future__ import annotations

import csv
import io
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from ingest.loading import ingest_paths
from tests.torture import SEED, times
from tests.torture.logs import METHODS, File, Row, after, found, random_files, write
from tests.torture.rows import HEADER, check, look, stored, table
from tests.torture.tally import Tally
from warehouse.home import Home

FILES_AT_ONCE = 100


def _text(rows: list[list[str]], delimiter: str = ",", ending: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return out.getvalue()


# ---------------------------------------------------------------- random damage

TOKENS = [b"\0", b'"', b'""', b",", b",,", b"\n", b"\r\n", b"\r", b"\t", b";", b"\xff", b"\xef\xbb\xbf", b"\xe5", b"'",
          b"=1+1", b"NULL", b"\x1a", "，".encode(), "\u2028".encode(), b"9" * 400, b"\\", b" "]  # fmt: skip


def _damaged(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        at = chance.randrange(len(content) + 1)
        kind = chance.randrange(7)
        if kind == 0:
            content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
        elif kind == 1:
            content = content[:at] + content[at + chance.randrange(1, 30) :]
        elif kind in (2, 3):
            content = content[:at] + chance.choice(TOKENS) + content[at:]
        elif kind == 4:
            piece = content[at : at + chance.randrange(1, 80)]
            content = content[:at] + piece + content[at:]
        elif kind == 5:
            content = content[:at] if chance.random() < 0.2 else content
        else:
            lines = content.split(b"\n")
            chance.shuffle(lines) if chance.random() < 0.3 else lines.insert(
                chance.randrange(len(lines)), chance.choice(lines)
            )
            content = b"\n".join(lines)
    return content


def _untouched(rows: list[list[str]], content: bytes) -> set | None:
    """Rows whose line stands as it was under the header as it was; none is asked for where a quote could reach it."""
    lines = [line.removesuffix(b"\r") for line in content.split(b"\n")]
    original = _text(rows).encode().split(b"\n")
    if original[0] not in lines:
        return None
    head = lines.index(original[0])
    odd = [at for at, line in enumerate(lines) if b'"' in line and line not in original]
    return {
        stored(cells)
        for cells, line in zip(rows[1:], original[1:], strict=False)
        if line in lines[head + 1 :] and not (odd and lines.index(line, head + 1) > odd[0])
    }


def test_a_damaged_text_is_refused_or_accounted_for_line_by_line(tally: Callable[[str], Tally], tmp_path: Path) -> None:
    row = tally("mutated CSV files")
    chance = random.Random(SEED)
    wanted = times(row.fault)
    for start in range(0, wanted, FILES_AT_ONCE):
        inbox = tmp_path / "inbox"
        inbox.mkdir()
        home = Home(tmp_path / "home").create()
        made = {}
        for number in range(start, min(wanted, start + FILES_AT_ONCE)):
            rows = table(f"员{number}-")
            content = _damaged(_text(rows).encode(), chance)
            path = inbox / f"punches_{number}.csv"
            path.write_bytes(content)
            made[path] = (rows, content)
        started = time.monotonic()
        reports = ingest_paths(home, list(made)).files
        row.note("seconds a file", (time.monotonic() - started) / len(made))
        stands = look(home)
        for path, (rows, content) in made.items():
            with row.case(f"{path.name} {content!r}"):
                done = [r for r in reports if r.file == str(path)]
                check(stands[path.name], done, _untouched(rows, content))
        shutil.rmtree(inbox)
        shutil.rmtree(home.root)


# ---------------------------------------------------------------- encodings and shapes

TEXT = {
    "simplified": (["张三01", "李四02"], "东门闸机，二号"),
    "traditional": (["張三01", "陳小明02"], "東門閘機，二號"),
    "latin": (["Müller01", "José02"], "Entrée façade"),
    "rare": (["王堃01", "李喆02"], "\U00020bb7野家"),
}
ENCODINGS = [  # encoding, text, may it be read
    ("utf-8", "simplified", True), ("utf-8-sig", "rare", True), ("gb18030", "simplified", True),
    ("gb18030", "rare", True), ("utf-16", "traditional", True), ("utf-16-le", "simplified", False),
    ("big5", "traditional", False), ("cp1252", "latin", False),
]  # fmt: skip
SHAPES = [  # delimiter, line ending, header, quoted
    (",", "\n", "zh", False), (";", "\r\n", "zh", False), ("\t", "\n", "zh", True), (",", "\r\n", "en", True),
    ("\t", "\r\n", "en", False), (",", "\r", "en", False),
]  # fmt: skip
HEADERS = {"zh": HEADER, "en": ["employee_id", "punched_at", "method", "punched_by", "device_id"]}


def test_every_encoding_in_every_shape_is_read_right_or_refused(tally: Callable[[str], Tally], tmp_path: Path) -> None:
    row = tally("encodings x shapes")
    home, made = Home(tmp_path / "home").create(), {}
    for encoding, language, must_be_read in ENCODINGS:
        for delimiter, ending, header, is_quoted in SHAPES:
            people, device = TEXT[language]
            rows = [[f"{who}-{len(made)}", f"2026-03-02 08:0{n}", "app", "", device] for n, who in enumerate(people)]
            # the Chinese header cannot be written in these
            header = "en" if encoding in ("big5", "cp1252") else header
            out = io.StringIO()
            quoting = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
            csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(
                [HEADERS[header], *rows]
            )
            path = tmp_path / f"punches_{len(made)}.csv"
            path.write_bytes(out.getvalue().encode(encoding))
            shape = f"{encoding} {language} {delimiter!r} {ending!r} {header} quoted={is_quoted}"
            made[path] = (shape, {stored(cells) for cells in rows}, must_be_read)
    reports = {Path(r.file): r for r in ingest_paths(home, list(made)).files}
    stands = look(home)
    for path, (shape, expected, must_be_read) in made.items():
        with row.case(shape):
            check(stands[path.name], [reports[path]], expected)
            assert not must_be_read or reports[path].loaded == len(expected), reports[path].messages


# ---------------------------------------------------------------- exports that come again


def _load(home: Home, folder: Path, files: list[File]) -> None:
    ingest_paths(home, write(files, folder))


def test_the_state_follows_from_the_files_and_their_order(tally: Callable[[str], Tally], tmp_path: Path) -> None:
    """Overlapping, corrected, out of order, twice: as the contract says, row by row.

    The order of loading counts for rows that contradict each other, and for nothing else: where they all agree, any order
    and any way to cut the rows into files ends in the same rows in force.
    """
    row = tally("re-exports")
    for number in range(times(row.fault)):
        chance = random.Random(SEED + number)
        files = random_files(chance, 5)
        sequence = files + [chance.choice(files) for _ in range(3)]
        chance.shuffle(sequence)
        with row.case(f"sequence {number}"):
            home = Home(tmp_path / f"{number}").create()
            _load(home, tmp_path / "inbox", sequence)
            assert found(home.store, sequence) == after(sequence)
        with row.case(f"sequence {number}, rows that agree"):
            agreeing = list({r.key: r for f in files for r in f.rows if not r.is_bad}.values())
            ways = []
            for way in range(2):
                cut: list[list[Row]] = [[] for _ in range(2 + 2 * way)]
                for one in chance.sample(agreeing, len(agreeing)):
                    for part in chance.sample(cut, chance.choice([1, 1, 2])):
                        part.append(one)
                home = Home(tmp_path / f"{number}-{way}").create()
                parts = [File(f"punches_{way}{at}.csv", part) for at, part in enumerate(cut)]
                _load(home, tmp_path / "inbox", parts)
                state = found(home.store, parts)
                assert not state.history
                ways.append({key: value[0] for key, value in state.in_force.items()})
            assert ways[0] == ways[1] == {one.key: METHODS[one.method] for one in agreeing}

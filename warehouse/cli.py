"""The command ``zhidu`` (制度): what people and checks rely on is in docs/contract/cli.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table

from ingest import shown
from ingest.problems import Problem
from warehouse.home import Home, Settings
from warehouse.publish import Version, current
from warehouse.reader import Published, published

app = typer.Typer(
    name="zhidu",
    help="制度: an organisation's daily logs, turned into what its own written rules say.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class PlainConsole(Console):
    """A console on which text of logs, file names and queries cannot move the cursor or turn the reading direction."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=shown.lines(segment.text))


# a file or a pipe is as wide as its longest line; a terminal as wide as it is
out = PlainConsole(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else 240)
err = PlainConsole(stderr=True, soft_wrap=True, highlight=False)
Paths = Annotated[list[Path], typer.Argument(help="Files and folders, loaded in the order given.", show_default=False)]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="The last date to answer for; default: the latest date of something that happened."
    ),
]
MapFile = Annotated[Path | None, typer.Option("--map", help="A source map (YAML) for files with foreign headers.")]


class Format(StrEnum):
    """How a query's result is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


class Engine(StrEnum):
    """What runs the models."""

    duckdb = "duckdb"
    spark = "spark"


class ReportFormat(StrEnum):
    """How a report is written."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"


class _Context:
    def __init__(self, home: Path | None) -> None:
        self.settings = Settings()
        self.home = Home((home or self.settings.home).expanduser().resolve())


@app.callback()
def _main(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(envvar="ZHIDU_HOME", help="The folder that holds everything the warehouse keeps.")
    ] = None,
) -> None:
    context.obj = _Context(home)


@app.command()
def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the dashboards at the end.")] = True,
    port: Annotated[int, typer.Option(help="Port of the dashboards.")] = 8501,
) -> None:
    """A sample organisation's logs through everything, then the dashboards.

    Example: zhidu demo --no-serve
    """
    from warehouse.sample import AS_OF, write_sample

    home, settings = context.obj.home, context.obj.settings
    _refuse_foreign_home(home)
    home.create()
    sample = home.root / "sample"
    with home.lock("demo") as lock:
        with _progress() as step:
            step("sample logs", 0, 1)
            write_sample(sample)
        (home.root / "SAMPLE").touch()
        code = _ingest(home, [sample], None)
        version = _build(home, settings, AS_OF, lock)
    _say_published(home, version)
    out.print("\n看什么 · What to look at:")
    out.print("  考勤与罚款 Attendance and fines → 选一个人 pick a person → 选一笔罚款 pick a fine → 为什么 why")
    out.print(
        '  zhidu status | zhidu quarantine | zhidu sql "select clause_id, count(*), sum(effective_amount) from fct_rule_outcomes group by 1 order by 1"'
    )
    if serve:
        _serve(home, "127.0.0.1", port)
    raise typer.Exit(code)


@app.command()
def ingest(context: typer.Context, paths: Paths, map_file: MapFile = None) -> None:
    """Load files and folders of logs; a row a file says what became of its rows.

    Example: zhidu ingest inbox/ punches_2026-10.xlsx
    """
    home = context.obj.home.create()
    with home.lock("ingest"):
        code = _ingest(home, paths, map_file)
    raise typer.Exit(code)


@app.command()
def build(
    context: typer.Context,
    as_of: AsOf = None,
    full: Annotated[
        bool, typer.Option("--full", help="Make everything anew, not only what new and corrected rows touch.")
    ] = False,
    target: Annotated[
        Engine, typer.Option(help="Where the models run: here, or on the Spark at ZHIDU_SPARK_REMOTE (docs/spark.md).")
    ] = Engine.duckdb,
) -> None:
    """Run the models and their tests on what is loaded, then publish; a failure publishes nothing.

    Example: zhidu build --as-of 2026-10-31
    """
    home = context.obj.home.create()
    with home.lock("build") as lock:
        version = _build(home, context.obj.settings, as_of.date() if as_of else None, lock, target, full)
    _say_published(home, version)


@app.command()
def run(context: typer.Context, paths: Paths, as_of: AsOf = None, map_file: MapFile = None) -> None:
    """Ingest, then build.

    Example: zhidu run inbox/ --as-of 2026-10-31
    """
    home = context.obj.home.create()
    with home.lock("run") as lock:
        code = _ingest(home, paths, map_file)
        version = _build(home, context.obj.settings, as_of.date() if as_of else None, lock)
    _say_published(home, version)
    raise typer.Exit(code)


@app.command()
def restore(
    context: typer.Context,
    version: Annotated[str | None, typer.Argument(help="A kept version; default: the newest that is whole.")] = None,
) -> None:
    """Put a kept version in force again, when the newest is lost or damaged, or should not have been published.

    Example: zhidu restore 20261031T180000_000000
    """
    from warehouse.publish import restore as put_in_force

    home = context.obj.home.create()
    with home.lock("restore"):
        restored = put_in_force(home, version)
    _say_published(home, restored)


@app.command()
def whatif(
    context: typer.Context,
    rules_dir: Annotated[
        Path,
        typer.Argument(help="A folder of rule files; each replaces the one in force of its name.", show_default=False),
    ],
    months: Annotated[int, typer.Option(min=1, help="How many months, back from the published date.")] = 3,
    format: Annotated[ReportFormat, typer.Option(help="How the result is written.")] = ReportFormat.table,
    out_file: Annotated[Path | None, typer.Option("--out", help="A file to write to.")] = None,
) -> None:
    """What a draft of the rules would have made of the last months: who gains, who loses. Publishes nothing.

    Example: zhidu whatif draft_rules/ --months 6 --format xlsx --out draft.xlsx
    """
    from warehouse.whatif import check_output, write_comparison
    from warehouse.whatif import whatif as try_rules

    home = context.obj.home
    check_output(format.value, out_file)
    published(home)  # a home without any has no lock to hold
    with home.lock("whatif") as lock, _progress() as step:
        comparison = try_rules(home, context.obj.settings, rules_dir, months, lock, step)
    write_comparison(comparison, format.value, out_file, out)


@app.command()
def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port.")] = 8501,
    host: Annotated[
        str, typer.Option(help="Address; only this machine's own while no sign-in is configured.")
    ] = "127.0.0.1",
) -> None:
    """Serve the dashboards.

    Example: zhidu serve --port 8600
    """
    _serve(context.obj.home, host, port)


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One SELECT on marts, reference, quality.")],
    format: Annotated[Format, typer.Option(help="How the result is written.")] = Format.table,
    out_file: Annotated[Path | None, typer.Option("--out", help="A file to write to.")] = None,
    seconds: Annotated[int, typer.Option(min=1, help="Time the query may take.")] = 60,
) -> None:
    """Read-only SQL on what is published, without a way to the file system or network.

    Example: zhidu sql "select * from marts.fct_attendance_months limit 5" --format csv
    """
    from warehouse.export import write_result
    from warehouse.sandbox import run as run_query

    result = run_query(_reader(context.obj.home).path, query, seconds=seconds)
    write_result(result, format.value, out_file, out)


@app.command("map")
def draft_map(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The file that nobody knows yet.", show_default=False)],
    feed: Annotated[str | None, typer.Option(help="What it holds; default: what its headers say most of.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where to; default: maps/drafts in the home.")] = None,
) -> None:
    """A draft of a source map for a file with foreign headers, the doubtful parts marked. Loads nothing.

    Example: zhidu map export.xlsx --feed punches
    """
    from ingest.drafts import DOUBT
    from ingest.drafts import draft_map as draft

    home = context.obj.home.create()
    made = draft(home, path, feed, out_file)
    if made.known is not None:
        known = made.known
        out.print(
            f"{path}：已认识，是“{known.about}”，不需要映射。\n{path}: known already as {known.name}; no map is needed.",
            markup=False,
        )
        if known.refuse:
            out.print(f"{known.refuse.zh}\n{known.refuse.en}", markup=False)
        return
    out.print(
        f"已写 {made.path}（{made.feed or '种类未定'}），存疑 {len(made.doubts)} 处。请核对标有“{DOUBT}”的行，再 zhidu ingest {path} --map {made.path}；"
        f"或把它移到 {home.maps}，以后同名的文件都照此读取。\n"
        f"Wrote {made.path} ({made.feed or 'of no feed yet'}) with {len(made.doubts)} doubts. Look at the lines marked so, then "
        f"zhidu ingest {path} --map {made.path}; or move it to {home.maps} for all files so named.",
        markup=False,
    )
    for doubt in made.doubts:
        out.print(f"  {doubt}", markup=False)


@app.command()
def quarantine(
    context: typer.Context,
    feed: Annotated[str | None, typer.Option(help="Only this feed.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="A file (with --feed) or a folder.")] = None,
) -> None:
    """The rows that were refused: file, row, reason, and the row as it was. Mend an exported file and ingest it again.

    Example: zhidu quarantine --feed punches --out punches_to_mend.csv
    """
    from ingest.quarantine import export_rows, open_rows

    home = context.obj.home
    if out_file is not None:
        for path, count in export_rows(home, feed, out_file):
            out.print(f"{path}: {count}")
        return
    rows = open_rows(home, feed)
    if not rows:
        out.print("没有被拒收的行。\nNo row is in quarantine.")
        return
    for row in rows:
        out.print(
            f"[bold]{escape(row['file_name'])}[/] · {row['feed']} · 第 {row['source_row']} 行 row {row['source_row']} · {row['column_name'] or ''}"
        )
        out.print(f"  {row['reason_zh']}\n  {row['reason_en']}\n  {row['row_text']}", markup=False)


@app.command()
def explain(
    context: typer.Context,
    outcome_id: Annotated[str, typer.Argument(help="The id of an outcome, as in fct_rule_outcomes.")],
    lang: Annotated[str, typer.Option(help="zh, en or both.")] = "both",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """One outcome, traced: clause, parameters in force, the arithmetic, the log row, its file and row number.

    Example: zhidu explain 0ab929b4f4b6cc8a51b01f6f0fb536ce --lang zh
    """
    from dataclasses import asdict

    from warehouse.explain import explain as trace

    if lang not in ("zh", "en", "both"):
        raise Problem("--lang 只能是 zh、en 或 both。", "--lang takes zh, en or both.")
    version = _reader(context.obj.home)
    languages = ("zh", "en") if lang == "both" else (lang,)
    explanations = {language: trace(version, outcome_id, language) for language in languages}
    if as_json:
        out.print_json(json.dumps({k: asdict(v) for k, v in explanations.items()}, ensure_ascii=False, default=str))
        return
    for number, (language, explanation) in enumerate(explanations.items()):
        _print_explanation(explanation, language, with_sources=True if len(explanations) == 1 else number == 0)


@app.command()
def status(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """What is published, as of when, from which files, how fresh, what is in quarantine.

    Example: zhidu status --json
    """
    from warehouse.status import status_of

    facts = status_of(context.obj.home)
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=1, default=str))
        return
    for damage in facts["damages"]:
        out.print(f"{damage['zh']}\n{damage['en']}", markup=False)
    if facts["published_path"] is None and facts["damages"]:
        out.print("没有可用的版本。\nThere is no version that can be read.")
    elif facts["published_path"] is None:
        out.print(
            f"{context.obj.home.root}：还没有发布任何版本。\n{context.obj.home.root}: nothing has been published yet."
        )
    else:
        out.print(f"已发布 published  {facts['version']}  {facts['published_at']}")
        out.print(f"截止 as of        {facts['as_of']}")
        out.print(f"文件 file         {facts['published_path']}")
        _say_years_without_holidays(facts["years_without_holidays"])
    table = Table("feed", "rows", "corrections", "last load", box=None, pad_edge=False)
    for name, feed in facts["feeds"].items():
        table.add_row(name, f"{feed['rows']:,}", f"{feed['corrections']:,}", str(feed["last_loaded_at"] or ""))
    out.print(table)
    out.print(f"隔离区 in quarantine: {facts['quarantined']}   文件 files: {facts['files']}")
    if facts["writer"]:
        out.print(f"正在写入 being written by: {facts['writer']}")


def _ingest(home: Home, paths: list[Path], map_file: Path | None) -> int:
    from ingest.loading import ingest_paths

    with _progress() as step:
        report = ingest_paths(home, paths, map_file, lambda file, rows: step(f"{file}: {rows:,}", 0, 0))
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    table.add_column("feed")
    for name in ("rows read", "loaded", "corrected", "duplicate", "quarantined", "seconds"):
        table.add_column(name, justify="right")
    for f in report.files:
        counts = (f.rows_read, f.loaded, f.corrected, f.duplicate, f.quarantined)
        table.add_row(escape(f.file), f.feed or "—", *(f"{n:,}" for n in counts), f"{f.seconds:.2f}")
    out.print(table)
    for f in report.files:
        for message in f.messages:
            err.print(f"{f.file}: {message.zh}\n{f.file}: {message.en}", markup=False)
    return 2 if report.has_unreadable else 0


def _build(
    home: Home,
    settings: Settings,
    as_of: date | None,
    lock: int,
    target: Engine = Engine.duckdb,
    is_whole: bool = False,
) -> Version:
    with _progress() as step:
        if target is Engine.spark:
            from warehouse.spark import build as build_on_spark

            return build_on_spark(home, settings, as_of, lock, step, is_whole)
        from warehouse.build import build as build_version

        return build_version(home, settings, as_of, lock, step, is_whole)


def _serve(home: Home, host: str, port: int) -> None:
    from dashboards.server import serve as serve_pages

    serve_pages(home, host, port)


def _say_published(home: Home, version: Version) -> None:
    marts = {name: count for name, count in version.rows.items() if name.startswith("marts.")}
    out.print(
        f"已发布 {version.version}，截止 {version.as_of}：{len(marts)} 张表，{sum(marts.values()):,} 行 → {home.published / version.file}\n"
        f"Published {version.version} as of {version.as_of}: {len(marts)} marts, {sum(marts.values()):,} rows."
    )
    _say_years_without_holidays(Published(home, version).years_without_holidays)


def _say_years_without_holidays(years: list[int]) -> None:
    if years:
        first, last = years[0], years[-1]
        when = f"{first}" if first == last else f"{first}–{last}"
        out.print(
            f"{when} 年没有节假日表：这些年份凡按工作日计算的数字都不出，其余照常。请在 public_holidays.csv 中补上后重新构建。\n"
            f"{when}: no table of public holidays, so no figure that counts working days is given for it; the others are. "
            "Add the year to public_holidays.csv and build again."
        )


def _reader(home: Home) -> Published:
    """What is published, open; says so where it is not the newest version that is read."""
    reader = published(home)
    for damage in reader.damages:
        err.print(f"{damage.zh}\n{damage.en}", markup=False)
    if reader.damages:
        name = reader.version.version
        err.print(f"以下取自版本 {name}。\nWhat follows is from version {name}.")
    return reader


def _refuse_foreign_home(home: Home) -> None:
    """The demo never mixes its invented people with real ones."""
    if home.root.exists() and not (home.root / "SAMPLE").exists() and (home.store.exists() or current(home)):
        raise Problem(
            f"{home.root} 里已有别的数据，样例不会装进去。请用 --home 指定一个空文件夹。",
            f"{home.root} holds other data; the sample is not loaded into it. Name an empty folder by --home.",
        )


def _print_explanation(explanation: Any, language: str, with_sources: bool) -> None:
    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    def section(zh: str, en: str, lines: list[str]) -> None:
        if lines:
            out.print(f"[bold]{say(zh, en)}[/]")
            for line in lines:
                out.print(f"  {line}", markup=False)

    out.print(f"[bold]{escape(explanation.title)}[/]")
    section("条款", "Clause", [f"{explanation.clause_id}  {explanation.clause}", *filter(None, [explanation.note])])
    section("依据", "What was looked at", [f"{name}: {value}" for name, value in explanation.facts])
    section(
        f"当时有效的参数（规则版本 {explanation.rule_version}）",
        f"Parameters in force (rule version {explanation.rule_version})",
        [f"{name}: {value}  [{origin}]" for name, value, origin in explanation.parameters],
    )
    section("计算", "Arithmetic", explanation.arithmetic)
    if with_sources:
        lines = []
        for source in explanation.sources:
            lines.append(
                f"{source.role} · {source.feed} · {source.file_name} 第 {source.row} 行 row {source.row} (sha256 {source.sha256[:12]}…)"
            )
            lines.append(f"  {source.line or '；'.join(f'{k}={v}' for k, v in source.cells.items())}")
        section("日志原文", "Log rows as they stood", lines)
    out.print()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Progress on a terminal, nothing elsewhere."""
    if not err.is_terminal:
        yield lambda *_: None
        return
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=err, transient=True
    ) as progress:
        task = progress.add_task("", total=None)

        def step(what: str, done: int, total: int) -> None:
            progress.update(task, description=escape(what), completed=done, total=total or None)

        yield step


def main() -> None:
    """Run the command; a Problem becomes its message in both languages and its exit code."""
    try:
        app()
    except Problem as problem:
        err.print(f"[red]{escape(problem.zh)}[/]\n{escape(problem.en)}")
        sys.exit(problem.exit_code)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        err.print(
            f"[red]失败：{escape(str(error))}。已发布的版本没有改变。请检查磁盘空间、内存与权限后重试。[/]\n"
            f"Failed: {escape(str(error))}. The published version is unchanged. "
            "Check disk space, memory and rights, then try again."
        )
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

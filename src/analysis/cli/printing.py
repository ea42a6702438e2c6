"""What commands share: their options, and how an answer is printed."""

from __future__ import annotations

import csv
import inspect
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

import typer

from analysis.plain_text import formula_as_text, visible

if TYPE_CHECKING:
    from analysis.workers.work import Workers

PERCENT_COLUMNS = frozenset(
    {"interview_chance", "chance", "low", "high", "match_chance", "selection_acceptability"}
)
WIDEST_ROW = 10_000
TO_THE_RIGHT = PERCENT_COLUMNS | {"range"}


Format = Literal["table", "csv", "json"]  # of an answer


def chosen_format(asked: Format | None) -> Format:
    """The format asked for, else a table on a terminal and CSV elsewhere."""
    return asked or ("table" if sys.stdout.isatty() else "csv")


def say(message: object) -> None:
    """Tell the user something on stderr; what a terminal would obey is shown instead."""
    try:
        print(visible(str(message)), file=sys.stderr, flush=True)
    except OSError:
        # Who read it has left, or the log's disk is full: that must not end what is at work.
        unheard(sys.stderr)


def unheard(stream: TextIO) -> None:
    """Let what goes to a stream from here on, and what waits in it, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_json(answer: Any) -> None:
    """Print an answer as JSON; what is not known is null."""
    text = json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False)
    print(text if visible(text) == text else json.dumps(answer, indent=1, allow_nan=False))


def print_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> None:
    """Print rows as CSV that no spreadsheet takes for formulas; lists are joined by ``;``."""
    header = list(rows[0]) if rows else columns
    if not header:
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row.values()] for row in rows])


def _cell(value: Any) -> Any:
    if value is None or value != value:
        return ""
    if isinstance(value, list | tuple):
        value = ";".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.6g}"
    return formula_as_text(visible(value)) if isinstance(value, str) else value


def print_answer(
    asked: Format | None,
    answer: Any,
    rows: Sequence[Mapping[str, Any]],
    as_table: Callable[[], None],
    columns: Sequence[str] = (),
) -> None:
    """Print an answer as JSON, its rows as CSV, or as the function prints a table of it."""
    form = chosen_format(asked)
    if form == "json":
        print_json(answer)
    elif form == "csv":
        print_csv(rows, columns)
    else:
        as_table()


def print_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    title: str = "",
    to_the_right: Collection[str] = TO_THE_RIGHT,
) -> None:
    """Print some columns of rows as a table."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from analysis.text import named_lines

    heads = named_lines("printed/heads")
    table = Table(title=title or None, title_justify="left", header_style="bold", box=None)
    for name in columns:
        head = heads.get(name) or name.replace("_", " ")
        table.add_column(head, justify="right" if name in to_the_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(visible(_shown(name, row.get(name)))) for name in columns))
    # Into a pipe a row is a line, however long.
    width = None if sys.stdout.isatty() else WIDEST_ROW
    Console(width=width, highlight=False).print(table)


def _shown(name: str, value: Any) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value * 100:.0f}%" if name in PERCENT_COLUMNS else f"{value:.3g}"
    return str(value)


def print_chances(
    records: Sequence[Mapping[str, Any]], what_ifs: Sequence[str], fingerprint: str
) -> None:
    """Print chances as a table: a row a student and program, a column a scenario."""
    from analysis.text import sentence

    names = {"base": titles()["as_it_is"]} | {
        f"what_if_{n}": text for n, text in enumerate(what_ifs, 1)
    }
    rows: list[dict[str, Any]] = []
    for record in records:
        if record["scenario"] == "base":
            rows.append({"student_id": record["student_id"], "program_id": record["program_id"]})
            rows[-1] |= {"gate_reason": record["gate_reason"], "unknown": record["unknown"]}
        rows[-1][names[record["scenario"]]] = _with_range(record)
    columns = ["student_id", "program_id", *names.values(), "gate_reason", "unknown"]
    basis = records[0]["chance_basis"] if records else "none"
    note = sentence("printed/chances", fingerprint=fingerprint, basis=basis)
    print_table(rows, columns, note, to_the_right=tuple(names.values()))


def _with_range(record: Mapping[str, Any]) -> str:
    chance, low, high = (record[name] for name in ("interview_chance", "low", "high"))
    if chance is None:
        return "–"
    shown = _percent(chance)
    # A range that prints as one number, as at the highest chance that is ever shown, says nothing.
    if low is None or f"{100 * low:.0f}" == f"{100 * high:.0f}":
        return shown
    return f"{shown} ({100 * low:.0f}-{100 * high:.0f})"


WIDEST = 100


def titles() -> dict[str, str]:
    """What stands over the tables that commands print."""
    from analysis.text import named_lines

    return named_lines("printed/titles")


def print_list(student_id: str, record: dict[str, Any]) -> None:
    """Print the answer of ``pick`` for a reader."""
    from analysis.text import sentence, sentences

    if record["programs"]:
        count = len(record["chosen"])
        title = sentence("printed/list_title", student_id=student_id, count=count)
        columns = ["program", "group", "chance", "range", "signal", "why"]
        # Without preferences every order is as good as another.
        columns = [*columns, "rank"] if record["preference_from"] else columns
        print_table([_program(row) for row in record["programs"]], columns, title)
        print("\n".join(f"{code}: {words}" for code, words in record["legend"].items()))
    for line in sentences("printed/list", **record):
        _print_wrapped(line, "  " if line.startswith("- ") else "")
    if record["what_ifs"]:
        _print_what_ifs(record)
    print(sentence("printed/list_foot", **record))


def _program(row: dict[str, Any]) -> dict[str, Any]:
    low, high = (f"{100 * row[end]:.0f}" for end in ("low", "high"))
    return {
        "rank": row["rank"],
        "program": row["program_id"] + ("*" if row["verify"] else ""),
        "group": row["group"].replace("_", " "),
        "chance": row["interview_chance"],
        "range": f"{low}–{high}%" if low != high else "",
        "signal": "–" if row["signal"] == "none" else row["signal"],
        "why": row["why"],
    }


def _print_what_ifs(record: dict[str, Any]) -> None:
    base = {
        "changes": titles()["as_it_is"],
        "match_chance": record["match_chance"],
        "match_chance_if_unknowns_close": record["match_chance_if_unknowns_close"],
        "expected_interviews": record["expected_interviews"],
        "applications": len(record["chosen"]),
        "fee_usd": record["fee_usd"],
        "enters": [],
        "leaves": [],
    }
    rows = [
        {
            "changes": row["changes"],
            "match_chance": row["match_chance"],
            "if_closed": _percent(row["match_chance_if_unknowns_close"]),
            "interviews": f"{row['expected_interviews']:.1f}",
            "sent": row["applications"],
            "fees": f"${row['fee_usd']:,.0f}",
            "enter": len(row["enters"]),
            "leave": len(row["leaves"]),
        }
        for row in [base, *record["what_ifs"]]
    ]
    print_table(rows, list(rows[0]), titles()["what_ifs"])
    for row in record["what_ifs"]:
        _print_wrapped(row["sentence"])


def _print_wrapped(words: str, indent: str = "") -> None:
    text = visible(words)
    if not sys.stdout.isatty():
        # Into a pipe a sentence is a line.
        print(text)
        return
    width = min(shutil.get_terminal_size().columns, WIDEST)
    print(textwrap.fill(text, width, subsequent_indent=indent))


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{share * 100:.0f}%"


StudentId = Annotated[str, typer.Argument(metavar="ID", help="Id of the student.")]
Students = Annotated[
    Path,
    typer.Option(
        "--students", metavar="FILE", help="The class: a CSV file or workbook of students."
    ),
]
Programs = Annotated[
    Path, typer.Option("--programs", metavar="FILE", help="A CSV file or workbook of programs.")
]
Preferences = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Wishes, ties and signals: a file.")
]
GraduateFiles = Annotated[
    list[Path],
    typer.Option("--graduates", metavar="FILE", help="A file of graduates. Repeat it for more."),
]
Survey = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Take the weights from survey responses: a CSV file."),
]
AssumptionsFile = Annotated[
    Path | None,
    typer.Option("--assumptions", metavar="FILE", help="Another set of assumptions: a TOML file."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one assumption, as key=value. Repeat it for more.",
    ),
]


Processes = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=64,
        metavar="NUMBER",
        help="How many run at once. Default: one for each processor.",
    ),
]
Cluster = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Let a Dask scheduler do the work, as tls://HOST:PORT."),
]


MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help="How your own columns read. Default: mapping.toml beside the file.",
    ),
]
IgnoredColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore-column",
        metavar="NAME",
        help="Leave a column out, by its name. Repeat it for more.",
    ),
]


def reads_files(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--mapping`` and ``--ignore-column``, which hold for every file it reads."""

    @wraps(command)
    def reading(*args: Any, **options: Any) -> Any:
        from analysis.tables.mapping import reading_with

        ignored = tuple(options.pop("ignore_column") or ())
        with reading_with(options.pop("mapping"), ignored) as headers:
            result = command(*args, **options)
            for message in headers.in_no_file():
                say(message)
            return result

    signature = inspect.signature(command, eval_str=True)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in (("mapping", MappingFile), ("ignore_column", IgnoredColumns))
    ]
    every = [*signature.parameters.values(), *more]
    reading.__signature__ = signature.replace(parameters=every)  # type: ignore[attr-defined]
    reading.__annotations__ = {one.name: one.annotation for one in every}
    return reading


def refuse_both(workers: int | None, cluster: str) -> None:
    """Refuse ``--workers``, processes of this machine, together with ``--cluster``."""
    if workers and cluster:
        message = "--workers is for this machine and --cluster for others: give one of them"
        raise typer.BadParameter(message)


@contextmanager
def workers_of(workers: int | None, cluster: str) -> Iterator[Workers]:
    """Workers as the options ask for, and a warning where others could read along."""
    if not cluster:
        from analysis.workers.pool import LocalPool

        yield LocalPool(workers)
        return
    from analysis.workers.cluster import dask_cluster
    from analysis.workers.host import checked_address, is_open_to_readers

    if is_open_to_readers(checked_address(cluster)):
        say(
            f"warning: {cluster} is not encrypted. Students' rows, names and reports would cross "
            "the network in clear, to a cluster that you have named. With tls://, and Dask's own "
            "settings for it, they do not"
        )
    with dask_cluster(cluster, say) as connected:
        yield connected

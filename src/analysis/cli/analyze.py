"""Commands that answer with numbers: chances, pick, robustness, backtest, assumptions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from analysis.cli.printing import (
    AssumptionsFile,
    Cluster,
    Format,
    GraduateFiles,
    Preferences,
    Processes,
    Programs,
    Sets,
    StudentId,
    Students,
    Survey,
    chosen_format,
    print_answer,
    print_chances,
    print_list,
    print_table,
    reads_files,
    refuse_both,
    say,
    titles,
    workers_of,
)
from analysis.errors import problem_lines

WhatIfs = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if", metavar="CHANGES", help="What to change, as step2_ck=265. Repeat it for more."
    ),
]
FormatOption = Annotated[Format | None, typer.Option("--format", help="How to print the answer.")]


# Ways to find a list, and ways from responses to weights.
Method = Literal["auto", "greedy", "swap", "exact"]
Way = Literal["cited_times_mean", "mean_among_citing", "rank_order_centroid"]
assumptions_app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Show, compare or start a set of assumptions."
)
graduates_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Combine counts of graduates from several offices.",
)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(reads_files(chances))
    app.command()(reads_files(pick))
    app.command()(reads_files(season))
    app.command()(reads_files(robustness))
    app.command()(reads_files(backtest))
    app.command()(scorecard)
    assumptions_app.command("show")(show_assumptions)
    assumptions_app.command("diff")(diff_assumptions)
    assumptions_app.command("new")(reads_files(new_assumptions))
    app.add_typer(assumptions_app, name="assumptions")
    graduates_app.command("export")(reads_files(export_graduates))
    graduates_app.command("pool")(pool_graduates)
    app.add_typer(graduates_app, name="graduates")


def _given(path: Path | None) -> str:
    return "" if path is None else str(path.resolve())


def chances(
    students: Students,
    programs: Programs,
    preferences: Preferences = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    what_if: WhatIfs = None,
    student_id: Annotated[
        str, typer.Option("--student", metavar="ID", help="One student. Default: all.")
    ] = "",
    output: FormatOption = None,
) -> int:
    """Show the chance of an interview at each program. For one student or the class."""
    from analysis.views.chances import chances as answer_of

    answer = answer_of(
        students,
        programs,
        _given(preferences),
        assumptions,
        sets or (),
        what_if or (),
        student_id,
    )
    for message in problem_lines(answer.problems):
        say(message)
    rows = answer.records()
    as_table = partial(print_chances, rows, what_if or (), answer.fingerprint)
    print_answer(output, rows, rows, as_table)
    return answer.exit_code


def pick(
    student_id: StudentId,
    students: Students,
    programs: Programs,
    preferences: Preferences = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="NUMBER", help="Most applications.")
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=0, metavar="NUMBER", help="Most to spend on fees, in US dollars."),
    ] = None,
    gold: Annotated[
        str,
        typer.Option(
            metavar="NUMBERS", help='Gold signals, a number for each specialty: "5" or "5;3".'
        ),
    ] = "",
    silver: Annotated[
        str, typer.Option(metavar="NUMBERS", help="Silver signals, written the same way.")
    ] = "",
    quota: Annotated[
        list[str] | None,
        typer.Option(metavar="LIMIT", help="At least or at most, as state=OH>=3 or state=TX<=2."),
    ] = None,
    fill: Annotated[
        bool, typer.Option("--fill", help="Use every application, however little it adds.")
    ] = False,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLACES", help='Wanted and unwanted places, as "OH; New England; not TX".'
        ),
    ] = None,
    must: Annotated[
        str,
        typer.Option(
            metavar="IDS", help="Ids of programs that must be listed, separated by semicolons."
        ),
    ] = "",
    never: Annotated[str, typer.Option(metavar="IDS", help="Ids of programs to leave out.")] = "",
    home: Annotated[str, typer.Option(metavar="IDS", help="Ids of home programs.")] = "",
    rotation: Annotated[
        str, typer.Option(metavar="IDS", help="Ids of programs where the student rotated.")
    ] = "",
    signal_home: Annotated[
        bool | None,
        typer.Option(
            "--signal-home/--no-signal-home",
            help="Whether home programs get a signal. Default: as the specialty asks.",
        ),
    ] = None,
    prestige: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, metavar="NUMBER", help="How much prestige counts among the wishes."
        ),
    ] = None,
    second: Annotated[
        str,
        typer.Option(metavar="SPECIALTY", help="A second specialty, to compare one plan with two."),
    ] = "",
    partner: Annotated[
        str, typer.Option(metavar="ID", help="Id of the partner, for a couple.")
    ] = "",
    together_by: Annotated[
        str,
        typer.Option(
            metavar="COLUMN",
            help="What counts as together for a couple: city, state or institution_id.",
        ),
    ] = "",
    both_at_one: Annotated[
        bool, typer.Option("--both-at-one", help="Allow both specialties at one institution.")
    ] = False,
    method: Annotated[Method, typer.Option(help="How to search for the list.")] = "auto",
    what_if: WhatIfs = None,
    output: FormatOption = None,
) -> int:
    """Recommend an application list for one student, with reasons."""
    from analysis.tables.codes import wished_places
    from analysis.views.pick import PROGRAM_COLUMNS, ListWishes
    from analysis.views.pick import pick as answer_of

    preferred, excluded = wished_places(where or ())
    wishes = ListWishes(
        fill=fill,
        prefer_states=preferred,
        exclude_states=excluded,
        must=_ids(must),
        never=_ids(never),
        home=_ids(home),
        rotation=_ids(rotation),
        signal_home=signal_home,
        wish_prestige=prestige,
        apart=not both_at_one,
        limit=limit,
        budget_usd=budget,
        gold=_signals("--gold", gold),
        silver=_signals("--silver", silver),
        quotas=tuple(quota or ()),
    )
    answer = answer_of(
        student_id,
        students,
        programs,
        _given(preferences),
        assumptions,
        sets or (),
        wishes,
        method,
        what_if or (),
        second=second,
        partner=partner,
        together_by=together_by,
    )
    record = answer.record()
    as_table = partial(print_list, student_id, record)
    print_answer(output, record, record["programs"], as_table, PROGRAM_COLUMNS)
    if chosen_format(output) == "csv":
        if not record["programs"]:
            say(record["sentences"][0])
        if what_if:
            say("CSV is the list as it is; --format table or json has the what-ifs beside it")
    return 0


def season(
    student_id: StudentId,
    students: Students,
    programs: Programs,
    offers: Annotated[
        Path,
        typer.Option(
            "--offers", metavar="FILE", help="What programs have answered: a CSV file or workbook."
        ),
    ],
    preferences: Preferences = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    output: FormatOption = None,
) -> int:
    """Say where one student stands in the season. Also what to do next."""
    from analysis.text import sentence
    from analysis.views.season import SEASON_COLUMNS
    from analysis.views.season import season as answer_of

    answer = answer_of(
        student_id, students, programs, offers, _given(preferences), assumptions, sets or ()
    )
    record = answer.record()

    def as_table() -> None:
        columns = ["program", "answer", "chance", "match_gain", "rank", "write"]
        print_table(answer.printed(), columns, sentence("printed/season", student_id=student_id))
        print("\n".join(record["sentences"]))
        print(sentence("printed/rests_on", **record))

    print_answer(output, record, record["programs"], as_table, SEASON_COLUMNS)
    return 0


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _signals(option: str, text: str) -> tuple[int, ...] | None:
    if not text:
        return None
    try:
        numbers = tuple(int(part) for part in text.split(";"))
    except ValueError:
        message = f"{option}: found {text!r}; expected a whole number, or two separated by ;"
        raise typer.BadParameter(message) from None
    return numbers


def robustness(
    student_id: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the student, or 'class' for everyone.")
    ],
    students: Students,
    programs: Programs,
    preferences: Preferences = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    draws: Annotated[
        int | None,
        typer.Option(min=10, metavar="NUMBER", help="How often the assumptions are drawn."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Seed of the draws, to repeat a run.")
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Use no earlier answer and keep none.")
    ] = False,
    survey: Survey = None,
    workers: Processes = None,
    cluster: Cluster = "",
    output: FormatOption = None,
) -> int:
    """Say which conclusions hold when assumptions vary. For one student or the class."""
    refuse_both(workers, cluster)
    if student_id != "class" and (workers or cluster):
        message = "one student runs in this process: --workers and --cluster are for class"
        raise typer.BadParameter(message)
    code, title = 0, titles()["robustness"]
    files = (students, programs, _given(preferences), assumptions, sets or (), draws, seed)
    said: list[str] = []
    if student_id == "class":
        from analysis.tables.check import check_table
        from analysis.views.class_robustness import class_robustness
        from analysis.workers.host import ClusterLostError

        if survey is not None:
            raise typer.BadParameter("--survey is for one student, not for the class")
        title = titles()["class_robustness"]
        problems = check_table(students, "students").problems
        for message in problem_lines(problems):
            say(message)
        try:
            with workers_of(workers, cluster) as pool:
                table = class_robustness(
                    *files, progress=_told("students"), workers=pool, cached=not no_cache
                )
        except ClusterLostError:
            if not no_cache:
                say("stopped; the finished students are kept: the same command goes on from there")
            raise
        finally:
            _clear_line()
        code = 1 if problems or (len(table) and table["problem"].ne("").any()) else 0
        answer = rows = table.astype(object).where(table.notna(), None).to_dict("records")
        columns = list(table.columns)
    else:
        from analysis.views.robustness import robustness as answer_of
        from analysis.views.robustness import robustness_rows

        told, responses = _told("lists made again"), _given(survey)
        answer = answer_of(student_id, *files, told, responses, cached=not no_cache)
        _clear_line()
        rows, said = robustness_rows(answer), answer["findings"]
        columns = ["program_id", "selection_acceptability", "low", "high", "in_base_list"]

    def as_table() -> None:
        print_table(rows, columns, title)
        print("".join(f"{sentence}.\n" for sentence in said), end="")

    print_answer(output, answer, rows, as_table)
    return code


def _told(what: str) -> Callable[[int], None]:
    """Progress of a long run, always on the same line of a terminal."""

    def told(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} {what}", end="", file=sys.stderr, flush=True)

    return told


def _clear_line() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def backtest(
    graduates: GraduateFiles,
    programs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file of programs, if graduates name them by id."),
    ] = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    learned_to: Annotated[
        Path | None,
        typer.Option(
            "--learned", metavar="FILE", help="Write the learned assumptions to this new file."
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="What the rows are: applications, interviews or matched."
        ),
    ] = "",
    insist: Annotated[
        bool, typer.Option("--insist", help="Write the learned set though a rival did better.")
    ] = False,
    output: FormatOption = None,
) -> int:
    """Compare the chances with your graduates' outcomes. Also learn from them."""
    from analysis.text import sentence
    from analysis.views.backtest import backtest as answer_of

    answer = answer_of(
        [path.resolve() for path in graduates],
        _given(programs),
        assumptions_toml=assumptions,
        overrides=sets or (),
        learned_toml=_given(learned_to),
        form=form,
        insist=insist,
    )
    record = answer.record()
    if answer.refused:
        say(answer.refused)

    def as_table() -> None:
        print(answer.verdict())
        for reason in record["reasons"]:
            print(f"{reason[0].upper()}{reason[1:]}.")
        figures = [row for row in _figures(answer.figures()) if row["meaning"]]
        print_table(figures, ["meaning", "value", "low", "high"], titles()["backtest"])
        yardstick = answer.yardstick()
        if len(yardstick):
            print_table(yardstick.to_dict("records"), list(yardstick), titles()["yardstick"])
        learned = _figures(answer.changes())
        print_table(learned, ["assumption", "old", "new", "low", "high", "graduates"])
        file = "" if learned_to is None or answer.refused else learned_to.name
        print(sentence("printed/learned", file=file, **record))

    print_answer(output, record, answer.figures(), as_table)
    return 1 if answer.refused else 0


def export_graduates(
    graduates: GraduateFiles,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The new file of counts.")],
) -> None:
    """Write counts that can be shared. Groups of ten graduates or more, with noise."""
    from analysis.inputs import row_key
    from analysis.views.graduates import export_cells

    files = [path.resolve() for path in graduates]
    cells = export_cells(files, out, row_key())
    print_table(cells.to_dict("records"), [c for c in cells if c != "format"])
    print(f"{len(cells)} cells written to {out.name}. Look at them before you send them.")


def pool_graduates(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Files of counts, one from each office.")
    ],
    output: FormatOption = None,
) -> None:
    """Add up the counts of several offices, with 90% intervals."""
    from analysis.views.graduates import pool_cells

    rows = pool_cells(files).to_dict("records")
    print_answer(output, rows, rows, lambda: print_table(_figures(rows), list(rows[0])))


def _figures(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose numbers have three decimals."""
    return [
        {name: f"{cell:.3f}" if isinstance(cell, float) else cell for name, cell in row.items()}
        for row in rows
    ]


def scorecard(
    assumptions: AssumptionsFile = None, sets: Sets = None, output: FormatOption = None
) -> None:
    """Compare typical applicants with published figures. By specialty and degree."""
    from analysis.views.scorecard import scorecard as found

    rows = found(assumptions, sets or ())
    shown = [
        {
            "part": row["part"],
            "what": row["what"],
            "model": _scored(row, "model"),
            "calibrated": _scored(row, "calibrated"),
            "published": _scored(row, "published"),
            "difference": "" if row["difference"] is None else f"{row['difference']:+.1f}",
            "source": row["source"],
        }
        for row in rows
        if row["published"] is not None or row["part"] == "order"
    ]
    print_answer(output, rows, rows, lambda: print_table(shown, list(shown[0])))


def _scored(row: dict[str, Any], column: str) -> str:
    """A share as a percentage; interviews as a number."""
    cell = row[column]
    if cell is None:
        return ""
    return f"{cell:.1f}" if row["part"] == "interviews" else f"{cell:.1%}"


def show_assumptions(
    assumptions: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A set: a TOML file.")
    ] = None,
    sets: Sets = None,
    output: FormatOption = None,
) -> None:
    """Print every assumption with its basis, reason and source."""
    from analysis.views.assumptions import assumptions_show

    _print_rows(assumptions_show(assumptions, sets or ()), output)


def diff_assumptions(
    first: Annotated[Path, typer.Argument(metavar="FILE", help="A set: a TOML file.")],
    second: Annotated[Path, typer.Argument(metavar="FILE", help="The set to compare it with.")],
    output: FormatOption = None,
) -> None:
    """Print what differs between two sets of assumptions."""
    from analysis.views.assumptions import assumptions_diff

    _print_rows(assumptions_diff(first.resolve(), second.resolve()), output)


def new_assumptions(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")],
    start: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The set to start from. Default: the built-in one."),
    ] = None,
    sets: Sets = None,
    survey: Survey = None,
    specialty: Annotated[
        str,
        typer.Option(metavar="SPECIALTY", help="Only directors of this specialty. Default: all."),
    ] = "",
    way: Annotated[Way, typer.Option(help="How responses become weights.")] = "cited_times_mean",
    programs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Take applicant shares and signals from a file of programs."
        ),
    ] = None,
    applicants: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Take the numbers of the season from a log of applicants."
        ),
    ] = None,
) -> None:
    """Write a set of assumptions to a new file to edit. From your own data if given."""
    from analysis.views.assumptions import assumptions_new

    if survey is None and specialty:
        raise typer.BadParameter("--specialty is about a --survey: name the survey too")
    target, said = assumptions_new(
        path,
        start,
        sets or (),
        _given(survey),
        specialty,
        way,
        _given(programs),
        _given(applicants),
    )
    for sentence in said:
        say(sentence)
    say(f"wrote {target}")


def _print_rows(rows: list[dict[str, str]], output: FormatOption) -> None:
    def as_table() -> None:
        if rows:
            print_table(rows, list(rows[0]))
        else:
            say("no difference")

    print_answer(output, rows, rows, as_table)

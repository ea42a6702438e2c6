"""What is wrong with files, each alone and together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Problem, RowError, TableError
from analysis.tables.codes import season_signals
from analysis.tables.graduate_files import (
    GraduateFiles,
    graduates_csv,
    graduates_together,
    report_of_graduates,
)
from analysis.tables.loading import Checked, checked_rows, listed_problems, report_of
from analysis.tables.mapping import raw_rows, reading_with
from analysis.vocabulary import folded

if TYPE_CHECKING:
    import pandas as pd


def problems_together(checked: Mapping[str, Checked]) -> list[Problem]:
    """Ids that match nobody, signals beyond those at hand, specialties without a program."""
    found: list[Problem] = []
    students, programs = checked.get("students"), checked.get("programs")
    wishes = checked.get("preferences")
    if students is not None and wishes is not None:
        found += _strangers(wishes, "student_id", _ids(students), students.path.name)
    if programs is not None and wishes is not None:
        found += _strangers(wishes, "program_id", _ids(programs), programs.path.name)
    if students is not None and programs is not None:
        found += _out_of_reach(students, programs)
        if wishes is not None:
            found += _signals(wishes, students, programs)
    return found


def _out_of_reach(students: Checked, programs: Checked) -> Iterator[Problem]:
    """Students whose specialty has no program, or who name one of another specialty, or none."""
    kinds = dict(zip(programs.rows["program_id"], programs.rows["specialty"], strict=True))
    kinds |= dict.fromkeys(_ids(programs) - set(kinds), "")  # a refused row, named already
    name = programs.path.name
    columns = ("student_id", "specialty", "must_apply", "never_apply")
    cells = zip(students.lines, *(students.rows[column] for column in columns), strict=True)
    for line, student_id, wanted, *lists in cells:
        found = [
            ("specialty", one, f"a specialty that {name} has a program of")
            for one in wanted
            if one not in kinds.values()
        ]
        own = {program for program, kind in kinds.items() if kind in {*wanted, ""}}
        found += [
            (column, one, f"a program of {name} in the student's specialty{_nearest(one, own)}")
            for column, named in zip(columns[2:], lists, strict=True)
            for one in named
            if one not in own
        ]
        for column, value, expected in found:
            yield Problem(students.path.name, expected, line, column, value, student_id)


def notes_together(checked: Mapping[str, Checked]) -> list[str]:
    """What is likely an oversight, and stops nothing."""
    notes = []
    students, programs = checked.get("students"), checked.get("programs")
    if (
        programs is not None
        and len(programs.rows)
        and ("as_of" not in programs.rows or programs.rows["as_of"].isna().all())
    ):
        notes.append(
            f"{programs.path.name}: no date in as_of, which a report prints as the date of its "
            "data: add the column, or give --report-date"
        )
    if students is not None and (empty := int(students.rows["degree"].isna().sum())):
        notes.append(
            f"{students.path.name}: degree: empty in {empty} of {len(students.rows)} rows, read as "
            "US MD; for anyone else the chances come out too high"
        )
    if students is not None and "partner_id" in students.rows:
        known = _ids(students)
        partners = dict(zip(students.rows["student_id"], students.rows["partner_id"], strict=True))
        for line, (student, one) in zip(students.lines, partners.items(), strict=True):
            if not isinstance(one, str) or (one != student == partners.get(one)):
                continue
            wrong = f"does not name {student} as partner: the rows of a couple name each other"
            if one not in known:
                wrong = f"is no student of the file{_nearest(one, known)}"
            elif one == student:
                wrong = "is the student's own id"
            elif one not in partners:
                continue  # a row that is refused, and told of
            notes.append(f"{students.path.name}, line {line}, column partner_id: {one!r} {wrong}")
    return notes


def _ids(checked: Checked) -> set[str]:
    """Ids of good and of refused rows."""
    refused = {problem.row_id for problem in checked.problems if problem.row_id}
    return set(checked.rows.iloc[:, 0]) | refused


def _strangers(wishes: Checked, column: str, known: Iterable[str], file: str) -> Iterator[Problem]:
    known = set(known)
    for line, one in zip(wishes.lines, wishes.rows[column], strict=True):
        if one not in known:
            expected = f"an id of {file}{_nearest(one, known)}"
            yield Problem(wishes.path.name, expected, line, column, one)


def _nearest(one: str, known: Iterable[str]) -> str:
    """Hint at the id that is meant: the same but for zeros and capitals, else the likest."""
    bare = one.casefold().lstrip("0")
    same = [other for other in sorted(known) if other.casefold().lstrip("0") == bare]
    near = same[:1] or get_close_matches(one, sorted(known), n=1, cutoff=0.5)
    return f" (is {near[0]} meant?)" if near else ""


def _signals(wishes: Checked, students: Checked, programs: Checked) -> Iterator[Problem]:
    """Signals decided on that are more than a student has for a specialty."""
    if "signal" not in wishes.rows:
        return
    kind_of = dict(zip(programs.rows["program_id"], programs.rows["specialty"], strict=True))
    rows = {row["student_id"]: row for row in students.rows.to_dict("records")}
    sent: dict[tuple[str, str, str], int] = {}
    columns = ("student_id", "program_id", "signal")
    cells = zip(wishes.lines, *(wishes.rows[column] for column in columns), strict=True)
    for line, student_id, program_id, signal in cells:
        row, specialty = rows.get(student_id), kind_of.get(program_id, "")
        if row is None or signal not in {"gold", "silver"} or specialty not in row["specialty"]:
            continue
        own = row.get(f"{signal}_signals") or ()
        # One number for two specialties is that of the first.
        places = dict(zip(row["specialty"], (*own, 0), strict=False))
        most = places.get(specialty, 0) if own else season_signals(specialty, signal)
        sent[student_id, specialty, signal] = sent.get((student_id, specialty, signal), 0) + 1
        if sent[student_id, specialty, signal] > most:
            says = f"{signal}_signals of {students.path.name}" if own else "season.csv"
            expected = (
                f"at most {most} {signal} signals of {student_id} for {specialty}, as {says} says"
            )
            yield Problem(wishes.path.name, expected, line, "signal", signal)


def check_table(path: Path, table: str | None = None) -> Checked:
    """Read a file as a table, found by its columns where none is named; collect what is wrong."""
    raw = raw_rows(path, table)
    header = [folded(word) for word in raw.header]
    if "red_flag" in header and "interview_chance" in header:
        # In frames this name is a share. A file that bears it may hold either.
        shown = raw.header[header.index("interview_chance")]
        expected = "interview_chance_percent as its name, and numbers from 0 to 100"
        raise TableError(Problem(path.name, expected, 1, shown))
    return checked_rows(path, raw, table)


def check_graduate_files(paths: Sequence[Path], mapping: Path | None = None) -> GraduateFiles:
    """Read files of graduates, through a mapping if there is one, and look over all of them."""
    with reading_with(mapping) if mapping else nullcontext():
        return graduates_together([check_table(path, "graduates") for path in paths])


def read_graduate_files(paths: Sequence[Path], mapping: Path | None = None) -> pd.DataFrame:
    """Read files of graduates strictly."""
    found = check_graduate_files(paths, mapping)
    if found.problems:
        raise RowError(found.problems)
    return found.rows


def check_files(
    paths: Sequence[Path], write: Path | None = None, every: list[Problem] | None = None
) -> tuple[str, int]:
    """Report on several files: 0 all well, 1 bad rows, 2 a file that is no table."""
    # Graduates also over all their files; ``write`` takes their good rows as one graduates.csv and
    # does not write over a file. ``every`` gets each problem, also where the text has a count.
    every = [] if every is None else every
    texts, graduates = [], []
    by_table: dict[str, Checked] = {}
    lost = False
    for path in paths:
        try:
            checked = check_table(path)
        except TableError as error:
            texts.append(f"{path.name}: cannot be used\n" + listed_problems(error.problems))
            every += error.problems
            lost = True
        else:
            texts.append(report_of(checked))
            every += checked.problems
            by_table.setdefault(checked.table, checked)
            graduates += [checked] if checked.table == "graduates" else []
    strangers, notes = problems_together(by_table), notes_together(by_table)
    every += strangers
    if strangers or notes:
        lines = [listed_problems(strangers)] if strangers else []
        texts.append("\n".join(["all files together:", *lines, *(f"  note: {n}" for n in notes)]))
    if graduates:
        together = graduates_together(graduates)
        texts.append(report_of_graduates(together))
        every += together.over_all
        if write is not None and not lost:
            said, written = _written(together.rows, write)
            texts.append(said)
            lost = not written
    elif write is not None:
        texts.append(f"{write.name}: not written, there is no file of graduates")
        lost = True
    return "\n\n".join(filter(None, texts)), 2 if lost else int(bool(every))


def _written(graduates: pd.DataFrame, target: Path) -> tuple[str, bool]:
    """Write good rows for their owner alone, and say so."""
    if graduates.empty:
        return f"{target.name}: not written, no row is good", False
    try:
        with target.open("x", encoding="utf-8", newline="") as stream:
            target.chmod(0o600)
            stream.write(graduates_csv(graduates))
    except FileExistsError:
        return f"{target.name}: is there already, not written; choose another name", False
    except OSError as error:
        return f"{target.name}: cannot be written ({error.strerror})", False
    return f"{target.name}: written, {len(graduates)} good rows of graduates", True

"""What only shows when files are held against each other: students, programs and preferences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from analysis.errors import Problem
from analysis.tables.codes import season_signals
from analysis.tables.loading import Checked

__all__ = ["notes_together", "problems_together"]


def problems_together(checked: Mapping[str, Checked]) -> list[Problem]:
    """Ids that match nobody, signals beyond those at hand, specialties without a program.

    Returns
    -------
    list of Problem
        By line of the file that names the id; the nearest id is said. A problem with a ``row_id``
        is about that student's row alone.
    """
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
    if students is not None and "partner_id" in students.rows:
        known = _ids(students)
        partners = students.rows["partner_id"]
        notes += [
            f"{students.path.name}, line {line}, column partner_id: {one!r} is no student of the "
            f"file{_nearest(one, known)}"
            for line, one in zip(students.lines, partners, strict=True)
            if isinstance(one, str) and one not in known
        ]
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

"""What only shows when files are held against each other: students, programs and preferences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from analysis.errors import Problem
from analysis.tables.loading import Checked

__all__ = ["notes_together", "problems_together"]


def problems_together(checked: Mapping[str, Checked]) -> list[Problem]:
    """Ids that match nobody, and signals beyond what a student has.

    Parameters
    ----------
    checked : mapping of str to Checked
        Files by table; a file that is not there is not held against others.

    Returns
    -------
    list of Problem
        By line of the file that names the id; the nearest id is said.
    """
    found: list[Problem] = []
    students, programs = checked.get("students"), checked.get("programs")
    wishes = checked.get("preferences")
    if students is not None and wishes is not None:
        found += _strangers(wishes, "student_id", _ids(students), students.path.name)
        found += _signals(wishes, students)
    if programs is not None and wishes is not None:
        found += _strangers(wishes, "program_id", _ids(programs), programs.path.name)
    return found


def notes_together(checked: Mapping[str, Checked]) -> list[str]:
    """What is likely an oversight, and stops nothing."""
    notes = []
    students, programs = checked.get("students"), checked.get("programs")
    if programs is not None and (
        "as_of" not in programs.rows or programs.rows["as_of"].isna().all()
    ):
        notes.append(
            f"{programs.path.name}: no date in as_of, which a report prints as the date of its "
            "data: add the column, or give --report-date"
        )
    if students is not None and programs is not None:
        there = set(programs.rows["specialty"])
        wanted = {name for names in students.rows["specialty"] for name in names}
        for name in sorted(wanted - there):
            count = sum(name in names for names in students.rows["specialty"])
            notes.append(
                f"{programs.path.name}: no program of a specialty that {count} of "
                f"{students.path.name} apply to ({name})"
            )
        known = _ids(programs)
        for column in ("must_apply", "never_apply"):
            for line, ids in zip(students.lines, students.rows[column], strict=True):
                notes += [
                    f"{students.path.name}, line {line}, column {column}: {one!r} is no program of "
                    f"{programs.path.name}{_nearest(one, known)}"
                    for one in ids
                    if one not in known
                ]
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


def _signals(wishes: Checked, students: Checked) -> Iterator[Problem]:
    """Signals decided on that are more than the student's row says there are."""
    for kind in ("gold", "silver"):
        column = f"{kind}_signals"
        if column not in students.rows or "signal" not in wishes.rows:
            continue
        at_hand = dict(zip(students.rows["student_id"], students.rows[column], strict=True))
        sent: dict[str, int] = {}
        rows = zip(wishes.lines, wishes.rows["student_id"], wishes.rows["signal"], strict=True)
        for line, student_id, signal in rows:
            if signal != kind:
                continue
            sent[student_id] = sent.get(student_id, 0) + 1
            most = at_hand.get(student_id, ())
            if most and sent[student_id] > sum(most):
                expected = (
                    f"at most {sum(most)} {kind} signals for {student_id}, as {column} of "
                    f"{students.path.name} says"
                )
                yield Problem(wishes.path.name, expected, line, "signal", signal)

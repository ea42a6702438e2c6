"""Several years and files of graduates as one table: duplicates and contradictions are named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import Problem
from analysis.tables.loading import Checked, cell_text, frame_csv, listed_problems

if TYPE_CHECKING:
    import pandas as pd

# What must be the same in all rows of a graduate's year, because it is known once.
FACTS = ("specialty", "step2_ck", "step1_result", "red_flags", "degree", "needs_visa")


@dataclass(frozen=True)
class GraduateFiles:
    """Applications of past graduates, from every file."""

    rows: pd.DataFrame
    checked: tuple[Checked, ...]
    over_all: tuple[Problem, ...]  # what shows only over all rows
    notes: tuple[str, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem, of each file and of all together."""
        return (*(p for one in self.checked for p in one.problems), *self.over_all)


def graduates_together(files: Iterable[Checked]) -> GraduateFiles:
    """Look over files of graduates that were each checked by themselves."""
    import pandas as pd

    checked = tuple(files)
    together = pd.concat(
        [one.rows.assign(_file=one.path.name, _line=list(one.lines)) for one in checked],
        ignore_index=True,
    )
    problems, bad = _over_all(together)
    notes = _split_notes(together)
    if found_note := FORM_NOTES.get(inclusion_form(together)):
        notes.append(found_note)
    rows = together[~together.index.isin(bad)].drop(columns=["_file", "_line"])
    return GraduateFiles(rows.reset_index(drop=True), checked, tuple(problems), tuple(notes))


def report_of_graduates(found: GraduateFiles) -> str:
    """Say what shows only over all rows of graduates' files."""
    if not found.over_all and not found.notes:
        return ""
    notes = [f"  note: {note}" for note in found.notes]
    lines = [listed_problems(found.over_all)] if found.over_all else []
    return "\n".join(["graduates, all files together:", *lines, *notes])


def graduates_csv(rows: pd.DataFrame) -> str:
    """Rows of graduates as the text of a graduates.csv, which every command reads."""
    from analysis.tables.schemas import SCHEMAS

    required = [name for name, c in SCHEMAS["graduates"].columns.items() if c.required]
    kept = [n for n in rows if n in required or rows[n].map(cell_text).ne("").any()]
    return frame_csv(rows[kept])


def _over_all(rows: pd.DataFrame) -> tuple[list[Problem], set[int]]:
    """Problems that need more than one row to be seen, and which rows they spoil."""
    found: dict[int, Problem] = {}

    def refuse(at: int, column: str, value: str, expected: str) -> None:
        row = rows.loc[at]
        where = Problem(
            row["_file"], expected, int(row["_line"]), column, value, row["graduate_id"]
        )
        found.setdefault(at, where)

    person = ["graduate_id", "year"]
    sent = rows[rows["program_id"].notna()]
    twice = sent[sent.duplicated([*person, "specialty", "program_id"], keep=False)]
    for at in twice.index:
        refuse(at, "program_id", str(twice.at[at, "program_id"]), "each application once")
    content = [c for c in rows.columns if c not in ("_file", "_line", "source")]
    typed = rows[rows["program_id"].isna()]
    copies = typed[typed.duplicated(content, keep=False)]
    for _, group in copies.groupby(content, dropna=False, sort=False):
        if group["_file"].nunique() > 1:
            for at in group.index:
                refuse(at, "graduate_id", group.at[at, "graduate_id"], "each row in one file")
    groups = rows.groupby(person, sort=False)
    for fact in FACTS:
        if fact not in rows:
            continue
        # A list is told in any order; unknown in one row and known in another is no contradiction.
        told = rows[fact].map(lambda cell: tuple(sorted(cell)) if isinstance(cell, tuple) else cell)
        several = told.groupby([rows[name] for name in person]).transform("nunique") > 1
        for at in rows.index[several]:
            shown = told[at] if not isinstance(told[at], tuple) else ";".join(told[at])
            refuse(at, fact, str(shown), "the same in all rows of one graduate's year")
    matches = groups["matched"].transform("sum")
    for at in rows.index[(matches > 1) & (rows["matched"] == 1)]:
        refuse(at, "matched", "1", "at most one match a graduate and year")
    ordered = [found[at] for at in sorted(found)]
    return ordered, set(found)


# Fewer graduates may all have matched by luck.
ENOUGH_TO_SEE = 20
FORM_NOTES = {
    "interviews": "every row is an interview: such a file teaches match given interview, and not "
    "what wins an interview; add the applications that were refused",
    "matched": "every graduate matched: read as a file of matched graduates only, which teaches no "
    "match rate; if all graduates are in it, say --form applications",
}


def inclusion_form(rows: pd.DataFrame) -> str:
    """Which of `analysis.vocabulary.FORMS` a file of graduates seems to have."""
    if rows.empty:
        return "applications"
    if (rows["interviewed"] == 1).all():
        return "interviews"
    matched = rows.groupby("graduate_id")["matched"].max()
    return "matched" if len(matched) >= ENOUGH_TO_SEE and (matched == 1).all() else "applications"


def _split_notes(rows: pd.DataFrame) -> list[str]:
    files = rows.groupby(["graduate_id", "year"])["_file"].nunique()
    years = rows.groupby("graduate_id")["year"].nunique()
    notes = []
    if (files > 1).any():
        count = int((files > 1).sum())
        notes.append(
            f"{count} graduates' years are split over files; their rows are taken together"
        )
    if (years > 1).any():
        count = int((years > 1).sum())
        notes.append(
            f"{count} graduates applied in more than one year; they stay on one side of a split"
        )
    return notes

"""What people read: one reviewed page of text for each view, recorded in tests/golden/pages.

``python -m tests.golden.pages`` writes them again. Read the difference before you commit it: a
page is what an advisor reads aloud. The class is the frozen copy in tests/golden/class.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tempfile
from pathlib import Path

from tests.golden.freeze import CLASS, HERE, WISHED, class_folder

RECORDED = HERE / "pages"
FINGERPRINT = re.compile(r"\b(assumptions|learned) [0-9a-f]{12}\b")
TABLE = ("--format", "table")
INPUTS = ("programs", "preferences", "graduates")
COMMANDS: dict[str, tuple[str, ...]] = {
    "list": (
        *("pick", "S001", *WISHED, "--what-if", "step2_ck=265", "--what-if", "limit=+10"),
        *("--what-if", "drop=course_failure_remediated", "--what-if", "gold=1,silver=0"),
    ),
    "list with much to confirm": ("pick", "S002", *CLASS, "--budget", "250"),
    "list filled by hand": (
        *("pick", "S006", *CLASS, "--limit", "8", "--fill", "--method", "greedy"),
        *("--set", "level.basis=article"),
    ),
    "list cut off by a rule": (
        *("pick", "S002", *CLASS, "--limit", "12", "--quota", "program_type=community<=2"),
        *("--quota", "program_type=mid_tier_academic<=0", "--budget", "99"),
    ),
    "no list": ("pick", "S002", *CLASS, "--budget", "5"),
    "season": ("season", "S001", *CLASS, "--offers", "offers.csv"),
    "sensitivity": ("robustness", "S001", *WISHED, "--draws", "20", "--no-cache"),
    "back-test": ("backtest", "--graduates", "graduates.csv"),
}


def printed(arguments: tuple[str, ...], folder: Path) -> str:
    """What a command prints, with the files of `folder`."""
    from analysis.cli import main

    files = {path.name: str(path) for path in folder.iterdir()}
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        main([*(files.get(part, part) for part in arguments), *TABLE])
    lines = [line.rstrip() for line in said.getvalue().splitlines()]
    # Any new assumption moves every fingerprint, and no word.
    return FINGERPRINT.sub(r"\1 (fingerprint)", "\n".join(lines).strip()) + "\n"


def class_page(folder: Path) -> str:
    """The class overview: what notebook 70 puts on the page, for the first eight students."""
    from analysis.assumptions import read_assumptions, toml_text
    from tests.published import run_notebook, words_of

    (folder / "few draws.toml").write_text(
        toml_text(read_assumptions(None, ["classmates.draws=200"]))
    )
    students = folder / "students of the class.csv"
    students.write_text("".join((folder / "students.csv").read_text().splitlines(True)[:9]))
    _, parts = run_notebook(
        "70_class_overview",
        students_csv=str(students),
        **{f"{name}_csv": str(folder / f"{name}.csv") for name in INPUTS},
        assumptions_toml=str(folder / "few draws.toml"),
    )
    return "\n\n".join(part.strip() for part in words_of(parts)) + "\n"


def case_page(folder: Path) -> str:
    """What the advisors' page says of one case and of one change of it."""
    from dataclasses import replace

    from analysis.views.case import case_of_row, differences
    from analysis.views.desk import changed_lines, list_of, program_card, read_desk, standing_of

    names = ("students", "programs", "preferences")
    desk = read_desk(*(folder / f"{name}.csv" for name in names))
    row = desk.students.set_index("student_id", drop=False).loc["S002"]
    case = case_of_row(row.to_dict())
    better = replace(case, step2_ck=265.0, application_limit=10.0)
    before, after = list_of(case, desk), list_of(better, desk)
    standing = standing_of(case, desk)
    lines = [f"{name}: {said}" for name, said in {**standing.rows, **before.rows}.items()]
    lines += [standing.title, *standing.notes, *before.sentences, ""]
    lines += [*differences(case, better), *changed_lines(before.rows, after, before.names), ""]
    card = program_card(case, desk, before, str(before.programs.index[0]))
    lines += [f"{name}: {said}" for name, said in card.items()]
    table = before.programs.iloc[::6].to_csv(sep="|", lineterminator="\n")
    return "\n".join([*lines, "", table])


PAGES = (*COMMANDS, "class", "case")


def page(name: str, folder: Path) -> str:
    """A page as it reads now."""
    if name == "class":
        return class_page(folder)
    if name == "case":
        return case_page(folder)
    return printed(COMMANDS[name], folder)


def recorded(name: str) -> Path:
    """Where a page is recorded."""
    return RECORDED / f"{name.replace(' ', '_')}.txt"


def record(names: list[str]) -> None:
    """Write the named pages again, all without names."""
    RECORDED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = class_folder(Path(folder))
        for name in names or PAGES:
            recorded(name).write_text(page(name, files), encoding="utf-8")


if __name__ == "__main__":
    record(sys.argv[1:])

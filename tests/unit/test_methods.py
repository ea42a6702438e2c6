"""The formulas' worked examples in docs/methods.md are what the package computes."""

import doctest
import re

import pytest

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance
from analysis.paths import from_root
from tests.unit.model.pairs import frame, program, student

TEXT = from_root("docs/methods.md").read_text(encoding="utf-8")
HEADER = "| flags | Step 2 CK |"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in TEXT[TEXT.index(HEADER) :].splitlines()[2:]
    if line.startswith("|")
]


def test_every_worked_example_gives_what_it_says():
    blocks = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    assert len(blocks) > 10
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "methods.md", None, 0)
    said = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert said == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(cell for cell in row if cell))
def test_golden_values_are_those_of_the_table(row):
    flags, score, honors, letters, field, tolerance, prestige, screens, rate, expected = row

    def given(**cells):
        return {name: float(cell) for name, cell in cells.items() if cell}

    applicant = student(
        red_flags=tuple(flag for flag in flags.split(";") if flag),
        competitiveness=field or "moderate",
        **given(step2_ck=score, clerkship_honors_fraction=honors, letters=letters),
    )
    asked = program(
        auto_screen_any_failure=None if screens == "unknown" else screens or "no",
        interviews_offered=1000 * float(rate) if rate else None,
        applications_received=1000 if rate else None,
        **given(red_flag_tolerance=tolerance, prestige=prestige),
    )
    table = interview_chance(
        frame(applicant),
        frame(asked),
        read_assumptions(overrides=["level.basis=article"]),
        with_range=False,
    )
    assert f"{table['interview_chance'].iloc[0]:.6f}"[1:] == expected


def test_the_table_holds_all_eighteen():
    assert len(ROWS) == 18

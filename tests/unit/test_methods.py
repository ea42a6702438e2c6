"""Every chapter of the methods has a worked example, and each gives what it says."""

import doctest
import json
import re

import pytest

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance
from analysis.paths import from_root
from tests.unit.model.pairs import frame, program, student

PAGES = sorted(path.name for path in from_root("docs").glob("methods*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def text_of(page):
    return from_root(f"docs/{page}").read_text(encoding="utf-8")


def without_example(text):
    """Chapters of a page, by their headings, that show no example."""
    chapters = re.split(r"^#{1,2} ", text, flags=re.MULTILINE)[1:]
    # A page's title may stand above chapters of its own; then it only opens them.
    told = chapters[1:] if text.startswith("# ") and len(chapters) > 1 else chapters
    return [chapter.splitlines()[0] for chapter in told if not BLOCK.search(chapter)]


@pytest.mark.parametrize("page", PAGES)
def test_every_chapter_has_a_worked_example(page):
    assert without_example(text_of(page)) == []


def test_a_chapter_without_an_example_is_named():
    text = "# Title\nWords.\n## One\n```python\n>>> 1\n1\n```\n### Part\n## Two\nWords.\n"
    assert without_example(text) == ["Two"]
    for alone in ("# Alone", "## Alone"):
        assert without_example(f"{alone}\n```text\nx\n```\n") == ["Alone"]


@pytest.mark.parametrize("page", PAGES)
def test_every_worked_example_gives_what_it_says(page, monkeypatch):
    monkeypatch.chdir(from_root("."))
    blocks = BLOCK.findall(text_of(page))
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, None, 0)
    said = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert said == []


TEXT = text_of("methods.md")
HEADER = "| flags | Step 2 CK |"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in TEXT[TEXT.index(HEADER) :].splitlines()[2:]
    if line.startswith("|")
]


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


def test_the_chart_of_the_guide_for_researchers_draws_the_sample(monkeypatch):
    (block,) = BLOCK.findall(text_of("for-researchers.md"))
    given = {}
    monkeypatch.chdir(from_root("."))
    exec(block, given)  # noqa: S102 - what the page shows
    kinds = given["programs"]["program_type"].nunique()
    assert len(given["axes"].get_yticklabels()) == kinds


def test_the_conclusions_of_the_guide_for_researchers_stand_in_the_notebook():
    guide = " ".join(text_of("for-researchers.md").split())
    notebook = json.loads(from_root("notebooks/50_weighting_robustness.ipynb").read_text("utf-8"))
    printed = " ".join(
        "".join(output.get("data", {}).get("text/plain", output.get("text", "")))
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
    )
    (kept,) = re.findall(r"keeps at least (\d+ of its \d+ programs in 95% of \d+ draws)", guide)
    assert f"The list keeps at least {kept}" in printed
    (ends,) = re.findall(
        r"the chance of a match after an interview moves it most, (\d+% to \d+%)", guide
    )
    assert (
        f"Alone, the chance of a match after an interview moves the match chance most: {ends}"
        in printed
    )
    (regret,) = re.findall(r"gives up (\.\d+) of a certain match on average", guide)
    assert re.search(rf"kendall_tau +regret\nmean( +[\d.]+){{4}} +0{re.escape(regret)}\n", printed)

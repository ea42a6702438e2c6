"""Any text in any text cell is printed as it stands or marked, and withholds no report."""

import json

import pytest

from analysis.report.typesetting import MISSING_GLYPH
from tests.e2e.conftest import OURS, sample_rows, write_rows
from tests.e2e.seven_scripts import SAMPLES, note
from tests.e2e.test_isolation import PARAMETERS
from tests.hostile import LONG, MARKED, SCRIPTS, TRICKS
from tests.rendered import elements, render_report, structure
from tests.unit.report.test_exporter import text_of

pytestmark = pytest.mark.filterwarnings("ignore:Glyph")
TEXTS = {**TRICKS, **MARKED, **SCRIPTS}
DOLLARS = "Costs $5 and $6_a^b"


def one_line(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def programs():
    """The programs of one specialty, each with a trick for a name, a source and a long word."""
    rows = [row for row in sample_rows("programs") if row["specialty"] == "Internal Medicine"]
    texts = [*TEXTS.values(), DOLLARS, *(text[:250] for text in LONG.values())]
    for number, row in enumerate(rows):
        text = one_line(texts[number % len(texts)])
        row |= {"program_name": text, "source": text}
    return rows


@pytest.fixture
def hostile_class(tmp_path, programs):
    """Write a class whose names, notes and sources are the given texts."""

    def write(texts):
        base = next(row for row in sample_rows("students") if row["student_id"] == "S001")
        rows = [
            {
                **base,
                "student_id": f"H{n}",
                "name": one_line(text),
                "advisor_note": text,
                "source": one_line(text),
            }
            for n, text in enumerate(texts)
        ]
        students_csv = write_rows(tmp_path / "students.csv", rows)
        programs_csv = write_rows(tmp_path / "programs.csv", programs)
        return ("--students", students_csv, "--programs", programs_csv)

    return write


def delivered(run, out, options, *more):
    """Run a batch and give its students' entries, all delivered, and what was said."""
    done = run("batch", *options, "--out", out, *more)
    assert done.code == 0, done.err
    entries = json.loads((out / "manifest.json").read_text())["students"]
    failed = {name: entry for name, entry in entries.items() if entry["outcome"] != "delivered"}
    assert done.code == 0, failed
    assert {path.name for path in out.iterdir()} == OURS | {f"{name}.pdf" for name in entries}
    return entries, done.err


def test_hostile_names_notes_programs_and_branding_are_printed_or_marked(
    run, tmp_path, hostile_class
):
    every = "\n\n".join(TEXTS.values())
    branding = tmp_path / "branding.toml"
    school = json.dumps("".join(TRICKS.values())[:120])
    branding.write_text(f"school_name = {school}\nfooter = {school}\n")
    entries, said = delivered(
        run, tmp_path / "out", hostile_class([every]), "--branding", str(branding), "--workers", "1"
    )
    assert "repaired: students.csv: name: text over 120 characters cut (1)" in said
    assert "repaired: programs.csv: program_name: text over 200 characters cut" in said
    assert "without a glyph shown as" in entries["H0"]["warnings"][0]
    printed = one_line(text_of((tmp_path / "out" / "H0.pdf").read_bytes()))
    for text in TRICKS.values():  # a page may end between any two words
        assert all(word in printed for word in text.split())
    assert MISSING_GLYPH in printed
    assert not (tmp_path / "PWNED").exists()
    assert not set(said) & {"\x1b", "\x07", "\u202e", "\x9b"}


@pytest.mark.soak
def test_each_hostile_text_and_each_of_a_hundred_thousand_characters_is_delivered(
    run, tmp_path, hostile_class
):
    texts = [*TEXTS.values(), DOLLARS, *LONG.values()]
    entries, _ = delivered(run, tmp_path / "out", hostile_class(texts))
    assert len(entries) == len(texts)


CHARTS = {
    "importance_csv": ("factor", "importance", ("Letters", "Step 2 CK", "Research")),
    "chances_csv": ("red_flag", "interview_chance_percent", ("none", "step1_failure")),
    "tolerance_csv": ("program_type", "prestige", ("community", "rural_fm")),
}


def hostile_charts(folder, text):
    """Tables of the three charts with the text in each cell that takes words."""
    paths = {}
    for name, (key, value, words) in CHARTS.items():
        said = {"source": text, "note": text, "edition": text}
        rows = [
            {key: word, value: 9 - n, "red_flag_tolerance": 3, "label": f"{text} {n}", **said}
            for n, word in enumerate(words)
        ]
        if name == "importance_csv":
            rows = [{**row, key: f"{text} {n}"} for n, row in enumerate(rows)]
        paths[name] = str(write_rows(folder / f"{name}.csv", rows))
    return paths


QUICK = ("typst", "controls")


@pytest.mark.parametrize(
    "which",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.soak)
        for name in [*TEXTS, "dollars", "one word"]
    ],
)
def test_hostile_words_in_the_charts_tables_withhold_no_report(tmp_path, which):
    text = {**TEXTS, "dollars": DOLLARS, "one word": LONG["one word"]}[which]
    report = tmp_path / "S001.pdf"
    result = render_report(PARAMETERS | hostile_charts(tmp_path, text), report)
    # They are in the class's handout now: what they hold does not reach a student's pages.
    assert result.pages > 1
    assert not result.warnings


def test_a_note_of_three_thousand_words_in_seven_scripts_renders_reads_well_and_stays_tagged(
    tmp_path,
):
    words = note()
    assert len(words.split()) >= 3000
    student = sample_rows("students")[0] | {"advisor_note": words, "name": "Zoë 李明 שלום"}
    students_csv = write_rows(tmp_path / "students.csv", [student])
    report = tmp_path / "S001.pdf"
    parameters = PARAMETERS | {"students_csv": str(students_csv)}
    result = render_report(parameters, report, display_name=student["name"])
    assert result.warnings == ()
    pdf = report.read_bytes()
    printed = text_of(pdf)
    assert MISSING_GLYPH not in printed
    for word in SAMPLES:  # right to left, some readers give letters in the order of the page
        times = printed.count(word) + (word != word[::-1]) * printed.count(word[::-1])
        assert times == words.count(word), word
    tags = [(element["/S"], element.get("/Lang")) for element in elements(report)]
    paragraphs = len(words.split("\n\n"))
    assert [kind for kind, _ in tags].count("/P") >= paragraphs
    assert {lang for _, lang in tags} >= {"el", "ja", "ko", "he"}
    assert "Your advisor’s note" in printed
    assert all(alt for kind, alt in structure(pdf) if kind == "/Figure")

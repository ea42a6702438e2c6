"""What a student's report reads like: short sentences, few numbers, one number for one thing."""

import csv
import itertools
import json
import re
from collections import Counter
from types import SimpleNamespace

import pypdf
import pypdfium2
import pytest

from analysis.paths import from_root
from tests.e2e.conftest import called, sample_rows, write_rows
from tests.rendered import elements, header_scopes

# One flag, two, professionalism, none, an IMG with a visa, a DO, two specialties, no score, low.
STUDENTS = (
    "S002",
    "S003",
    "S005",
    "S006",
    "S007",
    "S009",
    "S010",
    "S012",
    "S013",
    "S017",
    "S033",
    "S040",
)
APPENDIX = "## Appendix for your advisor"
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
NUMBER = re.compile(r"\d[\d,.]*")
SENTENCE_END = re.compile(r"(?<=[.?!])[”\"*]*\s+(?=[A-Z0-9“\"*])")
LONGEST_ON_PAGE_1, LONGEST = 20, 25


def reports(folder, rows, **changed):
    """Reports of these students, with their notebooks and the overview of all."""
    files = {
        "--students": write_rows(folder / "students.csv", rows),
        "--programs": from_root("data/sample/programs.csv"),
        "--graduates": from_root("data/sample/graduates.csv"),
    } | {f"--{name}": file for name, file in changed.items()}
    options = [part for pair in files.items() if pair[1] for part in pair]
    out, overview = folder / "out", folder / "class.pdf"
    few = ("--set", "classmates.draws=200")
    more = ("--keep-notebooks", "--overview", overview, "--workers", "2")
    assert called("batch", *options, *few, "--out", out, *more) == 0
    names = [row["program_name"] for row in sample_rows("programs")]
    return SimpleNamespace(out=out, overview=overview, options=options, few=few, names=names)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    rows = [row for row in sample_rows("students") if row["student_id"] in STUDENTS]
    return reports(tmp_path_factory.mktemp("words"), rows)


def texts(made, student_id):
    """Markdown that stands on the pages, in order, without what is drawn."""
    notebook = json.loads((made.out / "notebooks" / f"{student_id}.ipynb").read_text("utf-8"))
    found = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            for key, words in output.get("metadata", {}).items():
                if key.startswith("image/"):
                    found.append("".join(words.get("beside", "")))
            data = output.get("data", {})
            if any("layout" in mime for mime in data):
                continue
            found.append("".join(data.get("text/markdown", "")))
    return [text for text in found if text.strip()]


def page_1(made, student_id):
    """Texts before the list."""
    found = []
    for text in texts(made, student_id):
        if re.match(r"## (Your \d|What moves|Worksheet|Appendix)", text):
            break
        found.append(text)
    return found


def without_appendix(made, student_id):
    found = texts(made, student_id)
    starts = [at for at, text in enumerate(found) if text.startswith(APPENDIX)]
    return found[: starts[0]] if starts else found


def sentences(parts, names=()):
    """Sentences of a text; a table's steps count, its other cells and the headings do not."""
    found = []
    # Lines of one paragraph are one text; those of a table, a list or a quotation are not.
    joined = re.sub(r"(?<=[^\n|])\n(?=[^\n|#>-])", " ", "\n\n".join(parts))
    for line in joined.splitlines():
        if line.startswith(("#", "|:", "|-", "| |")):
            continue
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            line = next((cell for cell in cells if cell.endswith((".", "?", "”"))), "")
        plain = re.sub(r"[\\*>]|^- |_{2,}", "", line).strip()
        for name in names:
            plain = plain.replace(name, "Mercy")
        if "·" not in plain:
            found += [one for one in SENTENCE_END.split(plain) if WORD.search(one)]
    return found


def syllables(word):
    """Vowel groups of an English word, a silent e left out; an estimate, a bit high if anything."""
    low = word.lower().rstrip("'’s") or word.lower()
    groups = len(re.findall(r"[aeiouy]+", low))
    silent = low.endswith("e") and not low.endswith(("le", "ee")) and groups > 1
    silent_ed = re.search(r"[^aeiouydt]ed$", low) and groups > 1
    return max(1, groups - bool(silent) - bool(silent_ed))


def reading_grade(told):
    """Flesch-Kincaid grade of sentences (Kincaid et al., 1975)."""
    words = [word for sentence in told for word in WORD.findall(sentence)]
    sounds = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(told) + 11.8 * sounds / len(words) - 15.59


def test_reading_grade_tells_a_plain_text_from_a_hard_one():
    plain = ["The cat sat on the mat.", "We like to read this book."]
    hard = [
        "Notwithstanding considerable institutional heterogeneity, correlated programmatic "
        "determinations substantially attenuate diversification."
    ]
    assert reading_grade(plain) < 3
    assert reading_grade(hard) > 20


@pytest.mark.parametrize("student_id", STUDENTS)
def test_page_1_reads_at_eighth_grade_or_below_in_short_sentences(made, student_id):
    check_page_1(made, student_id)


def check_page_1(made, student_id):
    told = sentences(page_1(made, student_id), made.names)
    assert len(told) >= 5, student_id
    steps = next(part for part in page_1(made, student_id) if part.startswith("## What to do now"))
    assert all(line.startswith("|") for line in steps.split("\n")[1:] if line), student_id
    assert reading_grade(told) <= 8, student_id
    long = [one for one in told if len(one.split()) > LONGEST_ON_PAGE_1]
    assert long == []


def check_length(made, student_id):
    parts = without_appendix(made, student_id)
    told = sentences(parts, made.names)
    every = sentences(texts(made, student_id), made.names)
    assert [one for one in every if len(one.split()) > LONGEST] == []
    assert max(Counter(told).values()) <= 3, student_id
    prose = " ".join(told)
    assert len(WORD.findall(prose)) < 900, student_id
    assert len(NUMBER.findall(prose)) < 120, student_id
    pages = page_texts(made.out / f"{student_id}.pdf")
    # Page 1 is whole in itself: what follows on page 2 is the list.
    listed = [at for at, text in enumerate(pages) if "the most likely interview first" in text]
    assert listed in ([], [1]), student_id
    assert next((at for at, text in enumerate(pages) if APPENDIX[3:] in text), len(pages)) <= 4


@pytest.mark.parametrize("student_id", STUDENTS)
def test_report_is_short_and_says_nothing_over_and_over(made, student_id):
    check_length(made, student_id)


@pytest.mark.soak
def test_every_sample_student_has_a_short_report_in_plain_words(tmp_path):
    rows = sample_rows("students")
    made = reports(tmp_path, rows)
    assert len(rows) == 40
    for row in rows:
        check_page_1(made, row["student_id"])
        check_length(made, row["student_id"])


def test_the_longest_first_pages_are_still_one_page(tmp_path):
    rows = {row["student_id"]: row for row in sample_rows("students")}
    two = "Internal Medicine;Family Medicine"
    flags = "step1_failure;course_failure_remediated;loa_academic"
    several = {"red_flags": flags, "specialty": two, "step1_result": "fail_then_pass"}
    waiting = {"step2_ck": "", "step2_estimate": "236", "step2_estimate_sd": "12"}
    wished = {"must_apply": "IM002;IM005;IM008", "partner_id": "S010"}
    rows = [
        {"comlex2": "", "step2_estimate": "", "step2_estimate_sd": "", "partner_id": "", **row}
        for row in (
            rows["S010"] | {"step2_ck": "", "comlex2": "560"},
            rows["S002"] | several,
            rows["S003"] | several | {"degree": "us_do"},
            rows["S040"] | {"specialty": two},
            rows["S009"] | waiting | wished,
            rows["S005"] | {"red_flags": "professionalism;mspe_concern", "step2_ck": "240"},
        )
    ]
    made = reports(tmp_path, rows)
    for row in rows:
        check_page_1(made, row["student_id"])
        check_length(made, row["student_id"])


def test_reports_of_a_couple_without_a_file_of_graduates_are_as_short(tmp_path):
    rows = [row for row in sample_rows("students") if row["student_id"] in {"S002", "S024"}]
    rows = [
        {**row, "partner_id": other["student_id"]}
        for row, other in zip(rows, rows[::-1], strict=True)
    ]
    made = reports(tmp_path, rows, graduates="")
    for row in rows:
        check_page_1(made, row["student_id"])
        check_length(made, row["student_id"])
        said = " ".join(page_1(made, row["student_id"]))
        assert "These numbers are for you alone" in said
        assert "graduates" not in said.lower()


def page_texts(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_report_overview_and_pick_say_one_match_chance(made, capsys):
    with made.overview.with_suffix(".csv").open(encoding="utf-8", newline="") as stream:
        overview = {row["student_id"]: row for row in csv.DictReader(stream)}
    for student_id in STUDENTS:
        first_page = page_texts(made.out / f"{student_id}.pdf")[0]
        of_model = r"(?:The model says|list on page 2,) (?:about )?(less than 1|more than 99|\d+)"
        said = re.search(of_model, first_page)
        if not overview[student_id]["match_chance"]:
            assert said is None
            continue
        chance = float(overview[student_id]["match_chance"])
        assert said[1] == str(round(100 * chance))
        if student_id in {"S002", "S012"}:
            files = made.options[:4]
            capsys.readouterr()
            assert called("pick", student_id, *files, *made.few, "--format", "json") == 0
            assert round(100 * json.loads(capsys.readouterr().out)["match_chance"]) == int(said[1])


@pytest.mark.parametrize("student_id", ["S002", "S017"])
def test_structure_of_a_report_is_one_that_a_screen_reader_can_walk(made, student_id):
    report = made.out / f"{student_id}.pdf"
    tags = elements(report)
    kinds = [str(tag["/S"]) for tag in tags]
    assert pypdf.PdfReader(report).trailer["/Root"]["/Lang"] == "en-US"
    headings = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    steps = itertools.pairwise(headings)
    assert all(after <= before + 1 for before, after in steps)
    assert len(headings) >= 4
    assert all(tag.get("/Alt") for tag in tags if tag["/S"] == "/Figure")
    scopes = set(header_scopes(report))
    assert "/Column" in scopes
    assert scopes <= {"/Column", "/Row", "/Both"}

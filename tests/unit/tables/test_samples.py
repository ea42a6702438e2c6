import csv
import re
import tomllib

import pytest

from analysis.paths import from_root
from analysis.tables import read_students
from analysis.tables.check import check_table
from analysis.tables.codes import COMPETITIVENESS, FLAG_CODES, PROGRAM_TYPES
from analysis.tables.schemas import SCHEMAS
from tools import samples
from tools.samples import sample_files

COUNTS = {"students": 40, "programs": 240, "pd_responses": 300}


@pytest.fixture(scope="module")
def made():
    return sample_files()


def out_of_step(files, root):
    return [name for name, text in files.items() if (root / name).read_bytes() != text.encode()]


def sample(table):
    return check_table(from_root(f"data/sample/{table}.csv"), table).strict()


def test_the_samples_and_the_dictionary_are_what_the_generator_writes(made):
    assert out_of_step(made, from_root("")) == []


def test_the_generator_gives_the_same_bytes_each_time(made):
    assert sample_files() == made


def test_a_sample_that_was_edited_by_hand_would_be_seen(made, tmp_path, monkeypatch):
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    assert out_of_step(made, tmp_path) == []
    path = tmp_path / "data/sample/students.csv"
    path.write_text(path.read_text().replace("255", "256", 1))
    assert out_of_step(made, tmp_path) == ["data/sample/students.csv"]
    monkeypatch.setattr(samples, "SEED", 1)
    assert "data/sample/programs.csv" in out_of_step(sample_files(), tmp_path)


def test_main_writes_every_file(made, tmp_path, monkeypatch, capsys):
    for name in made:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(samples, "from_root", lambda name: tmp_path / name)
    own_class = tmp_path / samples.CLASS
    own_class.write_bytes(from_root(samples.CLASS).read_bytes())
    samples.main()
    assert out_of_step(made, tmp_path) == []
    assert "data/sample/students.csv: 41 lines" in capsys.readouterr().out


def test_a_class_that_does_not_say_it_is_made_up_never_becomes_the_sample(tmp_path, monkeypatch):
    path = tmp_path / samples.CLASS
    path.parent.mkdir(parents=True)
    text = from_root(samples.CLASS).read_text(encoding="utf-8")
    path.write_text(text.replace('"synthetic sample, made up"', "our registrar", 1))
    monkeypatch.setattr(samples, "from_root", lambda name: tmp_path / name)
    with pytest.raises(ValueError, match="S001"):
        samples.sample_class()


@pytest.mark.parametrize("table", ["students", "programs", "pd_responses", "preferences"])
def test_a_sample_is_read_without_a_problem_and_says_that_it_is_made_up(table):
    rows = sample(table)
    assert set(rows["source"]) == {"synthetic sample, made up"}
    assert len(rows) == COUNTS.get(table, len(rows))


def test_the_class_covers_every_flag_class_degree_and_kind_of_gap():
    students = sample("students")
    assert {flag for flags in students["red_flags"] for flag in flags} == set(FLAG_CODES)
    assert set(students["degree"].dropna()) == {"us_md", "us_do", "non_us_img"}
    season = from_root("data/assumptions/season.csv").read_text().splitlines()
    kinds = {row["specialty"]: row["competitiveness"] for row in csv.DictReader(season)}
    by_season = {kinds[name] for names in students["specialty"] for name in names}
    assert by_season == set(COMPETITIVENESS)
    assert (students["competitiveness"].map(len) > 0).any()
    assert set(students["specialty"].map(len)) == {1, 2}
    assert (students["red_flags"].map(len) >= 2).any()
    assert (students["red_flags"].map(len) == 0).any()
    for column in ("step2_ck", "letters", "clerkship_honors_fraction", "research_items"):
        assert students[column].isna().any()
        assert students[column].notna().any()


def test_the_first_students_are_the_articles_stories():
    first = read_students(from_root("data/sample/students.csv")).head(3)
    assert first["step2_ck"].tolist() == [255, 252, 250]
    assert "course_failure_remediated" in first["red_flags"][0]
    assert "step1_failure" in first["red_flags"][1]
    assert "loa_academic" in first["red_flags"][2]


def test_a_quarter_of_what_programs_may_leave_out_is_unknown():
    programs = sample("programs")
    assert programs["specialty"].nunique() == 6
    assert set(programs["program_type"]) == set(PROGRAM_TYPES)
    optional = [
        "step2_cutoff",
        "auto_screen_any_failure",
        "interviews_offered",
        "applications_received",
        "applicant_step2",
        "veto_professionalism",
        "accepts_do",
        "visa",
        "positions",
    ]
    assert 0.2 < programs[optional].isna().to_numpy().mean() < 0.35


def test_six_years_of_graduates_come_from_a_truth_that_is_written_down():
    graduates = sample("graduates")
    assert sorted(graduates["year"].unique()) == list(range(2020, 2026))
    assert set(graduates["source"]) == {"synthetic sample, made up"}
    truth = tomllib.loads(from_root("data/sample/graduates_truth.toml").read_text())
    assert truth == samples.TRUTH
    assert graduates["interviewed"].mean() == pytest.approx(0.3, abs=0.2)


def test_preferences_speak_of_students_and_programs_that_exist():
    wishes = sample("preferences")
    assert set(wishes["student_id"]) <= set(sample("students")["student_id"])
    assert set(wishes["program_id"]) <= set(sample("programs")["program_id"])


def strangers(made):
    """Columns of sample headers that their schema does not describe."""
    found = []
    for name, text in made.items():
        table = name.removeprefix("data/sample/").removesuffix(".csv")
        if table in SCHEMAS and table != "pd_responses":
            header = text.splitlines()[0].split(",")
            known = SCHEMAS[table].columns
            families = [name for name, column in known.items() if column.regex]
            found += [
                f"{table}: {word}"
                for word in header
                if word not in known and not any(re.fullmatch(name, word) for name in families)
            ]
    return found


def test_sample_headers_are_columns_of_the_schemas(made):
    assert strangers(made) == []


def test_a_sample_column_that_no_schema_has_would_be_seen(made):
    name = "data/sample/students.csv"
    twin = made | {name: made[name].replace("letters", "letter_strength", 1)}
    assert strangers(twin) == ["students: letter_strength"]

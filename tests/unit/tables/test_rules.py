import csv

import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.paths import from_root
from analysis.tables.codes import specialty_name
from analysis.tables.rules import MOST_INTERVIEWED, RULES
from analysis.tables.schemas import SCHEMAS
from tests.unit.tables.class_file import HEADER, checked

GRADUATE = "graduate_id,year,specialty,step2_ck,step1_result,red_flags,program_id,program_type,"
GRADUATE += "interviewed,matched\n"


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("IM", "Internal Medicine"),
        ("internal-medicine", "Internal Medicine"),
        ("Ortho", "Orthopaedic Surgery"),
        ("orthopedic surgery", "Orthopaedic Surgery"),
        ("Peds", "Pediatrics"),
        ("OTOLARYNGOLOGY – Head and Neck Surgery", "Otolaryngology"),
    ],
)
def test_a_specialty_is_known_by_its_aliases(word, name):
    assert specialty_name(word) == (name, "")


def test_every_specialty_is_known_by_its_own_name():
    known = list(read_assumptions().season)
    assert [specialty_name(name)[0] for name in known] == known


def test_an_unknown_specialty_is_kept_and_told_with_the_nearest_one():
    name, warning = specialty_name(" Psychiatri ")
    assert name == "Psychiatri"
    assert warning == ("is not in data/assumptions/season.csv (the nearest is Psychiatry)")


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("OB/GYN", "Obstetrics and Gynecology"),
        ("OBGYN", "Obstetrics and Gynecology"),
        ("Ob-Gyn", "Obstetrics and Gynecology"),
        ("Obstetrics & Gynecology", "Obstetrics and Gynecology"),
        ("PM&R", "Physical Medicine and Rehabilitation"),
        ("Physical Medicine & Rehabilitation", "Physical Medicine and Rehabilitation"),
        ("Med/Peds", "Medicine-Pediatrics"),
        ("Internal Medicine/Pediatrics", "Medicine-Pediatrics"),
        ("Pathology-Anatomic and Clinical", "Pathology"),
        ("Child Neuro", "Child Neurology"),
        ("Rad Onc", "Radiation Oncology"),
        ("Integrated Vascular Surgery", "Vascular Surgery"),
        ("Thoracic Surgery - Integrated", "Thoracic Surgery"),
        ("TY", "Transitional Year"),
        ("Surgery-Preliminary", "Preliminary Surgery"),
        ("Medicine-Preliminary", "Preliminary Medicine"),
    ],
)
def test_every_match_specialty_is_known_by_the_spellings_of_real_exports(word, name):
    assert specialty_name(word) == (name, "")


def test_no_spelling_belongs_to_two_specialties():
    with from_root("data/assumptions/season.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    owners = {}
    for row in rows:
        for word in (row["specialty"], *filter(None, row["aliases"].split(";"))):
            spelled = "".join(c for c in word.casefold().replace("&", "and") if c.isalnum())
            assert owners.setdefault(spelled, row["specialty"]) == row["specialty"]


def test_specialties_are_made_uniform_and_counted_by_rows(tmp_path):
    text = f"{HEADER}\nA,IM,250,pass,\nB,IM;Psych,250,pass,\nC,Psychiatry,250,pass,\n"
    found = checked(tmp_path, text)
    assert found.rows["specialty"].tolist() == [
        ("Internal Medicine",),
        ("Internal Medicine", "Psychiatry"),
        ("Psychiatry",),
    ]
    assert found.repairs == ("spelling of specialty made uniform (2)",)


def test_a_specialty_given_twice_is_given_once_and_that_is_said(tmp_path):
    text = f"{HEADER}\nA,Psychiatry;Psychiatry,250,pass,\nB,IM;Internal Medicine,250,pass,\n"
    found = checked(tmp_path, text)
    assert found.problems == ()
    assert found.rows["specialty"].tolist() == [("Psychiatry",), ("Internal Medicine",)]
    assert found.repairs == (
        "specialty: what is given twice in a list taken once (1)",
        "spelling of specialty made uniform (1)",
        "specialty: two names of one specialty taken once (1)",
    )


def test_two_specialties_may_be_of_one_class(tmp_path):
    text = f"{HEADER},competitiveness\nA,IM;Psychiatry,250,pass,,moderate;Moderate\n"
    assert checked(tmp_path, text).rows["competitiveness"].tolist() == [("moderate", "moderate")]


def test_an_unknown_specialty_is_one_warning_and_refuses_no_row(tmp_path):
    text = f"{HEADER}\nA,Xq,250,pass,\nB,IM,250,pass,\nC,Xq,250,pass,\n"
    found = checked(tmp_path, text)
    assert found.problems == ()
    assert found.rows["specialty"].tolist() == [("Xq",), ("Internal Medicine",), ("Xq",)]
    (warning,) = [said for said in found.repairs if "season.csv" in said]
    assert "Xq" not in warning
    assert "correct the name" in warning
    assert warning.endswith("(2)")


def graduates(tmp_path, *rows):
    text = GRADUATE + "".join(f"{row}\n" for row in rows)
    return checked(tmp_path, text, "graduates")


def test_a_graduate_matches_once_a_year(tmp_path):
    rows = [
        "G1,2024,IM,250,pass,,P1,,1,1",
        "G1,2024,IM,250,pass,,P2,,1,1",
        "G1,2025,IM,250,pass,,P2,,1,1",
        "G2,2024,IM,250,pass,,P1,,1,1",
    ]
    found = graduates(tmp_path, *rows)
    assert [(p.line, p.column) for p in found.problems] == [(2, "matched"), (3, "matched")]


def test_a_failed_first_exam_is_added_to_every_row_that_tells_of_it(tmp_path):
    rows = [
        "G1,2024,IM,250,fail_then_pass,loa_academic,P1,,1,0",
        "G2,2024,IM,250,fail_then_pass,step1_failure,P1,,1,0",
        "G3,2024,IM,250,,step1_failure,P1,,1,0",
        "G4,2024,IM,250,pass,,P1,,1,0",
    ]
    found = graduates(tmp_path, *rows)
    assert found.problems == ()
    assert found.rows["red_flags"].tolist() == [
        ("loa_academic", "step1_failure"),
        ("step1_failure",),
        ("step1_failure",),
        (),
    ]


def test_interviews_for_nearly_all_applications_are_refused_as_the_model_would(tmp_path):
    text = (
        "program_id,program_name,specialty,program_type,state,prestige,red_flag_tolerance,"
        "step2_cutoff,auto_screen_any_failure,interviews_offered,applications_received\n"
        "P1,A,IM,community,OH,,,,,8,8\nP2,B,IM,community,OH,,,,,9,8\nP3,C,IM,community,OH,,,,,9,\n"
        "P4,D,IM,community,OH,,,,,18,20\nP5,E,IM,community,OH,,,,,19,20\n"
    )
    found = checked(tmp_path, text)
    assert found.table == "programs"
    assert [(p.line, p.value) for p in found.problems] == [
        (2, "8, 8"),
        (3, "9, 8"),
        (6, "19, 20"),
    ]
    assert read_assumptions().value("highest_chance") == MOST_INTERVIEWED


@pytest.mark.parametrize(
    ("preferred", "excluded", "read"),
    [
        ("ohio;Pennsylvania", "Texas", (("OH", "PA"), ("TX",))),
        ("OH; not TX", "", (("OH",), ("TX",))),
        ("West South Central; not Texas", "", (("AR", "LA", "OK"), ("TX",))),
        ("MI; not East North Central", "", (("MI",), ("IL", "IN", "OH", "WI"))),
        ("", "middle atlantic", ((), ("NJ", "NY", "PA"))),
        ("not pacific", "HI", ((), ("HI", "AK", "CA", "OR", "WA"))),
    ],
)
def test_places_are_states_by_code_or_name_divisions_and_what_not_rules_out(
    tmp_path, preferred, excluded, read
):
    header = f"{HEADER},preferred_states,exclude_states"
    found = checked(tmp_path, f"{header}\nS1,Psychiatry,250,pass,,{preferred},{excluded}\n")
    row = found.rows.iloc[0]
    assert (row["preferred_states"], row["exclude_states"]) == read


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("preferred_states", "Ohiio", "a state (OH or Ohio) or a census division"),
        ("preferred_states", "OH; not Moutain", "a state (OH or Ohio) or a census division"),
        ("preferred_states", "TX; not Texas", "a place that is not ruled out too (TX)"),
        ("exclude_states", "Texa", "a state (OH or Ohio) or a census division"),
        ("preferred_divisions", "Moutain", "Mountain, Pacific"),
    ],
)
def test_a_place_that_is_not_known_or_contradicts_is_told_with_its_line(
    tmp_path, column, cell, words
):
    found = checked(tmp_path, f"{HEADER},{column}\nS1,Psychiatry,250,pass,,{cell}\n")
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, column)
    assert cell in str(problem)
    assert words in problem.expected


def test_every_table_has_its_rules():
    assert set(RULES) == set(SCHEMAS)


def test_no_rule_stumbles_over_a_table_in_which_all_is_unknown():
    for table, rules in RULES.items():
        columns = {name: c for name, c in SCHEMAS[table].columns.items() if not c.regex}
        rows = pd.DataFrame(
            {
                name: pd.Series([float("nan")] if c.kind == "number" else [None])
                if c.kind in {"number", "text", "choice"}
                else pd.Series([()])
                for name, c in columns.items()
            }
        ).astype({n: "str" for n, c in columns.items() if c.kind in {"text", "choice"}})
        for rule in rules:
            assert all(len(finding) == 4 for finding in rule(rows, []))

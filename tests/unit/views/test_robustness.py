import json

import pandas as pd
import pytest

from analysis.errors import ModelError, RowError
from analysis.paths import from_root
from analysis.views import robustness as results
from analysis.views.pick import pick
from analysis.views.robustness import charted, robustness, robustness_rows

STUDENTS = from_root("data/sample/students.csv")
PROGRAMS = from_root("data/sample/programs.csv")
FAST = ("robustness.variance_sample=16", "robustness.flip_steps=3")


def asked(student_id="S002", overrides=(), **options):
    options = {"draws": 20, "seed": 5, "cached": False} | options
    return robustness(student_id, STUDENTS, PROGRAMS, overrides=(*FAST, *overrides), **options)


@pytest.fixture(scope="module")
def answer():
    return asked()


def test_the_answer_has_every_part_of_the_json_and_survives_it(answer):
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert set(answer) == {
        "student_id", "fingerprint", "draws", "seed", "base_list", "match_chance",
        "selection_acceptability", "sampling_error", "sobol", "tornado", "flips", "order_flips",
        "overlap", "regret", "smaa", "signals", "findings",
    }  # fmt: skip
    assert set(answer["smaa"]) == {"firsts", "contests"}
    assert set(answer["sobol"][0]) == {"input", "first", "first_ci", "total", "total_ci"}
    assert {"input", "flip_value", "leaves", "enters"} <= set(answer["flips"][0])
    assert len(answer["findings"]) == 6


def test_the_shares_of_all_programs_sum_to_the_length_of_the_lists(answer):
    own = pick("S002", STUDENTS, PROGRAMS)
    total = sum(answer["selection_acceptability"].values())
    assert 0 < total <= 40  # as long as each draw's prices let them be, within the student's limit
    assert set(answer["base_list"]) == set(own.found.chosen)
    assert answer["match_chance"] == pytest.approx(own.found.match_chance, abs=1e-6)
    assert len(answer["base_list"]) == answer["overlap"]["list_length"]


def test_what_does_not_flip_is_null(answer):
    values = [row["flip_value"] for row in answer["flips"]]
    assert all(value is None or isinstance(value, float) for value in values)
    assert all(row["leaves"] == [] for row in answer["flips"] if row["flip_value"] is None)


def test_a_row_a_program_starts_with_what_is_chosen_most_often(answer):
    rows = robustness_rows(answer)
    shares = [row["selection_acceptability"] for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert {row["program_id"] for row in rows if row["in_base_list"]} == set(answer["base_list"])
    assert all(row["fingerprint"] == answer["fingerprint"] for row in rows)


def test_the_same_question_has_the_same_answer_and_another_seed_another(answer):
    assert asked() == answer
    assert asked(seed=6)["sobol"] != answer["sobol"]


def test_a_raw_survey_gives_the_weights_and_how_far_they_scatter(answer):
    surveyed = asked(responses_csv=from_root("data/sample/pd_responses.csv"))
    assert surveyed["fingerprint"] != answer["fingerprint"]

    def width(of):
        return {row["input"]: row["high"] - row["low"] for row in of["tornado"]}

    # Dozens of directors pin a weight down further than nu = 50 says.
    assert width(surveyed)["weights.letters"] < width(answer)["weights.letters"]
    assert width(surveyed)["tolerance"] == width(answer)["tolerance"]


def test_an_answer_is_kept_for_its_owner_and_taken_from_there_the_next_time(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "project_root", lambda: tmp_path)
    told = []
    question = {"overrides": (), "draws": 20, "cached": True, "progress": told.append}
    first = asked("S005", **question)
    assert told[-1] == 20
    assert asked("S005", **question) == first
    assert told.count(20) == 1
    (kept,) = (tmp_path / "data" / "private" / "cache").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert results.cached_result(kept) == first


def test_a_torn_file_is_no_answer(tmp_path):
    torn = tmp_path / "answer.json"
    torn.write_text('{"draws": 2')
    assert results.cached_result(torn) is None
    assert results.cached_result(tmp_path / "nowhere.json") is None


def test_another_byte_option_or_line_of_code_is_another_question(tmp_path, monkeypatch):
    students = tmp_path / "students.csv"
    students.write_text("student_id\n")
    places = [results.cache_path([1], [students, ""])]
    places.append(results.cache_path([2], [students, ""]))
    students.write_text("student_id\r\n")
    places.append(results.cache_path([1], [students, ""]))
    monkeypatch.setattr(results, "code_hash", lambda: "changed")
    places.append(results.cache_path([1], [students, ""]))
    assert len(set(places)) == 4
    assert results.cache_path([1], [students, ""]) == places[-1]


def test_a_chart_of_sample_data_says_that_it_is_made_up(tmp_path):
    bars = pd.DataFrame({"input": ["weights.letters"], "swing": [0.1]})
    row = charted(bars, PROGRAMS).iloc[0]
    assert (row["label"], row["basis"]) == ("The weight of letters", "synthetic")
    own = tmp_path / "programs.csv"
    own.write_text(PROGRAMS.read_text(encoding="utf-8").replace("synthetic sample, made up", "us"))
    assert charted(bars, own)["basis"].tolist() == ["assumption"]


def test_an_unknown_student_and_one_without_a_score_are_named():
    with pytest.raises(RowError, match="S999"):
        asked("S999")
    class_ = pd.read_csv(STUDENTS)
    without = class_.loc[class_["step2_ck"].isna(), "student_id"]
    with pytest.raises(ModelError, match="Step 2 CK"):
        asked(without.iloc[0])

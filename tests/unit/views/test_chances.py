import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError, RowError
from analysis.paths import from_root
from analysis.views.chances import chances

SAMPLE = from_root("data/sample")
PROGRAMS = SAMPLE / "programs.csv"


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """The sample's first three students."""
    lines = (SAMPLE / "students.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "some.csv"
    path.write_text("".join(lines[:4]), encoding="utf-8")
    return path


def test_a_class_has_a_row_for_every_student_and_program_of_the_specialty(some):
    answer = chances(some, PROGRAMS, with_range=False)
    programs = pd.read_csv(PROGRAMS)
    expected = (programs["specialty"] == "Internal Medicine").sum()
    assert (answer.chances["student_id"] == "S001").sum() == expected
    assert list(answer.chances["student_id"].unique()) == ["S001", "S002", "S003"]
    assert answer.exit_code == 0


def test_records_are_json_and_carry_the_fingerprint(some):
    answer = chances(some, PROGRAMS, student_id="S002")
    records = json.loads(json.dumps(answer.records(), allow_nan=False))
    first = records[0]
    named = {"student_id", "program_id", "scenario", "interview_chance", "low", "high"}
    named |= {"chance_basis", "gate", "gate_reason", "unknown", "logit_red_flags"}
    assert named <= set(first)
    assert first["scenario"] == "base"
    assert isinstance(first["unknown"], list)
    assert first["fingerprint"] == read_assumptions().fingerprint
    assert {record["student_id"] for record in records} == {"S002"}


def test_what_ifs_stand_beside_the_base(some):
    answer = chances(
        some, PROGRAMS, what_ifs=["step2_ck=275", "drop=step1_failure"], student_id="S002",
        with_range=False,
    )  # fmt: skip
    assert answer.chances["scenario"].tolist()[:4] == ["base", "what_if_1", "what_if_2", "base"]
    assert answer.chances["program_id"].tolist()[:4] == ["IM001"] * 3 + ["IM002"]
    means = answer.chances.groupby("scenario")["interview_chance"].mean()
    assert list(means.index) == ["base", "what_if_1", "what_if_2"]
    assert means["base"] < min(means["what_if_1"], means["what_if_2"])


def test_preferences_bring_signals_and_ties(some):
    def of(preferences):
        answer = chances(some, PROGRAMS, preferences, with_range=False)
        return answer.chances["logit_signal"].abs().sum()

    own = some.parent / "preferences.csv"
    own.write_text("student_id,program_id,signal\nS001,IM002,gold\n", encoding="utf-8")
    assert of("") == 0
    assert of(own) > np.log(2)


def test_settings_move_the_chances_and_the_fingerprint(some):
    usual = chances(some, PROGRAMS, with_range=False)
    other = chances(some, PROGRAMS, overrides=["weights.step2_ck=0.6"], with_range=False)
    assert other.fingerprint != usual.fingerprint
    assert not other.chances["interview_chance"].equals(usual.chances["interview_chance"])


def test_a_bad_row_is_named_and_the_rest_is_answered(some):
    text = some.read_text(encoding="utf-8").replace(
        "Internal Medicine,252", "Internal Medicine,999"
    )
    some.write_text(text, encoding="utf-8")
    answer = chances(some, PROGRAMS, with_range=False)
    assert set(answer.chances["student_id"]) == {"S001", "S003"}
    assert [problem.line for problem in answer.problems] == [3]
    assert answer.exit_code == 1
    with pytest.raises(RowError, match="line 3"):
        chances(some, PROGRAMS, student_id="S002")


def test_a_what_if_that_is_not_understood_is_refused(some):
    with pytest.raises(ModelError, match="step2_ck"):
        chances(some, PROGRAMS, what_ifs=["step2=260"])

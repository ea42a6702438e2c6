from typing import get_args

import pytest

from analysis.assumptions import COMPONENTS, factor_components, read_assumptions
from analysis.cli.analyze import Way
from analysis.errors import AssumptionError, ModelError
from analysis.model.survey import WAYS, component_weights, factor_ratings
from analysis.paths import from_root
from analysis.tables import read_pd_responses
from analysis.views.assumptions import assumptions_diff, assumptions_new, assumptions_show
from analysis.views.chances import chances

SURVEY = from_root("data/sample/pd_responses.csv")


def test_the_command_line_knows_every_way_from_responses_to_weights():
    assert get_args(Way) == WAYS


@pytest.mark.parametrize("way", WAYS)
def test_a_survey_s_weights_become_a_set_that_any_command_takes(tmp_path, way):
    path, said = assumptions_new(
        tmp_path / "survey.toml", survey_csv=SURVEY, specialty="internal medicine", way=way
    )
    own = read_assumptions(path)
    ratings = factor_ratings(read_pd_responses(SURVEY), read_assumptions(), "Internal Medicine")
    expected = component_weights(ratings, factor_components()).set_index("component")[way]
    assert list(own.weights.values()) == pytest.approx([expected[name] for name in COMPONENTS])
    entry = own.entry("weights.letters")
    assert entry.basis == "office"
    assert entry.source.startswith("pd_responses.csv (")
    assert "made up" in entry.source
    assert {row["key"] for row in assumptions_diff(None, path)} == {
        f"weights.{name}" for name in COMPONENTS
    }
    answer = chances(
        from_root("data/sample/students.csv"),
        from_root("data/sample/programs.csv"),
        assumptions_toml=path,
        student_id="S001",
        with_range=False,
    )
    assert answer.fingerprint == own.fingerprint != read_assumptions().fingerprint
    assert "Personal statement" in " ".join(said)


def test_weights_are_the_survey_s_or_set_and_not_both(tmp_path):
    with pytest.raises(AssumptionError, match="weights are the survey's"):
        assumptions_new(tmp_path / "x.toml", overrides=["weights.letters=0.3"], survey_csv=SURVEY)
    with pytest.raises(ModelError, match="no response of Dermatology"):
        assumptions_new(tmp_path / "x.toml", survey_csv=SURVEY, specialty="Dermatology")
    assert not (tmp_path / "x.toml").exists()


def test_all_assumptions_are_shown_with_their_reasons():
    rows = {row["key"]: row for row in assumptions_show(overrides=["auto_screen_share=0.4"])}
    assert set(read_assumptions().entries) <= set(rows)
    assert rows["auto_screen_share"]["value"] == "0.4"
    assert rows["auto_screen_share"]["why"] == "set on the command line"
    assert rows["latent_correlation"]["value"] == "0.1;0.2;0.4"
    assert rows["season.Neurology.gold_signals"]["value"].isdigit()
    assert all(row["basis"] and row["why"] and row["source"] for row in rows.values())


def test_a_new_file_is_a_whole_set_to_edit_and_nothing_is_overwritten(tmp_path):
    path, said = assumptions_new(tmp_path / "mine.toml", overrides=["logit_scale=12"])
    assert said == []
    assert assumptions_diff(None, path) == [
        {"key": "logit_scale", "first": "14.89", "second": "12"}
    ]
    with pytest.raises(AssumptionError, match=r"mine\.toml.*already"):
        assumptions_new(path)
    with pytest.raises(AssumptionError, match="cannot be written"):
        assumptions_new(tmp_path / "no" / "folder.toml")

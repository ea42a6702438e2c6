import pytest

from analysis.answers.assumptions import assumptions_diff, assumptions_new, assumptions_show
from analysis.assumptions import read_assumptions
from analysis.errors import AssumptionError


def test_all_assumptions_are_shown_with_their_reasons():
    rows = {row["key"]: row for row in assumptions_show(overrides=["auto_screen_share=0.4"])}
    assert set(read_assumptions().entries) <= set(rows)
    assert rows["auto_screen_share"]["value"] == "0.4"
    assert rows["auto_screen_share"]["why"] == "set on the command line"
    assert rows["latent_correlation"]["value"] == "0.1;0.2;0.4"
    assert rows["season.Neurology.gold_signals"]["value"].isdigit()
    assert all(row["basis"] and row["why"] and row["source"] for row in rows.values())


def test_a_new_file_is_a_whole_set_to_edit_and_nothing_is_overwritten(tmp_path):
    path = assumptions_new(tmp_path / "mine.toml", overrides=["logit_scale=12"])
    assert assumptions_diff(None, path) == [
        {"key": "logit_scale", "first": "14.89", "second": "12"}
    ]
    with pytest.raises(AssumptionError, match=r"mine\.toml.*already"):
        assumptions_new(path)
    with pytest.raises(AssumptionError, match="cannot be written"):
        assumptions_new(tmp_path / "no" / "folder.toml")

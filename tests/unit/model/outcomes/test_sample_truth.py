"""The sample graduates were drawn by an equation that is not the model's; its truth is found."""

import tomllib
from functools import partial

import pytest

from analysis.assumptions import read_assumptions
from analysis.model.outcomes.graduates import application_chances
from analysis.model.outcomes.learning import learned_assumptions
from analysis.paths import from_root
from analysis.tables.check import read_graduate_files

WHOLE = [pytest.param(basis, 1, marks=pytest.mark.soak) for basis in ("article", "identity")]


@pytest.mark.parametrize(("basis", "every"), [("article", 2), *WHOLE])
def test_the_truth_behind_the_sample_lies_inside_what_is_learned(basis, every):
    truth = tomllib.loads(from_root("data/sample/graduates_truth.toml").read_text(encoding="utf-8"))
    rows = read_graduate_files([from_root("data/sample/graduates.csv")]).iloc[::every]
    believed = read_assumptions(overrides=[f"level.basis={basis}"])
    found = learned_assumptions(partial(application_chances, rows), believed)
    step2 = found.slopes.loc["step2_ck"]
    rate = found.changes.set_index("key").loc["match_given_interview"]
    assert step2["low"] <= truth["per_10_points_of_step2"] <= step2["high"]
    assert step2["high"] - step2["low"] < 0.3
    assert rate["low"] <= truth["match_given_interview"] <= rate["high"]
    assert found.rho.low <= truth["latent_correlation"] <= found.rho.high
    # What plays no part in the truth is not learned to play one.
    for name in ("clerkships", "letters", "research"):
        assert found.slopes.at[name, "low"] <= 0 <= found.slopes.at[name, "high"]

"""How far a score outweighs a flag, by the office's own graduates."""

from functools import partial

import numpy as np
import pytest

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.outcomes import chance_by_score, commonest_flag
from analysis.model.outcomes.graduates import application_chances
from analysis.model.outcomes.learning import learned_assumptions
from tests.unit.model.outcomes.simulated_class import graduates

BASE = read_assumptions(overrides=["level.basis=article"])
TRUTH = BASE.with_set(["logit_scale=9", "anchors.loa_academic=0.5"])
FLAG = "loa_academic"


@pytest.fixture(scope="module")
def office():
    rows = graduates(41, TRUTH, people=260, sent=6)
    return rows, learned_assumptions(partial(application_chances, rows), BASE)


@pytest.fixture(scope="module")
def curves(office):
    rows, learned = office
    return chance_by_score(rows, learned, BASE, FLAG)


def mean_chance(rows, assumptions, score, flags):
    """What a set of assumptions says of all that was sent, had all this score and these flags."""
    changed = rows.assign(step2_ck=score, step1_result="pass", red_flags=[flags] * len(rows))
    return application_chances(changed, assumptions)["interview_chance"].mean()


@pytest.mark.parametrize(("flagged", "flags"), [(False, ()), (True, (FLAG,))])
def test_the_band_holds_the_truth_and_the_dashed_line_is_what_was_assumed(
    office, curves, flagged, flags
):
    own = curves[curves["flagged"] == flagged].set_index("step2_ck")
    for score in (235.0, 255.0):
        row = own.loc[score]
        assert row["low"] <= row["chance"] <= row["high"]
        assert row["assumed"] == pytest.approx(mean_chance(office[0], BASE, score, flags), abs=0.03)
        true = mean_chance(office[0], TRUTH, score, flags)
        # An interval's width is 3.3 standard deviations.
        assert abs(row["chance"] - true) < row["high"] - row["low"]
    assert own["chance"].is_monotonic_increasing


def test_a_flag_takes_off_at_every_score(curves):
    with_it, without = (
        curves.loc[curves["flagged"] == flagged, "chance"].to_numpy() for flagged in (True, False)
    )
    assert (with_it < without).all()


def test_what_fewer_than_ten_graduates_met_is_not_shown(office, curves):
    rows = office[0]
    seen = curves[curves["n"].notna()]
    assert (seen["n"] >= 10).all()
    assert curves["observed"].notna().equals(curves["n"].notna())
    one = seen[~seen["flagged"]].iloc[0]
    own = rows[(rows["red_flags"].map(len) == 0)]
    near = own[own["step2_ck"].between(one["step2_ck"] - 5, one["step2_ck"] + 5, inclusive="left")]
    assert one["observed"] == pytest.approx(near["interviewed"].mean())
    assert one["n"] == near["graduate_id"].nunique()


def test_a_flag_of_few_graduates_has_no_curve(office):
    rows, learned = office
    few = rows[~rows["red_flags"].map(lambda own: FLAG in own) | (rows["graduate_id"] < "G0060")]
    with pytest.raises(ModelError, match="fewer than 10 graduates with this flag"):
        chance_by_score(few, learned, BASE, FLAG)


def test_the_commonest_flag_is_the_one_that_most_graduates_have():
    rows = graduates(42, BASE, people=60, sent=2)
    most = rows.drop_duplicates("graduate_id").index[:25]
    ids = set(rows.loc[most, "graduate_id"])
    rows["red_flags"] = [
        ("mspe_concern",) if one in ids else () for one in rows["graduate_id"].tolist()
    ]
    assert commonest_flag(rows, 10) == "mspe_concern"
    assert commonest_flag(rows, 26) == ""
    assert commonest_flag(rows.assign(red_flags=np.nan), 10) == ""

import numpy as np
import pytest
from scipy import stats

from analysis.errors import ModelError
from analysis.model.sensitivity import inputs as i

NAMES = ("weights.step2_ck", "weights.letters", "weights.research")
RHO = i.one_of("rho", 0.2, [0.1, 0.2, 0.4])
ODDS = i.log_between("group_odds", 3.0, 2.0, 5.0)
ANCHOR = i.logit_around("anchors.none", 0.8, 0.4)
ALL = i.Inputs(NAMES, (0.5, 0.3, 0.2), 50.0, (RHO, ODDS, ANCHOR))


def test_at_the_base_every_input_has_its_own_value():
    assert {name: value.tolist() for name, value in ALL.base(2).items()} == {
        "weights.step2_ck": [0.5, 0.5],
        "weights.letters": [0.3, 0.3],
        "weights.research": [0.2, 0.2],
        "rho": [0.2, 0.2],
        "group_odds": [3, 3],
        "anchors.none": [0.8, 0.8],
    }


def test_draws_are_distributed_as_declared():
    drawn = ALL.drawn(6_000, seed=1)
    assert sum(drawn[name] for name in NAMES) == pytest.approx(np.ones(6_000))
    assert [(drawn["rho"] == value).mean() for value in (0.1, 0.2, 0.4)] == pytest.approx(
        [1 / 3] * 3, abs=0.03
    )
    assert stats.kstest(drawn["group_odds"], stats.loguniform(2, 5).cdf).pvalue > 0.01
    logits = np.log(drawn["anchors.none"] / (1 - drawn["anchors.none"]))
    assert stats.kstest(logits, stats.norm(np.log(4), 0.4).cdf).pvalue > 0.01


def test_what_does_not_move_keeps_its_base_and_what_moves_keeps_its_draws():
    everything, rho_alone = ALL.drawn(9, seed=3), ALL.drawn(9, seed=3, only=["rho"])
    assert rho_alone["rho"].tolist() == everything["rho"].tolist()
    assert rho_alone["group_odds"].tolist() == [3] * 9
    assert rho_alone["weights.letters"] == pytest.approx([0.3] * 9)


def test_moving_one_weight_rescales_the_others_and_nothing_else():
    moved = ALL.with_one("weights.step2_ck", [0.75])
    assert moved["weights.letters"].tolist() == pytest.approx([0.15])
    assert moved["weights.research"].tolist() == pytest.approx([0.1])
    assert moved["rho"].tolist() == [0.2]
    assert ALL.with_one("rho", [0.1, 0.4])["weights.letters"].tolist() == [0.3, 0.3]


def test_the_range_of_a_weight_is_that_of_its_beta():
    low, base, high = ALL.ranges()["weights.step2_ck"]
    assert (low, base, high) == pytest.approx((*stats.beta(25, 25).ppf([0.05]), 0.5, 1 - low))
    assert ALL.ranges()["rho"] == (0.1, 0.2, 0.4)


def test_a_range_is_widened_to_hold_the_base():
    assert i.between("r", 0.9, 0.3, 0.6).range(0.05) == pytest.approx((0.315, 0.9, 0.9))


def test_a_group_holds_the_columns_of_its_members():
    columns = ALL.columns({"all weights": NAMES})
    assert columns["rho"] == [3]
    assert columns["all weights"] == [0, 1, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: i.between("r", 0.5, 0.6, 0.3),
        lambda: i.log_between("odds", 1, 0, 2),
        lambda: i.logit_around("anchor", 1.0, 0.4),
        lambda: i.one_of("rho", 0.2, []),
        lambda: ALL.with_one("rhoo", [0.2]),
    ],
)
def test_an_input_that_is_none_is_refused_by_name(wrong):
    with pytest.raises(ModelError, match=r"r|odds|anchor|rhoo"):
        wrong()

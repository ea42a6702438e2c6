import numpy as np
import pytest

from analysis.model.choice.constraints import Constraints
from analysis.model.correlation import Mechanism
from analysis.model.sensitivity import smaa as c
from analysis.model.sensitivity.inputs import Inputs, between
from analysis.model.sensitivity.resampling import close_calls, first_places, order_flips

# Log-odds are additive in two weights: A leans on the first, B on the second, C on neither.
LEANS = np.array([[2.0, 0.0], [0.0, 2.0], [0.9, 0.9]])
INPUTS = Inputs(
    ("weights.step2_ck", "weights.letters"),
    (0.6, 0.4),
    20.0,
    (between("match_given_interview", 0.5, 0.4, 0.6), between("latent_correlation", 0.2, 0.1, 0.3)),
)


def chance(values):
    odds = np.stack([values[name] for name in INPUTS.weight_names], axis=1) @ LEANS.T - 2
    return 1 / (1 + np.exp(-odds))


def a_case(of=chance, inputs=INPUTS, held=(0, 1), **rules):
    """A case whose list is known, without signals."""
    return c.Case(
        ("A", "B", "C"),
        np.ones(3),
        Constraints(limit=2, **rules),
        inputs,
        lambda values, at: {"none": of(values)[:, None, at]},
        Mechanism((0.2,)),
        dict.fromkeys(held, "none"),
    )


CASE = a_case()
BOTH = ["weights.step2_ck", "weights.letters"]


def test_the_weights_under_which_a_program_is_first_are_counted_one_by_one():
    values = INPUTS.drawn(400, seed=1)
    firsts = first_places(CASE, values).set_index("program_id")
    best = [int(np.argmax(row)) for row in chance(values)]
    for at, name in enumerate("AB"):
        wins = [draw for draw, winner in enumerate(best) if winner == at]
        assert firsts.at[name, "first"] == pytest.approx(len(wins) / 400)
        for weight in BOTH:
            assert firsts.at[name, weight] == pytest.approx(np.mean(values[weight][wins]))
    # A is first where the weight of Step 2 CK is above one half, so its central weight is too.
    assert firsts.at["A", BOTH[0]] > 0.5 > firsts.at["B", BOTH[0]]
    assert "C" not in firsts.index


def test_a_close_call_is_with_the_rival_that_is_beaten_least_often():
    values = INPUTS.drawn(400, seed=1)
    row = close_calls(a_case(held=[1]), values).iloc[0]
    share = {name: np.mean(chance(values)[:, 1] > chance(values)[:, at]) for at, name in
             ((0, "A"), (2, "C"))}  # fmt: skip
    assert (row["program_id"], row["against"]) == ("B", min(share, key=share.get))
    assert row["wins"] == pytest.approx(min(share.values()))
    assert row["low"] < row["wins"] < row["high"]


def test_a_list_of_all_programs_and_one_of_musts_has_no_close_calls():
    values = INPUTS.drawn(10, seed=1)
    assert close_calls(a_case(held=[0, 1, 2]), values).empty
    for held in ([0], [0, 2]):
        assert close_calls(a_case(held=held, must=(0,), never=(1,)), values).empty


def test_the_order_flips_where_two_log_odds_cross_and_agrees_with_brute_force():
    # From w = .6: B passes C where 2 (1 - w) = .9, that is at .55, before it meets A at .5.
    flips = order_flips(a_case(held=[0, 1, 2])).set_index("input")
    assert flips.at["weights.step2_ck", "flip_value"] == pytest.approx(0.55)
    assert tuple(flips.loc["weights.step2_ck", ["falls", "rises"]]) == ("C", "B")
    grid = np.linspace(*flips.loc["weights.step2_ck", ["low", "high"]].astype(float), 3001)
    orders = np.argsort(-chance(INPUTS.with_one("weights.step2_ck", grid)), axis=1)
    own = np.argsort(-chance(INPUTS.base())[0])
    changed = np.abs(grid[(orders != own).any(axis=1)] - 0.6).min()
    assert abs(flips.at["weights.step2_ck", "flip_value"] - 0.6) == pytest.approx(changed, abs=1e-3)


def test_an_order_that_holds_over_the_range_does_not_flip():
    firm = Inputs(INPUTS.weight_names, INPUTS.weights, 1e4, INPUTS.others)
    flips = order_flips(a_case(inputs=firm, held=[0, 1, 2]))
    assert flips["flip_value"].isna().all()
    assert (flips["falls"] == "").all()


def test_screened_and_capped_programs_are_left_out_of_the_additive_order():
    def screened(values):
        return np.minimum(chance(values) * [0.7, 1, 1], 0.3)

    flips = order_flips(a_case(screened, held=[0, 1, 2]))
    assert set(flips["compared"]) < {0, 1, 2}


@pytest.mark.parametrize("closed", [0.0, 1.0])
def test_a_program_of_no_chance_or_of_all_is_left_out_without_a_warning(closed):
    def one_closed(values):
        return np.where([True, False, False], closed, chance(values))

    with np.errstate(all="raise"):
        flips = order_flips(a_case(one_closed, held=[0, 1, 2]))
    assert set(flips["compared"]) <= {1, 2}


def test_weights_that_shift_all_programs_alike_never_change_their_order():
    def alike(values):
        return 1 / (1 + np.exp(-(values["weights.letters"][:, None] - np.array([0.1, 0.5, 0.9]))))

    flips = order_flips(a_case(alike, held=[0, 1, 2]))
    assert flips["flip_value"].isna().all()

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.model.choice.constraints import Constraints
from analysis.model.choice.greedy import greedy
from analysis.model.choice.value import match_chance
from analysis.model.correlation import Mechanism, scenarios
from analysis.model.sensitivity import smaa as c
from analysis.model.sensitivity.inputs import Inputs, between, one_of
from benchmarks.robustness_redraws import ASKED_RATIO, bare_lists, by_draw, case, seconds

UTILITY = np.array([1.0, 0.9, 0.8, 0.75])
HOPES = np.array([0.05, 0.2, 0.5, 0.9])
INPUTS = Inputs(
    ("weights.step2_ck", "weights.letters"),
    (0.6, 0.4),
    50.0,
    (
        between("match_given_interview", 0.5, 0.3, 0.6),
        between("logit_scale", 1.0, 0.5, 1.5),
        between("idle", 0.0, -1.0, 1.0),
        one_of("latent_correlation", 0.2, [0.1, 0.2, 0.4]),
    ),
)


def chance(values):
    """Step 2 weight helps the first programs, its rest the last; the scale sharpens both."""
    lean = np.array([1.0, 0.5, -0.5, -1.0]) * (values["weights.step2_ck"] - 0.6)[:, None] * 8
    log_odds = np.log(HOPES / (1 - HOPES)) * values["logit_scale"][:, None] + lean
    return 1 / (1 + np.exp(-log_odds))


def a_case(of=chance, inputs=INPUTS, **others):
    """A case without signals whose chances are a function of the inputs."""
    return c.Case(
        ("A", "B", "C", "D"),
        UTILITY,
        Constraints(limit=2),
        inputs,
        lambda values, at: {"none": of(values)[:, None, at]},
        Mechanism((0.2,)),
        **others,
    )


CASE = a_case()


@given(st.integers(0, 10_000))
def test_without_signals_or_price_a_list_made_again_is_the_greedy_list_of_its_draw(seed):
    what, values = case(draws=9, programs=7, seed=seed, limit=4)
    for again, draw in zip(what.lists(values), by_draw(what, values), strict=True):
        assert again.tolist() == greedy(scenarios(*draw), what.utility, 4).tolist()


def test_the_redrawn_lists_are_those_of_the_bare_loop():
    what, values = case(draws=200)
    ours, bare = what.lists(values), bare_lists(by_draw(what, values), what.utility, 20)
    assert [sorted(a) for a in ours] == [sorted(b) for b in bare]


def test_the_match_chance_of_a_list_is_that_of_its_draw():
    what, values = case(draws=40, programs=8)
    ours = what.match_chances(values, dict.fromkeys([5, 1, 2], "none"))
    alone = [match_chance(scenarios(*draw), [5, 1, 2]) for draw in by_draw(what, values)]
    assert ours == pytest.approx(alone, abs=1e-12)


def test_progress_is_told_up_to_the_last_draw():
    told = []
    what, values = case(draws=40, programs=5, limit=2)
    what.made(values, told.append)
    assert told == sorted(told)
    assert told[-1] == 40


def test_a_program_that_must_be_listed_is_in_every_list():
    what, values = case(draws=20, programs=6)
    bound = replace(what, rules=Constraints(limit=2, must=(3,)))
    assert all(again[0] == 3 for again in bound.lists(values))


def test_draws_that_do_not_fit_each_other_are_refused():
    what, values = case(draws=4, programs=3)
    with pytest.raises(ModelError):
        what.lists(values | {"latent_correlation": values["latent_correlation"][:2]})


def test_selection_agrees_with_going_through_the_draws_one_by_one():
    values = INPUTS.drawn(60, seed=1)
    again = c.resampled(CASE, values)
    counts = dict.fromkeys("ABCD", 0)
    for draw in range(60):
        (chosen,) = CASE.lists({name: value[[draw]] for name, value in values.items()})
        for position in chosen:
            counts["ABCD"[position]] += 1
    shares = again.programs.set_index("program_id")["selection_acceptability"]
    assert shares.to_dict() == pytest.approx({name: n / 60 for name, n in counts.items()})
    assert again.programs["selection_acceptability"].sum() == pytest.approx(2)
    assert again.draws["kept"].between(0, 2).all()
    assert again.draws["overlap"].tolist() == pytest.approx((again.draws["kept"] / 2).tolist())


def test_the_heat_map_starts_with_what_is_chosen_most_often_and_earliest():
    again = c.resampled(CASE, INPUTS.drawn(60, seed=1))
    shares = again.programs.set_index("program_id")["selection_acceptability"]
    chart = again.often_chosen(2)
    ordered = list(dict.fromkeys(chart["program"]))
    assert len(ordered) == 2
    assert shares[ordered[0]] >= shares[ordered[1]] >= shares.drop(ordered).max()
    assert chart.groupby("program")["acceptability"].sum().to_dict() == pytest.approx(
        shares[ordered].to_dict()
    )
    assert chart["place"].tolist() == [1, 2, 1, 2]


def test_programs_chosen_in_few_draws_are_unstable_if_they_are_on_the_list():
    again = c.resampled(a_case(held={0: "none", 3: "none"}), INPUTS.drawn(60, seed=1))
    assert again.unstable(0.5) == ("A",)
    assert again.unstable(0.0) == ()


def test_weights_without_doubt_give_acceptabilities_of_nothing_and_all():
    firm = Inputs(INPUTS.weight_names, INPUTS.weights, 1e12, INPUTS.others)
    sure = a_case(inputs=firm)
    again = c.resampled(sure, firm.drawn(50, seed=1, only=firm.weight_names))
    assert set(again.programs["selection_acceptability"]) == {0, 1}
    assert (again.programs["selection_acceptability"] == again.programs["in_base_list"]).all()
    assert (again.draws["overlap"] == 1).all()
    assert (again.draws["kendall_tau"] == 1).all()


def test_the_same_seed_gives_the_same_bytes():
    first, again = (c.resampled(CASE, INPUTS.drawn(30, seed=7)) for _ in range(2))
    for name in ("programs", "places", "draws"):
        assert getattr(first, name).to_csv() == getattr(again, name).to_csv()
    drawn, other = (INPUTS.drawn(30, seed)["logit_scale"] for seed in (7, 8))
    assert not np.array_equal(drawn, other)


def test_an_input_that_nothing_rests_on_does_not_flip_swing_or_explain():
    flips = c.list_flips(CASE, steps=12).set_index("input")
    assert np.isnan(flips.loc["idle", "flip_value"])
    assert flips.loc["idle", "leaves"] == ()
    bars = c.list_tornado(CASE).set_index("input")
    assert bars.loc["idle", "swing"] == 0
    assert bars.loc["idle", ["kept_low", "kept_high"]].tolist() == [2, 2]
    shares = c.match_variance(CASE, 128, seed=1).set_index("input")
    assert shares.loc["idle", "total"] == 0


def test_where_nothing_flips_nobody_leaves_and_nobody_enters():
    # A and D are never the best two, so that a draw at the base has another list at once.
    flips = c.list_flips(a_case(held={0: "none", 3: "none"}), steps=12)
    still = flips[flips["flip_value"].isna()]
    assert "idle" in set(still["input"])
    assert not [*sum(still["leaves"], ()), *sum(still["enters"], ())]


def test_a_flip_names_who_leaves_and_who_enters_and_agrees_with_brute_force():
    flips = c.list_flips(CASE, steps=50).set_index("input")
    low, base, high = INPUTS.ranges()["logit_scale"]
    grid = np.linspace(low, high, 4001)
    sets = [frozenset(chosen) for chosen in CASE.lists(INPUTS.with_one("logit_scale", grid))]
    own = frozenset(CASE.base_list())
    changed = [abs(v - base) for v, chosen in zip(grid, sets, strict=True) if chosen != own]
    flip = flips.loc["logit_scale"]
    if changed:
        assert abs(flip["flip_value"] - base) == pytest.approx(min(changed), abs=2 / 4000)
        assert len(flip["leaves"]) == len(flip["enters"]) == 1
    else:
        assert np.isnan(flip["flip_value"])


def test_a_weight_swings_the_match_chance_from_end_to_end():
    bars = c.list_tornado(CASE).set_index("input")
    low, _, high = INPUTS.ranges()["weights.letters"]
    ends = INPUTS.with_one("weights.letters", [low, high])
    assert bars.loc["weights.letters", ["answer_low", "answer_high"]].tolist() == pytest.approx(
        CASE.match_chances(ends).tolist()
    )


def test_the_weights_together_explain_no_less_than_one_of_them():
    shares = c.match_variance(CASE, 1024, seed=2).set_index("input")["total"]
    assert shares["all weights"] >= shares["weights.step2_ck"] - 0.02
    assert shares.is_monotonic_decreasing


def test_without_a_chance_anywhere_there_is_no_list_to_vary():
    nowhere = a_case(lambda values: np.zeros((len(values["idle"]), 4)))
    with pytest.raises(ModelError, match="no list to vary"):
        nowhere.base_list()


@pytest.mark.soak
def test_lists_are_made_again_as_fast_as_the_bare_loop_makes_them():
    what, values = case(draws=1_000)
    draws = by_draw(what, values)
    ours, bare = [], []
    for _ in range(5):
        ours.append(seconds(lambda: what.lists(values), 1)[0])
        bare.append(seconds(lambda: bare_lists(draws, what.utility, 20), 1)[0])
    assert min(ours) <= ASKED_RATIO * min(bare)

import numpy as np
import pytest
from scipy import stats

from analysis.errors import ModelError
from analysis.model.sensitivity.influence import indices, sobol_indices, sobol_sample

THREE = {"x1": [0], "x2": [1], "x3": [2]}


def ishigami(points, a=7.0, b=0.1):
    x1, x2, x3 = (2 * np.pi * points - np.pi).T
    return np.sin(x1) + a * np.sin(x2) ** 2 + b * x3**4 * np.sin(x1)


def test_ishigami_agrees_with_its_closed_form():
    a, b = 7.0, 0.1
    v1, v2 = (1 + b * np.pi**4 / 5) ** 2 / 2, a**2 / 8
    v13 = 8 * b**2 * np.pi**8 / 225
    total = v1 + v2 + v13
    shares = sobol_indices(ishigami, sobol_sample(THREE, 8192, seed=1), seed=1)
    assert shares["first"].tolist() == pytest.approx([v1 / total, v2 / total, 0], abs=0.02)
    assert shares["total"].tolist() == pytest.approx(
        [(v1 + v13) / total, v2 / total, v13 / total], abs=0.01
    )


def test_a_linear_additive_answer_agrees_with_its_closed_form():
    slopes = np.array([3.0, 2.0, 1.0])
    shares = sobol_indices(lambda p: p @ slopes, sobol_sample(THREE, 2048, seed=2), seed=2)
    exact = slopes**2 / (slopes**2).sum()
    assert shares["first"].tolist() == pytest.approx(exact, abs=0.01)
    assert shares["total"].tolist() == pytest.approx(exact, abs=0.01)


def test_a_group_holds_its_members_and_what_they_do_together():
    columns = {"x1": [0], "x3": [2], "x1 and x3": [0, 2], "x2": [1]}
    shares = sobol_indices(ishigami, sobol_sample(columns, 8192, seed=1), seed=1)
    first = shares.set_index("input")["first"]
    assert first["x1 and x3"] + first["x2"] == pytest.approx(1, abs=0.01)
    assert first["x1 and x3"] > first["x1"] + first["x3"] + 0.2


def test_the_intervals_cover_the_estimate_and_narrow_with_the_sample():
    small, large = (
        sobol_indices(ishigami, sobol_sample(THREE, n, seed=3), seed=3) for n in (256, 4096)
    )
    for shares in (small, large):
        assert (shares["first_low"] <= shares["first"]).all()
        assert (shares["total"] <= shares["total_high"]).all()
    width = [(s["total_high"] - s["total_low"]).sum() for s in (small, large)]
    assert width[1] < width[0] / 2


def test_the_estimates_agree_with_scipy_on_the_same_answers():
    sample = sobol_sample(THREE, 512, seed=4)
    first, second = ishigami(sample.first), ishigami(sample.second)
    mixed = np.stack([ishigami(points) for points in sample.mixed])
    answers = {"f_A": first[None], "f_B": second[None], "f_AB": mixed[:, None]}
    oracle = stats.sobol_indices(func=answers, n=512)
    ours = indices(first, second, mixed)
    assert ours[0] == pytest.approx(oracle.first_order, abs=0.02)
    assert ours[1] == pytest.approx(oracle.total_order, abs=0.02)


def test_an_answer_that_never_moves_has_no_shares():
    shares = sobol_indices(lambda p: np.full(len(p), 0.1 + 0.2), sobol_sample(THREE, 64, 0), 0)
    assert shares.drop(columns="input").isna().all(axis=None)


def test_the_same_seed_gives_the_same_bytes():
    runs = [
        sobol_indices(ishigami, sobol_sample(THREE, 64, seed), seed).to_csv() for seed in (5, 5, 6)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_a_sample_that_is_no_power_of_two_and_an_answer_that_is_not_finite_are_refused():
    with pytest.raises(ModelError, match="power of 2"):
        sobol_sample(THREE, 1000, 0)
    with pytest.raises(ModelError, match="at least one input"):
        sobol_sample({}, 64, 0)
    with pytest.raises(ModelError, match="finite"):
        sobol_indices(lambda p: p[:, 0] * np.nan, sobol_sample(THREE, 64, 0), 0)

"""The worked examples of docs/methods-robustness.md are what the functions say."""

import numpy as np
import pytest

from analysis.model.chance import wilson_interval
from analysis.model.sensitivity.influence import pairwise_flip
from analysis.model.sensitivity.inputs import matched_concentration, rescaled_weights
from analysis.model.sensitivity.smaa import central_weights, rank_acceptability
from analysis.paths import from_root

TEXT = " ".join(from_root("docs/methods-robustness.md").read_text(encoding="utf-8").split())


def plain(number, digits=4):
    return f"{number:.{digits}f}".lstrip("0")


@pytest.mark.parametrize(
    "said",
    [
        f"sqrt(.21/51) = {plain(np.sqrt(0.3 * 0.7 / 51))}",
        "/".join(plain(w) for w in rescaled_weights([0.3, 0.25, 0.2, 0.15, 0.1], 0, 0.5)[0, 1:]),
        "({} to {})".format(*(plain(end) for end in wilson_interval(100, 200, 0.95))),
        f"give {matched_concentration([0.5, 0.5], [[0.4, 0.6], [0.6, 0.4]]):.0f}",
        f"R = -1, t* = {plain(pairwise_flip([1, 0], [0, 1], [0.7, 0.3], 0), 1)}",
    ],
)
def test_a_worked_example_is_what_the_function_says(said):
    assert said in TEXT


def test_the_example_of_places_and_central_weights_holds():
    share = np.linspace(0.0005, 0.9995, 1000)
    weights = np.c_[share, 1 - share]
    values = weights @ np.array([[0.8, 0.2], [0.5, 0.5]]).T
    assert rank_acceptability(values)[:, 0].tolist() == [0.5, 0.5]
    assert central_weights(values, weights).round(3).tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert "central weights (.75, .25) and (.25, .75)" in TEXT

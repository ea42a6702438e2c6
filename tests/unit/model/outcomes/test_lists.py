import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.model.outcomes.backtest import list_hit_rates


def test_a_hit_is_an_interview_among_the_first_of_a_list():
    outcome = [0, 1, 0] * 10
    who = np.repeat(np.arange(10), 3)
    orders = {"by_chance": [1, 2, 3] * 10, "list": [2, 1, 3] * 10}
    found = list_hit_rates(outcome, who, orders, [1, 2], 10).set_index(["order", "length"])
    assert found.loc[("by_chance", 1), "hit_rate"] == 0
    assert found.loc[("list", 1), "hit_rate"] == 1
    assert found.loc[("by_chance", 2), "mean_hits"] == 1


def test_lengths_that_few_lists_exceed_are_left_out():
    who = np.repeat(np.arange(12), [2] * 3 + [5] * 9)
    order = {"x": np.arange(len(who))}
    assert list_hit_rates([0] * len(who), who, order, [1, 3], 10)["length"].tolist() == [1]
    with pytest.raises(ModelError, match="fewer than 10"):
        list_hit_rates([0] * len(who), who, order, [3], 10)

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analysis.model.chance import wilson_interval


def test_wilsons_interval_is_the_textbooks():
    low, high = wilson_interval([0, 8, 10], 10, 0.95)
    assert low == pytest.approx([0, 0.4902, 0.7225], abs=1e-4)
    assert high == pytest.approx([0.2775, 0.9433, 1], abs=1e-4)


def test_of_none_of_n_the_upper_end_is_the_squared_quantile_over_itself_and_n():
    low, high = wilson_interval(0, 10, 0.9)
    assert low == 0
    assert high == pytest.approx(2.705543 / (10 + 2.705543), abs=1e-6)


def test_without_a_case_nothing_is_known():
    low, high = wilson_interval([0, 1], [0, 2], 0.95)
    assert (low[0], high[0]) == (0, 1)
    assert low[1] + high[1] == pytest.approx(1)


def test_cases_need_not_be_whole():
    ends = [wilson_interval(0.5 * n, n, 0.9) for n in (10, 10.5, 11)]
    assert ends[0][0] < ends[1][0] < ends[2][0] < 0.5 < ends[2][1] < ends[1][1] < ends[0][1]


@given(st.integers(1, 5000), st.floats(0, 1), st.floats(0.5, 0.999))
def test_the_interval_is_scipys(n, share, level):
    successes = round(share * n)
    low, high = wilson_interval(successes, n, level)
    expected = binomtest(successes, n).proportion_ci(level, method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)

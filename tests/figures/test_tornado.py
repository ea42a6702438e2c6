import numpy as np
import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.tornado import alt_tornado, draw_tornado
from tests.figures.conftest import (
    assert_legible,
    collisions,
    visible_texts,
)


def inputs(count: int, long: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(count)
    ends = rng.uniform(0.2, 0.9, (count, 2))
    name = (
        "The anchor of an applicant with a leave of absence for academic reasons" if long else "x"
    )
    return pd.DataFrame(
        {
            "input": [f"{name} {row}" for row in range(count)],
            "low": 0.1,
            "high": 0.4,
            "answer_low": ends[:, 0],
            "answer_base": 0.6,
            "answer_high": ends[:, 1],
            "basis": "synthetic",
        }
    )


THREE = pd.DataFrame(
    {
        "input": ["weight", "rho", "still"],
        "low": [0.2, 0.1, 1.0],
        "high": [0.4, 0.4, 2.0],
        "answer_low": [0.58, 0.8, 0.6],
        "answer_base": [0.6, 0.6, 0.6],
        "answer_high": [0.63, 0.5, 0.6],
    }
)


def test_bars_run_from_answer_to_answer_the_widest_on_top(axes):
    draw_tornado(THREE, axes)
    assert [(b.get_x(), round(b.get_width(), 9)) for b in axes.patches] == [
        (0.5, 0.3),
        (0.58, 0.05),
        (0.6, 0.0),
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["rho", "weight", "still"]
    assert axes.yaxis_inverted()


def test_each_end_says_at_which_value_of_the_input_it_lies(axes):
    draw_tornado(THREE, axes)
    assert [text.get_text() for text in axes.texts] == [
        *("at 0.4: 50%", "at 0.1: 80%"),
        *("at 0.2: 58%", "at 0.4: 63%"),
        *("at 1: 60%", "at 2: 60%"),
        "60% with every input at its base",
    ]


def test_a_bar_whose_answers_lie_on_one_side_still_reaches_the_base(axes):
    draw_tornado(THREE.head(1).assign(answer_low=0.7, answer_high=0.8), axes)
    assert axes.patches[0].get_x() == 0.6
    assert axes.patches[0].get_width() == pytest.approx(0.2)


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("count", [1, 2, 12, 40])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, count, long):
    draw_tornado(inputs(count, long), axes)
    assert_legible(axes)
    assert axes.figure.get_size_inches()[1] <= 9


def test_an_input_that_moves_nothing_is_drawn_without_a_bar(axes):
    draw_tornado(THREE.tail(1), axes)
    assert axes.patches[0].get_width() == 0
    assert collisions(visible_texts(axes)) == []


def test_alt_text_has_both_answers_of_every_input():
    assert alt_tornado(THREE, title="Swings") == (
        "Tornado chart. Swings. Chance of a match (%): rho at 0.1: 80%, at 0.4: 50%; weight at "
        "0.2: 58%, at 0.4: 63%; still at 1: 60%, at 2: 60%. 60% with every input at its base. "
        "Each bar: one input at the low and at the high end of its range, all others at their "
        "base. Source: not stated."
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (THREE.iloc[:0], "nothing is selected"),
        (THREE.assign(answer_high=[0.1, np.nan, 0.2]), "without its range or an answer"),
        (inputs(41), "40 at most"),
    ],
)
def test_what_is_no_tornado_is_an_error(axes, rows, message):
    with pytest.raises(FigureError, match=message):
        draw_tornado(rows, axes)

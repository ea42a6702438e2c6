import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import FigureError
from analysis.figures import style
from analysis.figures.match_chance_by_rho import alt_match_chance_by_rho, draw_match_chance_by_rho
from tests.figures.conftest import (
    assert_legible,
)

RHOS = [0.0, 0.1, 0.2, 0.4, 0.6, 0.9]
CHANCES = [0.985, 0.93, 0.86, 0.70, 0.55, 0.30]
MIXED = (0.1, 0.2, 0.4)


def curve(rhos=RHOS, chances=CHANCES) -> pd.DataFrame:
    return pd.DataFrame({"rho": rhos, "match_chance": chances, "source": "sample"})


def texts_of(ax) -> list[str]:
    return [" ".join(text.get_text().split()) for text in ax.texts]


def test_the_curve_passes_through_every_row_in_order_of_rho(axes):
    draw_match_chance_by_rho(curve().iloc[::-1], axes)
    line = axes.lines[0]
    assert line.get_xdata().tolist() == RHOS
    assert line.get_ydata().tolist() == CHANCES
    assert axes.get_ylim() == (0, 1)


def test_the_independent_answer_is_named_as_what_others_would_claim(axes):
    draw_match_chance_by_rho(curve(), axes)
    assert texts_of(axes) == [
        "98% treating each program as independent: what a calculator without correlation gives"
    ]


def test_without_rho_0_nothing_is_called_independent(axes):
    draw_match_chance_by_rho(curve(RHOS[1:], CHANCES[1:]), axes)
    assert axes.texts[:] == []
    assert "independent" not in alt_match_chance_by_rho(curve(RHOS[1:], CHANCES[1:]))


def test_the_values_that_are_mixed_are_dots_with_their_chance_and_the_mixture_is_a_line(axes):
    draw_match_chance_by_rho(curve(), axes, used=MIXED, match_chance=0.83)
    assert texts_of(axes)[:4] == [
        "83%: the estimated match chance",
        "93%",
        "86%",
        "70%",
    ]
    assert [line.get_ydata()[0] for line in axes.lines[1:]] == [0.83, 0.93, 0.86, 0.70, 0.985]


def test_alt_text_has_every_point_the_mixture_and_the_source():
    assert alt_match_chance_by_rho(curve(), used=MIXED, match_chance=0.83, title="Over rho") == (
        "Curve. Over rho: rho 0 98%; rho 0.1 93%; rho 0.2 86%; rho 0.4 70%; rho 0.6 55%; "
        "rho 0.9 30%. Treating each program as independent gives 98%. Mixed are the rho 0.1, "
        "0.2, 0.4. 83% is the estimated match chance. Source: sample."
    )


def check_notes(start: float, kept: float) -> None:
    ax = style.new_axes()
    chances = start * (1 - (1 - kept) * np.sqrt(RHOS))
    draw_match_chance_by_rho(curve(RHOS, chances), ax, match_chance=float(chances[1:4].mean()))
    assert_legible(ax)


@pytest.mark.parametrize("start", [0.0, 0.12, 0.9, 1.0])
@pytest.mark.parametrize("kept", [0.3, 1.0])
def test_notes_never_collide_with_each_other_or_leave_the_page(start, kept):
    check_notes(start, kept)


@pytest.mark.soak
@settings(max_examples=200)
@given(start=st.floats(0.0, 1.0), kept=st.floats(0.3, 1.0))
def test_notes_never_collide_whatever_the_curve(start, kept):
    check_notes(start, kept)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (curve().iloc[:0], "nothing is selected"),
        (curve([0.1], [0.5]), "two values of rho or more"),
        (curve([0.1, 0.1], [0.5, 0.6]), "each once"),
        (curve([0.0, 0.5], [1.2, 0.5]), "between 0 and 1"),
        (curve().drop(columns="rho"), "no column rho"),
    ],
)
def test_what_is_no_curve_is_an_error(axes, rows, message):
    with pytest.raises(FigureError, match=message):
        draw_match_chance_by_rho(rows, axes)


def test_a_used_rho_must_be_on_the_curve(axes):
    with pytest.raises(FigureError, match=r"the used rho 0\.3 is not among the rows"):
        draw_match_chance_by_rho(curve(), axes, used=(0.1, 0.3))

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from analysis.errors import FigureError
from analysis.figures import style
from analysis.figures.acceptability import alt_acceptability, draw_acceptability
from tests.figures.conftest import (
    assert_legible,
)


def places(programs: int, across: int) -> pd.DataFrame:
    rng = np.random.default_rng(programs)
    shares = rng.dirichlet(np.full(across + 1, 0.3), programs)[:, :across]
    return pd.DataFrame(
        {
            "program": np.repeat([f"Program of some length {i}" for i in range(programs)], across),
            "place": np.tile(np.arange(1, across + 1), programs),
            "acceptability": shares.ravel(),
            "basis": "synthetic",
        }
    )


TWO = pd.DataFrame(
    {
        "program": ["A", "A", "B"],
        "place": [1, 2, 2],
        "acceptability": [0.75, 0.05, 0.4],
        "label": ["Alpha", "Alpha", None],
    }
)


def luminance(color) -> float:
    parts = np.array([c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color])
    return float(parts @ [0.2126, 0.7152, 0.0722])


def cell_colors(axes) -> np.ndarray:
    """Colors of the two programs' cells at the two places."""
    axes.figure.draw_without_rendering()
    return axes.collections[0].get_facecolors()[:, :3].reshape(2, 2, 3)


def test_cells_are_darker_the_more_often_and_empty_where_never(axes):
    draw_acceptability(TWO, axes)
    colors = cell_colors(axes)
    assert colors[1, 0].tolist() == pytest.approx(list(to_rgb(style.PAPER)))
    assert luminance(colors[0, 0]) < luminance(colors[1, 1]) < luminance(colors[0, 1])


def test_larger_shares_stand_in_their_cells_and_totals_at_the_right(axes):
    draw_acceptability(TWO, axes)
    texts = [text.get_text() for text in axes.texts if text.get_text()]
    assert texts == ["75", "40", "80%", "40%", "On the list"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Alpha", "B"]


def test_print_on_the_darkest_cell_keeps_its_contrast(axes):
    draw_acceptability(TWO, axes)
    darkest = luminance(cell_colors(axes)[0, 0])
    assert (darkest + 0.05) / (luminance(to_rgb(style.INK)) + 0.05) >= 4.5


@pytest.mark.parametrize(("programs", "across"), [(1, 1), (5, 3), (20, 12), (40, 40)])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, programs, across):
    draw_acceptability(places(programs, across), axes)
    assert_legible(axes)
    assert axes.figure.get_size_inches()[1] <= 9


def test_alt_text_says_how_often_and_where_each_program_stands():
    assert alt_acceptability(TWO, title="Places") == (
        "Heat map. Places: Alpha on the list in 80% of the draws, most often at place 1 (75%); B "
        "on the list in 40% of the draws, most often at place 2 (40%). Darker = more often at "
        "that place; numbers in cells, where they fit, are percent of the draws. Source: not "
        "stated."
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (TWO.iloc[:0], "nothing is selected"),
        (TWO.assign(place=[1, 2, np.nan]), "without its program, place or share"),
        (TWO.assign(acceptability=[1.2, 0.1, 0.1]), "between 0 and 1"),
        (TWO.assign(place=[0, 1, 2]), "places begin at 1"),
        (places(41, 2), "not legible"),
    ],
)
def test_what_is_no_heat_map_is_an_error(axes, rows, message):
    with pytest.raises(FigureError, match=message):
        draw_acceptability(rows, axes)

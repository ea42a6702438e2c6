import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.figures.applications_curve import draw_applications_curve


@pytest.mark.parametrize("chance", [0.02, 0.5, 0.95])
def test_words_at_the_recommended_number_are_clear_of_the_axis_and_the_title(chance):
    curve = pd.DataFrame({"applications": range(1, 35), "match_chance": [chance] * 34})
    ax = draw_applications_curve(curve, Figure().subplots(), recommended=4)
    ax.figure.canvas.draw()
    (words,) = ax.texts
    assert words.get_text() == f"this list: 4, about {100 * chance:.0f} in 100"
    box, plot = words.get_window_extent(), ax.get_window_extent()
    assert plot.y0 <= box.y0
    assert box.y1 <= plot.y1


@pytest.mark.parametrize("last", [2, 5, 13, 19, 40])
def test_no_part_of_an_application_is_on_the_scale(axes, last):
    rows = pd.DataFrame({"applications": range(1, last + 1), "match_chance": 0.5})
    draw_applications_curve(rows, axes, recommended=1)
    assert all(tick == round(tick) for tick in axes.get_xticks())

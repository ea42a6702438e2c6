import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from analysis.errors import FigureError
from analysis.figures import style
from analysis.figures.next_application import (
    alt_next_application,
    draw_next_application,
    flattens_at,
    html_next_application,
)
from tests.figures.conftest import (
    assert_legible,
)

draw = partial(draw_next_application, flat_below=0.005)
alt = partial(alt_next_application, flat_below=0.005)


def applications(count: int, first: float = 0.22, kept: float = 0.87) -> pd.DataFrame:
    number = np.arange(1, count + 1)
    return pd.DataFrame(
        {
            "applications": number,
            "match_gain": first * kept ** (number - 1),
            "next_fee_usd": np.where(number <= 30, 11.0, 30.0),
            "source": "sample",
        }
    )


def texts_of(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_columns_are_the_gains_in_percentage_points(axes):
    draw(applications(3, 0.4, 0.5), axes)
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([40, 20, 10])
    assert texts_of(axes)[1:4] == ["40", "20", "10"]
    assert axes.get_ylim()[0] == 0


def test_fees_stand_over_their_applications(axes):
    draw(applications(45), axes)
    assert texts_of(axes)[:2] == ["$11 each", "$30 each"]
    spans = [line.get_xdata() for line in axes.lines]
    assert [(round(low), round(high)) for low, high in spans] == [(1, 30), (31, 45)]


def test_columns_past_the_list_are_pale_and_said_to_be(axes):
    draw(applications(12), axes, limit=10)
    colors = [to_hex(bar.get_facecolor()) for bar in axes.patches]
    assert colors == [style.BLUE] * 10 + [style.PALE_BLUE] * 2
    assert "The list ends at 10; later columns are pale" in texts_of(axes)[-1]


@pytest.mark.parametrize(("flat_below", "enough"), [(0.1, 2), (0.03, 4), (0.3, 2), (0.001, None)])
@pytest.mark.parametrize("limit", [None, 2, 4, 9])
def test_the_page_marks_how_many_are_enough_and_where_the_list_ends(flat_below, enough, limit):
    rows = applications(6, 0.4, 0.5)
    rows["match_gain"] = [0.4, 0.3, 0.05, 0.04, 0.02, 0.01]
    written = html_next_application(rows, flat_below=flat_below, limit=limit)
    marked = {
        int(number): re.findall(r"<em class=\S+?>(.*?)</em>", column)
        for column, number in re.findall(r'(<span class="[^"]*">.*?)<u>(\d+)</u></span>', written)
    }
    assert marked == {
        number: [f"enough: {number}"] * (number == enough)
        + [f"list ends: {number}"] * (number == limit)
        for number in range(1, 7)
    }


def test_the_curve_is_flat_from_the_application_after_the_last_that_still_adds():
    rows = applications(4).assign(match_gain=[0.1, 0.004, 0.006, 0.001])
    assert flattens_at(rows, 0.005) == 4
    assert flattens_at(rows, 0.2) == 1
    assert flattens_at(rows, 0.0005) is None


def test_findings_move_to_the_footer_where_columns_are_high(axes):
    rows = applications(5, 0.02, 0.99).drop(columns="next_fee_usd")
    draw(rows, axes)
    assert texts_of(axes) == ["2.0", "2.0", "2.0", "1.9", "1.9"]
    assert axes.figure.texts[-1].get_text().startswith("Every application adds 0.5 points or more")


@pytest.mark.parametrize("count", [1, 12, 45, 200])
@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, count, kept):
    draw(applications(count, 0.3, kept), axes, limit=30)
    assert_legible(axes)


def test_alt_text_has_every_gain_the_fees_and_the_price_of_a_point():
    rows = applications(3, 0.4, 0.05).assign(next_fee_usd=[11.0, 11.0, 30.0])
    assert alt(rows, title="Gains") == (
        "Columns. Gains, in percentage points: 1st 40; 2nd 2.0; 3rd 0.1. Applications 1 to 2 cost "
        "$11 each. Application 3 costs $30. From application 3 on, each adds less than 0.5 points. "
        "At application 3 one further point costs about $300. Source: sample."
    )


def test_a_program_that_adds_nothing_has_no_price(axes):
    rows = applications(2).assign(match_gain=[0.2, 0.0])
    assert "one further point" not in alt(rows)
    draw(rows.assign(match_gain=0.0), axes)
    assert [bar.get_height() for bar in axes.patches] == [0, 0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (applications(3).iloc[:0], "nothing is selected"),
        (applications(3).iloc[[0, 2]], "without a gap"),
        (applications(3).assign(match_gain=[0.1, np.nan, 0.1]), "without a number or a gain"),
        (applications(201), "200 at most"),
    ],
)
def test_what_is_no_list_of_applications_is_an_error(axes, rows, message):
    with pytest.raises(FigureError, match=message):
        draw(rows, axes)


def test_the_models_own_frame_is_drawn_as_it_is_and_not_by_what_was_paid_so_far(axes):
    from analysis.model.choice.explain import next_application
    from analysis.model.portfolio import Scenarios

    chance = np.array([[0.5], [0.4], [0.3]])
    rows = next_application(Scenarios(chance, np.ones(1)), np.ones(3), 3)
    rows = rows.assign(fee_usd=[11.0, 22.0, 33.0], next_fee_usd=11.0)
    draw(rows, axes)
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([50, 20, 9])
    assert "$11 each" in texts_of(axes)

import io

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgb

from analysis.figures import style
from analysis.figures.interview_chances import draw_interview_chances
from analysis.figures.style.points import placed_labels, stacked

COORDINATES = st.tuples(st.floats(20, 380), st.floats(20, 280))


def luminance(color: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def chart_of_a_leave() -> Axes:
    rows = pd.DataFrame({"red_flag": ["Leave & return"], "interview_chance": [0.3]})
    return draw_interview_chances(rows, style.new_axes())


def svg_bytes() -> bytes:
    buffer = io.BytesIO()
    with style.context():
        chart_of_a_leave().figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


@pytest.mark.parametrize("color", [style.INK, style.MUTED, style.BLUE, style.ORANGE])
def test_what_is_written_or_written_upon_has_enough_contrast(color):
    assert contrast(color, style.PAPER) >= 4.5


def test_a_marked_bar_stands_out_in_gray_too():
    assert contrast(style.ORANGE, style.PALE_BLUE) >= 2.2


def test_settings_hold_in_the_block_and_are_put_back():
    before = mpl.rcParams["svg.fonttype"], mpl.rcParams["font.family"]
    with style.context():
        assert mpl.rcParams["font.family"][0] == "Fira Sans"
    assert (mpl.rcParams["svg.fonttype"], mpl.rcParams["font.family"]) == before


def test_text_of_a_saved_chart_stays_text_in_the_reports_font():
    svg = svg_bytes().decode()
    assert "Leave &amp; return" in svg
    assert "'Fira Sans'" in svg


def test_the_same_chart_is_the_same_bytes():
    assert svg_bytes() == svg_bytes()


def test_an_svg_is_what_matplotlib_itself_writes(tmp_path):
    with style.context():
        figure = chart_of_a_leave().figure
        FigureCanvasSVG(figure).print_figure(tmp_path / "own.svg", metadata={"Date": None})
        figure.savefig(tmp_path / "ours.svg", metadata={"Date": None})
    assert (tmp_path / "ours.svg").read_bytes() == (tmp_path / "own.svg").read_bytes()
    assert svg_bytes() == (tmp_path / "own.svg").read_bytes()


def test_every_weight_finds_its_face_without_a_warning(caplog):
    with style.context():
        for weight in (400, 600):
            style.text_width("Øre → ж of 45%", 9, weight)
    assert "findfont" not in caplog.text


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "Zs")), max_size=80))
def test_wrapped_lines_are_never_wider_than_allowed(text):
    lines = style.wrapped(text, 60).split("\n")
    assert all(style.text_width(line) <= 60 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text("abc de", min_size=1, max_size=80), st.integers(1, 3))
def test_a_cut_text_has_no_more_lines_than_allowed_and_says_that_it_is_cut(text, most):
    whole, cut = style.wrapped(text, 40), style.wrapped(text, 40, most_lines=most)
    assert cut.count("\n") < most
    assert cut == whole or cut.endswith("…")


@given(st.lists(COORDINATES, min_size=1, max_size=40))
def test_placed_labels_meet_no_point_and_no_label(points):
    frame = (0.0, 0.0, 400.0, 300.0)
    boxes = placed_labels(points, 4, [(30.0, 12.0)] * len(points), frame, range(len(points)))
    marks = [(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    for index, box in boxes.items():
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= 400
        assert box[3] <= 300
        for other in [*marks, *(b for i, b in boxes.items() if i != index)]:
            apart = box[0] >= other[2] or box[2] <= other[0] or box[1] >= other[3]
            assert apart or box[3] <= other[1]


@given(st.lists(st.sampled_from([(10.0, 10.0), (50.0, 50.0), (52.0, 50.0)]), max_size=12))
def test_points_at_one_place_are_set_apart_and_lone_ones_stay(points):
    moved = stacked(points, near=4, step=8.5, most=40)
    if points:
        np.testing.assert_array_equal(moved[0], points[0])
    gaps = [np.hypot(*(moved[i] - moved[j])) for i in range(len(moved)) for j in range(i)]
    assert min(gaps, default=9.0) >= 4
    far = [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)]
    np.testing.assert_array_equal(stacked(far, near=4, step=8.5, most=40), far)


@given(st.floats(1e-6, 1e6))
def test_ticks_are_few_round_and_hold_the_largest_value(largest):
    ticks = style.round_ticks(largest)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 7
    assert ticks[-1] >= largest * (1 - 1e-9)
    assert ticks[-2] < largest


def test_footer_names_source_edition_n_and_response_rate():
    rows = pd.DataFrame(
        {
            "source": ["own survey", "own survey"],
            "edition": ["2025", "2025"],
            "n": [40.0, 52.0],
            "response_rate": [0.42, 0.42],
        }
    )
    assert style.provenance(rows) == (
        "Source: own survey, 2025 edition · n = 40–52 · response rate 42%"
    )


def test_a_year_that_the_source_names_is_not_said_twice():
    rows = pd.DataFrame({"source": ["article of January 6, 2026"], "edition": ["2026"]})
    assert style.provenance(rows) == "Source: article of January 6, 2026"


def test_synthetic_data_are_called_so():
    assert "Synthetic sample data" in style.basis_words(pd.DataFrame({"basis": ["synthetic"]}))

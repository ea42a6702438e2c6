import io
import re
from base64 import b64decode

import pandas as pd
from fontTools.ttLib import TTFont

from analysis.explorer.controls import plain, table
from analysis.explorer.results import DARK_RULES, Results, face_rules, image, state_grid
from analysis.figures.style import DARK, look

ROWS = pd.DataFrame({"factor": ["Letters", "Research"], "importance": [60, 40]})


def test_a_chart_drawn_again_on_one_figure_is_the_same_picture():
    chart = Results().charts["weights"]
    chart.show(ROWS, title="Two")
    first, shown = chart.saved("svg"), chart.panel.widget.value
    chart.show(ROWS.iloc[:1], title="Two")
    assert chart.panel.widget.value != shown
    chart.show(ROWS, title="Two")
    assert chart.saved("svg") == first
    assert chart.panel.widget.value == shown


def contrast(one, other):
    """Contrast of two colors as WCAG 2 defines it."""
    light = []
    for color in (one, other):
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        light.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return max(light) / min(light)


def test_every_color_of_the_charts_has_a_dark_one_that_is_as_readable():
    colors = {value for value in vars(look).values() if re.fullmatch("#[0-9a-f]{6}", str(value))}
    assert colors == set(DARK)
    paper = DARK[look.PAPER]
    assert contrast("#ffffff", "#000000") == 21
    for text in (look.INK, look.MUTED, look.BLUE, look.ORANGE):
        assert contrast(DARK[text], paper) >= 4.5
    assert contrast(DARK[look.PALE_BLUE], paper) >= 3


def test_a_picture_is_dark_on_a_dark_page_and_light_in_a_file():
    chart = Results().charts["weights"]
    chart.show(ROWS, title="Two")
    data = re.search(r"base64,([^\"]*)", chart.panel.widget.value)[1]
    shown, saved = b64decode(data).decode(), chart.saved("svg").decode()
    assert DARK_RULES in shown
    assert shown.replace(f"<style>{DARK_RULES}</style>", "") == saved
    # Each color that the picture uses is one that the rules turn.
    drawn = shown.partition("<defs>")[2].rpartition("</style>")[2]
    used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", drawn))
    assert used
    assert used <= set(DARK)
    for color in used:
        assert f": {color}" in DARK_RULES


class _Listed:
    def __init__(self, states):
        self.states = states


def test_the_map_has_a_tile_for_each_state_with_the_programs_of_the_list():
    shown = state_grid(_Listed({"OH": 3, "PA": 1, "ON": 2}))
    tiles = dict(re.findall(r">([A-Z]{2})<b>(\d*)</b>", shown))
    assert len(tiles) == 52  # 50 states, DC and Puerto Rico, each once
    assert {state: n for state, n in tiles.items() if n} == {"OH": "3", "PA": "1"}
    assert re.findall(r'cs-has"[^>]*>([A-Z]{2})', shown) == ["OH", "PA"]
    assert "Elsewhere: ON 2" in shown
    assert 'aria-label="Programs by state: OH 3, PA 1, ON 2"' in shown
    places = re.findall(r"grid-row:(\d+);grid-column:(\d+)", shown)
    assert len(set(places)) == 52  # no tile lies on another
    assert state_grid(_Listed({})) == ""


def test_every_character_of_a_picture_is_in_the_typeface_it_carries():
    rules = face_rules()
    assert len(rules) < 60_000
    for data in re.findall(r"base64,([^)]*)\)", rules):
        known = TTFont(io.BytesIO(b64decode(data))).getBestCmap()
        assert {ord(c) for c in "AZaz09%–·é"} <= set(known)


def test_an_alt_text_cannot_end_its_attribute():
    assert 'alt="&quot;&gt;&lt;b&gt;"' in image("<svg/>", '"><b>')


def test_a_table_names_its_rows_and_columns_and_shows_text_as_text():
    shown = table([{"a": "<b>", "c": 1}], "Two & two")
    assert "<caption>Two &amp; two</caption>" in shown
    assert '<th scope="row">&lt;b&gt;</th>' in shown
    assert '<th scope="col">c</th>' in shown
    assert table([], "none") == ""


def test_plain_text_is_one_short_line():
    assert plain("a\nb\x07c") == "a b c"
    assert len(plain("x" * 1000)) == 200

import io
import re
from base64 import b64decode

import pandas as pd
from fontTools.ttLib import TTFont

from analysis.explorer.controls import plain, table
from analysis.explorer.results import Picture, face_rules, image
from analysis.figures.factor_importance import draw_factor_importance

ROWS = pd.DataFrame({"factor": ["Letters", "Research"], "importance": [60, 40]})


def test_a_picture_drawn_twice_on_one_figure_is_the_same_picture():
    picture = Picture()
    first = picture.svg(lambda ax: draw_factor_importance(ROWS, ax), "alt")
    picture.svg(lambda ax: draw_factor_importance(ROWS.iloc[:1], ax), "alt")
    assert picture.svg(lambda ax: draw_factor_importance(ROWS, ax), "alt") == first


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

"""The worked examples of section 8, computed and looked up in the text."""

import pytest

from analysis.model.cohort import matches_if_independent, season
from analysis.paths import from_root
from tests.unit.model.cohort.classes import assumed, member, room

TEXT = " ".join(from_root("docs/methods-class.md").read_text(encoding="utf-8").split())


def lost(chances):
    pair = [member(f"S{at}", "A", [2 * offer]) for at, offer in enumerate(chances)]
    return season(pair, assumed(pair), room(pair), 40_000, 1).lost


def test_two_students_and_one_place_are_worked_as_the_text_says():
    assert lost([0.5, 0.5]) == pytest.approx([0.125, 0.125], abs=0.005)
    assert "Of 1 expected match .75 remain, and each of them loses .125." in TEXT


def test_the_one_further_over_the_bar_loses_less_as_the_text_says():
    both, ahead = 0.45 * 0.2, 0.2 / 2 / 0.45  # two uniform margins, up to .45 and to .2
    by_hand = [both * ahead, both * (1 - ahead)]
    assert lost([0.45, 0.2]) == pytest.approx(by_hand, abs=0.004)
    assert f"in {100 * both:.0f}% of cases" in TEXT
    assert ahead == pytest.approx(2 / 9)
    shown = [f"{loss:.3f}".lstrip("0") for loss in by_hand]
    assert f"the first loses {shown[0]} and the second {shown[1]}." in TEXT


def test_two_coins_are_worked_as_the_text_says():
    coins = ", ".join(f"{chance:g}".lstrip("0") for chance in matches_if_independent([0.5, 0.5]))
    assert f"give 0, 1, 2 matches with {coins};" in TEXT

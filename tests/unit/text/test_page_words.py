import pytest

from analysis.text import sentence, sentences
from analysis.views.case import Case, differences
from analysis.views.desk import Source


def test_files_are_told_with_rows_used_and_refused():
    files = [Source("students", "class.csv", 12, 1), Source("programs")]
    assert sentence("page/files", made_up=False, files=files) == (
        "Your office's data. Class: class.csv (12 students used, 1 row refused and left out). "
        "Programs: none yet."
    )
    assert "no real student" in sentence("page/files", made_up=True, files=files)


@pytest.mark.parametrize(("percentile", "words"), [(1, "1st"), (11, "11th"), (22, "22nd")])
def test_a_percentile_is_an_ordinal(percentile, words):
    said = sentences(
        "page/graduates",
        specialty="Psychiatry",
        score=240.0,
        fewest=5,
        percentile=percentile,
        matched=30,
        flags=[],
    )
    assert said == [
        f"240 is at the {words} percentile of 30 matched graduates in Psychiatry (your office's "
        "file)."
    ]


def test_a_group_of_fewer_than_five_graduates_is_not_told():
    row = {"flag": "step1_failure", "graduates": 4, "matched": 4, "interviewed": 1, "modeled": None}
    view = {"specialty": "Psychiatry", "score": 240.0, "fewest": 5, "percentile": None}
    few, flag = sentences("page/graduates", **view, matched=4, flags=[row])
    assert few == "Fewer than 5 matched graduates in Psychiatry: no percentile."
    assert flag.endswith("fewer than 5 graduates in Psychiatry, not shown.")
    told = row | {"graduates": 5, "interviewed": 0.25, "modeled": 0.2}
    _, flag = sentences("page/graduates", **view, matched=4, flags=[told])
    assert "of 5 graduates in Psychiatry, 4 matched; 25% of their applications" in flag
    assert flag.endswith("The model gives 20% a program with this flag alone.")


def test_a_change_of_a_list_names_five_programs_at_most():
    said = sentences(
        "page/changed",
        numbers=[("Fees", "$1", "$2")],
        on_shorter_list="",
        enter=[*"ABCD"],
        leave=[*"EFG"],
    )
    assert said == [
        "Fees: $1 → $2.",
        "New on the list: A, B, C and 1 more.",
        "No longer on the list: E, F and 1 more.",
    ]
    assert sentences("page/changed", numbers=[], enter=[], leave=[]) == []


def test_differences_of_two_cases_are_told_one_a_line():
    one = Case("S1", ("Psychiatry",), 240.0, red_flags=("loa_academic",), letters=0.5)
    two = Case(
        "S1", ("Psychiatry",), 250.0, letters=None, marks=(("P1", "home", ""),), must_apply=("P2",)
    )
    assert differences(one, two) == [
        "Step 2 CK 240, now 250",
        "letters 0.5, now not given",
        "programs that must be on the list not given, now P2",
        "without: leave of absence for academic reasons",
        "marked: P1 home",
    ]
    assert differences(two, Case("S2", ("Psychiatry",), 250.0, must_apply=("P2",))) == [
        "student S1, now S2",
        "no longer marked: P1",
    ]

import pytest

from analysis.text import sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("limit=+10", "10 more applications"),
        ("limit=+1", "1 more application"),
        ("limit=40", "At most 40 applications"),
        ("budget=500", "A fee budget of $500"),
        ("budget=+300", "$300 more for fees"),
        ("gold=1,silver=0", "1 gold signal, no silver signal"),
        ("gold=5;3", "5 and 3 gold signals"),
        ("gold=0;0", "No gold signal"),
        ("drop=step1_failure", 'Without the flag "Step 1 failed, then passed"'),
        ("add=professionalism", 'With the flag "Professionalism concern"'),
        ("red_flags=none", "No red flag"),
        (
            "red_flags=loa_academic;step2_failure",
            'The flags "Leave of absence for academic reasons" and "Step 2 CK failed, then passed"',
        ),
        ("specialty=Family Medicine", "Family Medicine in place of the specialty"),
        ("step2_ck=265, letters=0.9", "Step 2 CK 265, letters 0.9 (0 to 1)"),
        ("research=4", "4 research items"),
        ("research=+1", "1 more research item"),
        ("research_items=-2", "2 fewer research items"),
        ("step2_ck=+5", "Step 2 CK 5 points higher"),
        ("letters=-0.1", "Letters 0.1 lower (0 to 1)"),
        (
            "clerkship_honors_fraction=+0.1",
            "Honors in a share of the clerkships that is 0.1 higher (0 to 1)",
        ),
    ],
)
def test_what_was_changed_is_said_in_words(changes, words):
    assert sentence("pick/what_if_label", changes=changes, budget_lifted=False) == words


def test_a_budget_that_a_what_if_lifts_is_said():
    assert sentence("pick/what_if_label", changes="limit=+10", budget_lifted=True) == (
        "10 more applications, whatever they cost"
    )


def test_what_moves_is_counted_and_what_does_not_is_said():
    row = {"changes": "limit=40", "budget_lifted": False, "places_unused": 0}
    row |= {"match_chance": 0.5, "match_chance_base": 0.4}
    row |= {"enters": list("ABCDE"), "leaves": ["F"], "signals_moved": []}
    assert sentence("pick/what_if", row=row) == (
        "At most 40 applications: match chance 50% instead of 40%; "
        "5 programs enter and 1 program leaves."
    )
    row |= {"enters": [], "leaves": [], "match_chance": 0.4}
    assert sentence("pick/what_if", row=row) == (
        "At most 40 applications: match chance still 40%; the list stays the same."
    )

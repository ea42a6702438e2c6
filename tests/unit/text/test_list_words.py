import math
import re

import pytest

from analysis.text.labels import joined
from analysis.text.list_overview import (
    flat_curve,
    independence_sentence,
    list_summary,
    match_chance_sentence,
    next_application_sentence,
    unknowns_sentence,
)
from analysis.text.list_words import (
    left_out_reason,
    listed_because,
    points,
    to_verify,
)

PROGRAM = {
    "match_gain": 0.019,
    "match_share": 0.12,
    "must": False,
    "in_preferred_state": True,
    "signal": "gold",
    "interchangeable": (),
    "drops_below": 0.05,
    "replacement": "IM9",
    "chance_if_closes": 0.0,
    "interview_chance": 0.3,
}
LEFT = {"reason": "adds_less", "gate_reason": "", "match_gain": 0.002, "weakest": "IM7"}


def test_a_reason_gives_the_gain_in_points_the_state_and_the_signal():
    assert listed_because(PROGRAM) == (
        "Raises the chance of matching by 1.9 points; your state; worth a gold signal."
    )


def test_a_program_that_hardly_raises_the_chance_says_what_it_is_there_for():
    said = listed_because(PROGRAM | {"match_gain": 0.0001, "interchangeable": ("A1", "B2")})
    assert said.startswith("You would end there in 12 % of cases")
    assert "A1 or B2 would do exactly as well" in said


def test_a_must_says_so_first():
    said = listed_because(PROGRAM | {"must": True})
    assert said.startswith("On your must list; raises")


CLOSED = PROGRAM | {
    "interview_chance": 0.0,
    "match_gain": 0.0,
    "match_share": 0.0,
    "signal": "none",
    "gate_reason": "Step 2 CK under the cutoff;sponsors no visa",
}


def test_a_must_that_would_not_read_the_file_says_why_and_speaks_of_no_gain():
    assert listed_because(CLOSED | {"must": True}) == (
        "On your must list; as the table has it, the file would not be read there: Step 2 CK under "
        "the cutoff and sponsors no visa."
    )


def test_a_program_that_only_a_rule_keeps_is_said_to_be_there_for_the_rule():
    said = listed_because(CLOSED | {"must": False, "gate_reason": ""})
    assert said.startswith("On the list by a rule of yours; as the table has it")
    assert said.endswith("no way in is known.")


def test_unknown_columns_become_questions():
    assert to_verify("visa;step2_cutoff") == [
        "which visas it sponsors",
        "whether it has a Step 2 CK cutoff, and which",
    ]
    assert to_verify("") == []
    assert to_verify(("accepts_do",)) == ["whether it takes DO applicants"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Adds less to this list (0.2 points) than IM7"),
        (
            {"weakest": ""},
            "Would add 0.2 points, but the limit, the budget or a rule of yours leaves no room.",
        ),
        ({"reason": "never"}, "On your never list."),
        ({"reason": "rule"}, "a rule of yours"),
        ({"reason": "no_chance", "gate_reason": "sponsors no visa"}, "sponsors no visa"),
        ({"reason": "no_chance"}, "no way in is known"),
    ],
)
def test_a_program_left_out_has_its_reason(changed, words):
    assert words in left_out_reason(LEFT | changed)


def test_no_sentence_is_a_verdict():
    said = " ".join(
        [
            *(left_out_reason(LEFT | {"reason": r}) for r in ("adds_less", "never", "no_chance")),
            listed_because(PROGRAM),
            match_chance_sentence(0.4, 0.2, 0.6, "article", 30, 9.6),
        ]
    )
    assert not re.search(r"out of reach|hopeless|unrealistic|impossible|safe choice", said)


def test_the_match_chance_carries_its_range_and_in_the_article_basis_its_caution():
    counted = match_chance_sentence(0.81, 0.65, 0.9, "base_rate", 30, 9.6)
    assert counted.endswith(
        "a chance of 81 % (range 65 % to 90 %), and brings 9.6 interviews on average."
    )
    assert "illustrative" in match_chance_sentence(0.81, math.nan, math.nan, "article", 30, 9.6)


def test_unknowns_are_counted_with_what_they_could_cost():
    assert unknowns_sentence(1, 20, 0.7).startswith("1 of 20 programs rests on")
    assert "70 %" in unknowns_sentence(9, 20, 0.7)


def test_the_independent_claim_stands_beside_the_used_one():
    curve = [
        {"independent": True, "match_chance": 0.98},
        {"independent": False, "match_chance": 0.7},
    ]
    assert "would claim 98 %" in independence_sentence(curve, 0.81)
    assert independence_sentence(curve, 0.81).endswith("it is 81 %.")
    assert independence_sentence(curve[1:], 0.81) == ""


def test_counts_and_plurals():
    assert flat_curve(None, 0.005, 9).startswith("Each of 9 applications adds at least 0.5 points")
    assert points(-0.02) == "-2.0 points"
    rows = [
        {"group": "long_shot", "program_type": "community"},
        {"group": "possible", "program_type": "community"},
    ]
    assert list_summary(rows) == "2 programs: 1 possible and 1 long shot; most often Community (2)."
    ends = list_summary([*rows, {"group": "likely"}], 0.2, 0.5)
    assert (
        "1 likelier than not (50 % or more), 1 possible (20 to 50 %) and 1 long shot (under 20 %)"
        in ends
    )


@pytest.mark.parametrize(
    ("listed", "row", "words"),
    [
        (1, {"match_gain": 0.03, "next_fee_usd": 11.0, "usd_per_point": 3.67}, "than this one"),
        (
            30,
            {"match_gain": 0.0, "next_fee_usd": 30.0, "usd_per_point": math.inf},
            "would add less than 0.1 points and cost $30.",
        ),
    ],
)
def test_the_next_application_has_its_gain_and_its_price(listed, row, words):
    assert words in next_application_sentence(listed, row)


def test_an_enumeration_names_three_of_many_and_counts_the_rest():
    names = [f"IM{number:03d}" for number in range(380)]
    assert joined(names) == "IM000, IM001, IM002 and 377 more"
    assert joined(names[:6], "or") == "IM000, IM001, IM002, IM003, IM004 or IM005"
    assert joined(names[:1]) == "IM000"

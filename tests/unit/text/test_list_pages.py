"""What a list says of itself in each case, from hand-written numbers."""

import math
import re

import pytest

from analysis.text import render, sentence, sentences
from analysis.text.labels import drops_code, joined, points, to_verify
from analysis.views.pick import left_out_reason, listed_because

ROOM = {
    "limit": 20,
    "limit_from": "row",
    "budget_usd": None,
    "budget_from": "",
    "first_fee_usd": 11.0,
    "specialties": 1,
    "listed": 12,
    "unused": 8,
    "never": 0,
    "others": 30,
    "closed": 5,
    "wanted": 0,
    "over_budget": False,
    "ruled": False,
    "priced": False,
    "few": False,
    "under_floor": 0,
}
LIST = {
    "specialty": "specialty",
    "listed": 12,
    "groups": {"likely": 2, "possible": 9, "long_shot": 1},
    "possible_from": 0.2,
    "likely_from": 0.5,
    "most_type": "Community",
    "most_type_count": 7,
    "unknowns": 1,
    "if_closed": 0.7,
    "match": 0.81,
    "low": 0.65,
    "high": 0.9,
    "expected_interviews": 9.6,
    "article": False,
    "level": "assumed figures",
    "independent": 0.98,
    "ranked": False,
    "gap": 0.0,
    "more": 0,
    "more_fee_usd": 0.0,
    "more_gain": 0.0,
    "floor_dropped": False,
    "below_price": False,
    "fee_usd": 132.0,
}


def said(room=(), **changes):
    return sentences("pick/sentences", **LIST | {"room": ROOM | dict(room)} | changes)


def test_a_list_begins_with_its_match_chance_and_its_range():
    assert said()[0] == (
        "This list of 12 applications ends in a match for about 81 of 100 students with this file "
        "(range 65 to 90), and brings 9.6 interviews on average."
    )


def test_without_a_range_no_range_is_told():
    first = said(low=math.nan, high=math.nan)[0]
    assert first.endswith("with this file. It brings 9.6 interviews on average.")


def test_the_article_s_level_carries_its_caution():
    assert said(article=True)[0].endswith(
        "Both begin at assumed figures: use them to compare lists, not as a forecast."
    )


@pytest.mark.parametrize(("unknowns", "place"), [(5, 0), (4, 2), (0, 2)])
def test_policies_to_confirm_come_first_where_they_touch_more_than_a_third(unknowns, place):
    (at,) = [n for n, line in enumerate(said(unknowns=unknowns)) if "policy to confirm" in line]
    assert at == place


@pytest.mark.parametrize(
    ("room", "words"),
    [
        ({}, "at most 20 applications, as the class file says."),
        ({"limit_from": "asked"}, "at most 20 applications, as asked for here."),
        ({"limit_from": "assumption"}, "at most 20 applications: our assumption (list.limit)"),
        (
            {"limit": None, "budget_usd": 120.5, "budget_from": "row"},
            "made for a budget of $120.50, as the class file says.",
        ),
        (
            {"limit_from": "asked", "budget_usd": 55.0, "budget_from": "asked"},
            "at most 20 applications and a budget of $55, as asked for here.",
        ),
        (
            {"limit": 4, "limit_from": "asked", "budget_usd": 99.0, "budget_from": "row"},
            "at most 4 applications, as asked for here, and a budget of $99, as the class file",
        ),
    ],
)
def test_whose_limit_and_budget_they_are_is_told_apart(room, words):
    assert words in " ".join(said(room))


@pytest.mark.parametrize(
    ("room", "why"),
    [
        ({"others": 0}, "every program of the specialty in the office's file is on the list."),
        ({"others": 0, "never": 2}, "is on the list, except those you rule out."),
        ({"closed": 30}, "the other 30 programs of the specialty in the office's file offer no"),
        ({"others": 1, "closed": 1, "never": 1}, "the one other program of the specialty in the"),
        (
            {"over_budget": True, "budget_usd": 55.0, "budget_from": "row"},
            "the budget of $55 does not pay for one more",
        ),
        ({"ruled": True, "wanted": 3}, "a rule of yours leaves no room"),
        ({"priced": True}, "no further program adds as much as its fee and the work on it cost."),
        (
            {"priced": True, "wanted": 3, "under_floor": 3},
            "an interview at any other program is less likely than a list asks for.",
        ),
        (
            {"priced": True, "wanted": 3, "under_floor": 2},
            "adds less than its fee and the work on it cost, or its interview is less likely than",
        ),
        ({"priced": True, "few": True, "wanted": 3}, "that the best "),
        ({}, "no further program adds any chance that counts."),
    ],
)
def test_places_left_unused_have_their_reason(room, why):
    assert why in " ".join(line for line in said(room) if line.startswith("8 places are left"))


@pytest.mark.parametrize(
    ("room", "why"),
    [
        ({"others": 0}, "your wishes rule out every program of the specialty"),
        ({"limit": 0}, "a limit of 0 applications leaves room for none"),
        ({"budget_usd": 5.0}, "the budget of $5 pays for no application (one costs $11)"),
        ({"ruled": True}, "the rules asked for leave room for none"),
        ({"closed": 30}, "no program offers any chance by the screening rules in the file."),
        ({"closed": 30, "never": 1}, "no program that you do not rule out offers any chance"),
    ],
)
def test_no_list_says_why_and_nothing_else(room, why):
    (only,) = said(room, listed=0)
    assert only.startswith(f"There is no list: {why}")


PROGRAM = {
    "match_gain": 0.019,
    "match_share": 0.12,
    "must": False,
    "in_preferred_state": True,
    "signal": "gold",
    "interchangeable": (),
    "interview_chance": 0.3,
    "gate_reason": "",
}
CLOSED = PROGRAM | {"interview_chance": 0.0, "signal": "none"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (PROGRAM, "Raises the match chance by 1.9 points; your state; worth a gold signal."),
        (
            PROGRAM | {"match_gain": 0.0001, "interchangeable": ("A1", "B2"), "signal": "none"},
            "12% chance of matching here, mostly instead of one you prefer less; your state; A1 "
            "or B2 would do exactly as well.",
        ),
        (PROGRAM | {"must": True}, "You asked for it; raises the match chance by 1.9 points;"),
        (
            CLOSED | {"must": True, "gate_reason": "Step 2 CK under the cutoff;sponsors no visa"},
            "You asked for it; screened out by the rules in the file: Step 2 CK under the cutoff "
            "and sponsors no visa.",
        ),
        (CLOSED, "On the list by a rule of yours; screened out by the rules in the file: no way"),
    ],
)
def test_a_listed_program_has_its_reason(row, words):
    assert listed_because(row).startswith(words)


LEFT = {"reason": "adds_less", "gate_reason": "", "match_gain": 0.002, "weakest": "IM7"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Adds less to this list (0.2 points) than IM7, which it would have to replace."),
        (
            {"weakest": ""},
            "Would add 0.2 points, but the limit, the budget or a rule of yours leaves no room.",
        ),
        ({"reason": "never"}, "On your never list."),
        ({"reason": "floor"}, "Its interview chance is too small for a list."),
        (
            {"reason": "price", "cost_usd": 35.6},
            "Would add 0.2 points, less than the $36 it costs.",
        ),
        (
            {"reason": "rule"},
            "Would add 0.2 points, but the budget, the signals or a rule of yours stands between.",
        ),
        (
            {"reason": "no_chance", "gate_reason": "sponsors no visa"},
            "Screened out by the rules in the file: sponsors no visa.",
        ),
        (
            {"reason": "no_chance"},
            "Screened out by the rules in the file: no way in is known.",
        ),
    ],
)
def test_a_program_left_out_has_its_reason(changed, words):
    assert left_out_reason(LEFT | changed) == words


def test_no_template_of_a_list_holds_a_verdict_on_a_person():
    from analysis.paths import from_root

    texts = [path.read_text() for path in from_root("src/analysis/text/pick").glob("*.j2")]
    assert len(texts) > 8
    for text in texts:
        assert not re.search(r"out of reach|hopeless|unrealistic|impossible|safe choice", text)


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
    view = {"listed": listed, "next": row, "worth_sending": None, "flat_gain": 0.005}
    first, second = sentences("pick/curve", applications=31, **view)
    assert words in first
    assert second == "Each of 31 applications adds at least 0.5 points to the match chance."


def test_a_template_that_is_given_too_little_fails_instead_of_leaving_a_gap():
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        render("pick/curve", listed=1)


def test_unknown_columns_become_questions():
    assert to_verify("visa;step2_cutoff") == [
        "which visas it sponsors",
        "whether it has a Step 2 CK cutoff, and which",
    ]
    assert to_verify("") == []
    assert to_verify(("accepts_do",)) == ["whether it takes DO applicants"]


def test_what_takes_a_program_off_the_list_is_told_in_short():
    row = {"must": False, "drops_below": 0.05, "drops_reason": "replaced", "replacement": "IM9"}
    assert drops_code(row) == "below 5.0%: IM9"
    assert drops_code(row | {"drops_reason": "price"}) == "below 5.0%"
    assert drops_code(row | {"must": True}) == ""


def test_a_loss_of_points_keeps_its_sign():
    assert points(-0.02) == "-2.0 points"


def test_an_enumeration_names_three_of_many_and_counts_the_rest():
    names = [f"IM{number:03d}" for number in range(380)]
    assert joined(names) == "IM000, IM001, IM002 and 377 more"
    assert joined(names[:6], "or") == "IM000, IM001, IM002, IM003, IM004 or IM005"
    assert joined(names[:1]) == "IM000"


def test_a_what_if_says_what_moves_and_what_it_leaves():
    row = {"match_chance": 0.812, "match_chance_base": 0.808, "places_unused": 1}
    row |= {"enters": [], "leaves": ["A", "B"], "signals_moved": []}
    assert sentence("pick/what_if", row=row | {"changes": "gold=5", "budget_lifted": False}) == (
        "5 gold signals: match chance still 81%; 2 programs leave; 1 place unused."
    )


def test_an_expected_score_says_what_may_be_missed_and_whether_to_wait():
    score = {
        "expected": 236.0, "low": 226.0, "high": 246.0, "failing": 0.02, "now": 0.63,
        "waiting": 0.64, "wait": True,
        "cutoffs": [
            {"program_id": "IM015", "step2_cutoff": 235.0, "under_cutoff": 0.4},
            {"program_id": "IM012", "step2_cutoff": 220.0, "under_cutoff": 0.01},
        ],
    }  # fmt: skip
    first, failing, missed, wait = sentences("pick/score", **score)
    assert first.endswith("236 expected, most likely 226 to 246.")
    assert failing.startswith("About 2 in 100")
    assert missed.endswith("at 1 program on the list: IM015 (235) with a chance of 40%.")
    assert wait.endswith("If the score comes before applications open, choose the list then.")
    *_, send = sentences("pick/score", **score | {"wait": False, "failing": 0.0, "cutoffs": []})
    assert send.endswith("Waiting would hardly change the list, so it can be chosen now.")


@pytest.mark.parametrize(
    ("listed", "words"),
    [(1, "this application is not worth its fee"), (5, "none of these 5 is worth its fee")],
)
def test_a_list_that_is_not_worth_its_price_says_so_of_what_it_shows_alone(listed, words):
    assert words in " ".join(said(below_price=True, listed=listed))

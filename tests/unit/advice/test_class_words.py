import pytest

from analysis.advice import class_words as levers
from analysis.advice import class_words as words

STEPS = [
    {"expected": 27.3, "low": 23, "high": 31},
    {"expected": 26.3, "low": 16, "high": 34},
]


def test_the_first_sentence_of_an_overview_is_the_number_and_its_interval():
    said = words.expected_sentence(STEPS, 39, words.interval_words(0.05, 0.95))
    assert said.startswith(
        "**About 26 of the 39 students with a list are expected to match; in 90 of 100 seasons it "
        "is between 16 and 34.**"
    )
    assert "would claim 23 to 31. That is too sure" in said


def test_no_other_reckoning_is_called_too_sure_that_says_the_same():
    said = words.expected_sentence([STEPS[0], STEPS[0]], 39, "always")
    assert "too sure" not in said


def test_a_class_of_one_is_spoken_of_as_one():
    step = {"expected": 0.9, "low": 0, "high": 1}
    said = words.expected_sentence([step, step], 1, "always")
    assert said.startswith("**About 1 of the one student with a list is expected to match")


def test_a_crowd_is_counted_and_a_few_are_named():
    assert words.article_sentence(["S1", "S2"]).startswith("For S1 and S2 too few")
    assert words.article_sentence([f"S{at}" for at in range(9)]).startswith("For 9 students too")
    assert words.article_sentence([]) == ""


@pytest.mark.parametrize(
    ("first", "said"),
    [(0, "No list carries a risk"), (1, "1 of 9 lists carries"), (4, "4 of 9 lists carry")],
)
def test_who_stands_first_is_counted(first, said):
    assert words.first_sentence(first, 9, 0.25).startswith(said)


def test_students_without_a_list_are_said_to_stand_outside_of_the_order():
    assert words.without_list_sentence([]) == ""
    assert words.without_list_sentence(["S1"]).startswith("S1 has no list at all and stands")
    many = words.without_list_sentence([f"S{at}" for at in range(9)])
    assert many.startswith("9 students have no list at all")


EMPTY = {
    "student_id": "S1",
    "problem": "the budget of $5 pays for no application (one costs $11)",
    "fee_budget_usd": 5.0,
    "more_applications": 10.0,
    "more_gain": 0.93,
    "more_fee_usd": 110.0,
    "other_specialty": "Family Medicine",
    "other_applications": 10.0,
    "other_gain": 0.4,
    "other_fee_usd": 110.0,
}
NAN = float("nan")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {},
            " 10 applications in the student's own specialty would bring a chance of a match of "
            "93 % for $110, which is over the budget of $5.",
        ),
        (
            {"other_gain": 0.95, "fee_budget_usd": NAN},
            " 10 applications to Family Medicine, without signals, would bring a chance of a match "
            "of 95 % for $110.",
        ),
        (
            {"more_applications": 0.0, "more_gain": 0.0, "other_applications": 1.0},
            " 1 application to Family Medicine, without signals, would bring a chance of a match "
            "of 40 % for $110, which is over the budget of $5.",
        ),
        ({"more_applications": 0.0, "more_gain": 0.0, "other_gain": NAN}, ""),
    ],
)
def test_what_could_give_a_student_a_list_is_said_with_the_budget_it_breaks(changed, said):
    told = levers.empty_handed_sentence(EMPTY | changed)
    assert told == f"S1: {EMPTY['problem']}.{said}"


def test_what_sharing_costs_says_what_is_taken_for_it():
    assert words.sharing_sentence(0, 0, 1).endswith("classmates do not compete.")
    said = words.sharing_sentence(12, 0.83, 1)
    assert "takes at most one student of the class" in said
    assert "costs the class 0.8 expected matches" in said


def test_little_to_win_is_not_recommended():
    assert levers.spreading_sentence(["A"], 0.01).endswith("less than 0.1 expected matches.")
    assert "share A and B" in levers.spreading_sentence(["A", "B"], 0.8)


def test_signals_that_meet_a_classmates_are_counted():
    row = {"signal": "gold", "sent": 9, "shared": 4, "turned_away": 1.2, "matches_lost": 0.3}
    said = words.signals_sentence([row])
    assert said.startswith("4 of 9 gold signals go to a program that a classmate signals too.")
    assert words.signals_sentence([]) == ""


def test_a_class_is_held_beside_graduates_only_where_there_are_enough():
    assert words.graduates_sentence(2, 4, None).startswith("There are too few past graduates")
    assert "58 % matched" in words.graduates_sentence(2, 4, 0.58)
    assert "of those of this class with a list the model expects 50 % to." in (
        words.graduates_sentence(2, 4, 0.58)
    )


def test_what_could_change_is_said_with_what_it_would_bring_and_cost():
    said = levers.further_sentence(3, 10, 0.02, 900)
    assert "up to 10 for each of 3 of those who stand first" in said
    assert "would add less than 0.1 expected matches for $900, whatever limits and" in said
    alone = levers.further_sentence(1, 10, 0.2, 110)
    assert "up to 10 for one of those who stand first, would add 0.2" in alone
    assert alone.endswith("for $110, whatever limits and budgets they have now.")
    assert levers.further_sentence(0, 10, 0, 0).endswith(
        "nothing for the students who stand first."
    )
    best = [{"other_specialty": "Psychiatry", "students": 2}]
    said = levers.second_sentence(best, 10, 0.8, 220)
    assert "for $220, whatever limits and budgets they have now: Psychiatry (2)." in said
    assert levers.second_sentence([], 10, 0, 0) == ""


def test_what_rests_on_unknowns_is_counted():
    assert levers.unknowns_of_class(0, 9, 2, 2).startswith("Nothing on any list rests on")
    said = levers.unknowns_of_class(4, 9, 1.2, 2.0)
    assert "4 of 9 applications rest on" in said
    assert "worth 1.2 matches instead of 2.0" in said

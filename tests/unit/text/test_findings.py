import math

from analysis.text import findings as words


def share(name, total):
    return {"input": name, "total": total}


def test_a_list_that_never_changes_keeps_all_its_programs():
    assert words.acceptability_finding([5] * 20, 5) == (
        "The list keeps all its 5 programs in 95% of 20 draws"
    )


def test_the_worst_twentieth_of_the_draws_is_left_out_and_no_more():
    assert "at least 4 of its 5" in words.acceptability_finding([1] + [4] * 19, 5)
    assert "at least 1 of its 5" in words.acceptability_finding([1, 1] + [4] * 18, 5)


def test_the_weights_are_set_against_the_input_that_moves_most():
    said = words.variance_finding(
        [
            share("weights.letters", 0.9),
            share("match_given_interview", 0.5),
            share("all weights", 0.03),
        ]
    )
    assert said == (
        "The match chance moves mostly with the chance of a match after an interview "
        "(50% of its variance); the five weights together have 3%"
    )


def test_where_the_weights_move_most_the_title_says_so():
    said = words.variance_finding([share("logit_scale", 0.1), share("all weights", 0.7)])
    assert said == (
        "The match chance moves mostly with the five weights together (70% of its variance)"
    )


def test_where_nothing_moves_the_title_says_so():
    assert "does not move" in words.variance_finding([share("logit_scale", math.nan)])
    assert "No input" in words.tornado_finding([{"input": "logit_scale", "swing": 0.0}])


def test_a_list_that_does_not_flip_is_a_finding():
    said = words.flip_finding(
        [{"input": "a", "flip_value": None}, {"input": "b", "flip_value": math.nan}]
    )
    assert said == "The list stays as it is over the whole range of each of 2 inputs"


def test_a_bar_that_falls_names_its_lower_end_first():
    bar = {"input": "latent_correlation", "answer_low": 0.9, "answer_high": 0.7, "swing": 0.2}
    assert words.tornado_finding([bar]).endswith("70% to 90%")


def test_every_input_has_words():
    assert words.input_label("weights.step2_ck") == "the weight of Step 2 CK"
    assert words.input_label("relief.minor") == "how far a high Step 2 CK makes up for a flag"
    assert words.input_label("never_heard_of") == "never_heard_of"

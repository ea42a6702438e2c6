import math

import numpy as np
import pandas as pd

from analysis.model.sensitivity.smaa import Resampled
from analysis.text import sentence
from analysis.text.labels import input_label


def share(name, total):
    return {"input": name, "total": total}


def kept(*numbers):
    draws = pd.DataFrame({"kept": numbers})
    lists = Resampled(pd.DataFrame(), pd.DataFrame(), draws, np.arange(5), pd.DataFrame())
    return sentence("findings/acceptability", least=lists.least_kept, listed=5, draws=len(draws))


def test_a_list_that_never_changes_keeps_all_its_programs():
    assert kept(*[5] * 20) == "The list keeps all its 5 programs in 95% of 20 draws"


def test_the_worst_twentieth_of_the_draws_is_left_out_and_no_more():
    assert "at least 4 of its 5" in kept(1, *[4] * 19)
    assert "at least 1 of its 5" in kept(1, 1, *[4] * 18)


def test_the_weights_are_set_against_the_input_that_moves_most():
    said = sentence(
        "findings/variance",
        shares=[
            share("weights.letters", 0.9),
            share("match_given_interview", 0.5),
            share("all weights", 0.03),
        ],
    )
    assert said == (
        "The match chance moves mostly with the chance of a match after an interview "
        "(50% of its variance); the five weights together have 3%"
    )


def test_where_the_weights_move_most_the_title_says_so():
    said = sentence(
        "findings/variance", shares=[share("logit_scale", 0.1), share("all weights", 0.7)]
    )
    assert said == (
        "The match chance moves mostly with the five weights together (70% of its variance)"
    )


def test_where_nothing_moves_the_title_says_so():
    assert "does not move" in sentence("findings/variance", shares=[share("logit_scale", math.nan)])
    assert "No input" in sentence("findings/tornado", bars=[{"input": "logit_scale", "swing": 0.0}])


def test_a_list_that_does_not_flip_is_a_finding():
    said = sentence(
        "findings/flips",
        flips=[{"input": "a", "flip_value": None}, {"input": "b", "flip_value": math.nan}],
    )
    assert said == "The list stays as it is over the whole range of each of 2 inputs"


def test_a_bar_that_falls_names_its_lower_end_first():
    bar = {"input": "latent_correlation", "answer_low": 0.9, "answer_high": 0.7, "swing": 0.2}
    assert sentence("findings/tornado", bars=[bar]).endswith("70% to 90%")


def test_every_input_has_words():
    assert input_label("weights.step2_ck") == "the weight of Step 2 CK"
    assert input_label("relief.minor") == "how far a high Step 2 CK makes up for a flag"
    assert input_label("never_heard_of") == "never_heard_of"


def test_the_tenth_of_the_chances_that_is_furthest_off_is_named():
    tenth = {"mean_chance": 0.4, "rate": 0.2, "band_low": 0.3, "band_high": 0.5}
    right = {"mean_chance": 0.7, "rate": 0.6, "band_low": 0.5, "band_high": 0.8}
    bins = [{**tenth, "suppressed": False}, {**right, "suppressed": False}]
    assert sentence("findings/reliability", bins=bins) == (
        "In 1 of 2 tenths as many interviews came as luck allows; furthest off: said 40%, came 20%"
    )
    assert sentence("findings/reliability", bins=[{**tenth, "suppressed": True}]) == (
        "No tenth of the chances holds enough graduates to be shown"
    )


def test_what_a_flag_costs_is_told_at_a_low_and_at_a_high_score():
    curves = [
        {"flagged": flagged, "step2_ck": score, "chance": chance}
        for flagged, score, chance in (
            (True, 235, 0.1),
            (False, 235, 0.2),
            (True, 255, 0.3),
            (False, 255, 0.35),
        )
    ]
    assert sentence("findings/flag_by_score", curves=curves, flag="step1_failure") == (
        "Step 1 failed, then passed, of 100 applications: at 235, 10 interviews (20 without it); "
        "at 255, 30 interviews (35 without it)"
    )
    assert sentence("findings/flag_by_score", curves=[], flag="step1_failure") == ""


def test_the_programs_of_a_close_call_are_named_up_to_three():
    calls = [{"program_id": name, "wins": 0.9} for name in "ABCD"]
    assert sentence("findings/close_calls", close_calls=calls) == (
        "One by one, 4 of 4 listed programs are not clearly worth more than one left off: "
        "A, B, C and 1 more"
    )
    firsts = [{"program_id": name, "first": 0.25} for name in "ABCDE"]
    assert sentence("findings/firsts", firsts=firsts) == (
        "A is worth most by itself in 25% of the draws, else B, C, D or one of 1 more"
    )

import pandas as pd

from analysis import tables
from analysis.paths import from_root
from analysis.text import render
from analysis.views.handout import handout_view


def article_view(**chances):
    def read(name):
        return pd.read_csv(from_root(f"data/article/{name}.csv"))

    given = tables.read_interview_chances(from_root("data/article/interview_chances.csv"))
    for flag, chance in chances.items():
        given.loc[given["red_flag"] == flag, "interview_chance"] = chance
    return handout_view(
        tables.read_factor_importance(from_root("data/article/factor_importance.csv")),
        given,
        tables.read_program_tolerance(from_root("data/article/program_tolerance.csv")),
        read("severity_labels"),
        read("step2_relief"),
    )


def test_handout_tells_the_costs_of_red_flags_as_the_article_has_them():
    view = article_view()
    assert view.flags["worst"] == {
        "name": "Leave of absence for academic reasons",
        "drop": 50,
    }
    assert view.flags["least"]["drop"] == 15
    assert view.severity["Chance of an interview"].tolist() == [
        "65%",
        "35%",
        "45%",
        "30%",
        "not given",
    ]
    assert view.weighs["most"] == {"name": "Step 2 CK", "points": "30"}
    assert view.programs["most"]["willing"] == "8"
    assert view.programs["least"]["willing"] == "3"


def test_a_red_flag_whose_name_has_a_comma_reads_as_one_name():
    said = render("handout/flags", **article_view().flags)
    assert "“One early course failure, later passed” costs least, 15." in said
    assert "“Leave of absence for academic reasons” costs most, 50 points of 100." in said


def test_handout_speaks_of_the_disagreement_only_where_there_is_one():
    assert "shows the opposite" in render("handout/flags", **article_view().flags)
    agreeing = article_view(step1_failure=0.2)
    assert "shows the opposite" not in render("handout/flags", **agreeing.flags)

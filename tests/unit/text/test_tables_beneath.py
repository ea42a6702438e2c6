import pandas as pd

from analysis.assumptions import read_assumptions
from analysis.text.labels import basis_table, beside_article

CHANCES = pd.DataFrame(
    {
        "red_flag": ["none", "step1_failure"],
        "interview_chance": [0.8, 0.45],
        "basis": ["article", "article"],
    }
)
BY_FLAG = pd.DataFrame(
    {
        "red_flag": ["none", "professionalism"],
        "interview_chance": [0.7, 0.08],
        "low": [0.5, 0.004],
        "high": [0.8, 0.3],
    }
)


def test_the_articles_chance_is_put_beside_the_models():
    rows = beside_article(BY_FLAG, CHANCES)
    assert rows["article_chance"].tolist()[0] == 0.8
    assert pd.isna(rows["article_chance"].iloc[1])
    assert rows["label"].tolist()[1] == "Professionalism concern"


def test_a_number_stands_under_whose_it_is_in_this_set():
    def examples(assumptions):
        return basis_table(assumptions).set_index("Whose number")["Such as"]

    learned = {"latent_correlation": (0.3,), "anchors.none": 0.7}
    own = examples(
        read_assumptions().with_values(learned, basis="office", why="counted", source="own")
    )
    assert "how far programs decide alike" in examples(read_assumptions())["Our assumption"]
    assert "programs decide alike" not in own["Our assumption"]
    assert own["The office's own"] == "how far programs decide alike, chances by red flag (some)"


def test_every_assumption_is_counted_under_one_basis():
    assumptions = read_assumptions()
    assert basis_table(assumptions)["Count"].sum() == len(assumptions.entries)

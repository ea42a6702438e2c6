import pandas as pd

from analysis.model.cohort import shared_programs, shared_signals


def pairs() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("S1", "A", "gold", 0.5, 0.0, 0.0),
            ("S2", "A", "gold", 0.2, 0.3, 0.1),
            ("S3", "A", "none", 0.1, 0.2, 0.05),
            ("S1", "B", "silver", 0.1, 0.0, 0.0),
            ("S2", "B", "none", 0.1, 0.0, 0.0),
            ("S3", "C", "gold", 0.2, 0.0, 0.0),
        ],
        columns=["student_id", "program_id", "signal", "ends", "turned_away", "matches_lost"],
    )


def test_programs_on_one_list_are_not_shared_and_the_costliest_stands_first():
    found = shared_programs(pairs())
    assert found["program_id"].tolist() == ["A", "B"]
    row = found.iloc[0]
    assert (row["lists"], row["gold"], row["silver"]) == (3, 2, 0)
    assert [round(row[name], 9) for name in ("ends", "turned_away", "matches_lost")] == [
        0.8,
        0.5,
        0.15,
    ]


def test_a_signal_is_shared_where_a_classmate_signals_too():
    found = shared_signals(pairs()).set_index("signal")
    assert found["sent"].to_dict() == {"gold": 3, "silver": 1}
    assert found["shared"].to_dict() == {"gold": 2, "silver": 0}
    assert found.loc["gold", "turned_away"] == 0.3


def test_a_class_without_signals_has_none_to_share():
    assert shared_signals(pairs().assign(signal="none")).empty

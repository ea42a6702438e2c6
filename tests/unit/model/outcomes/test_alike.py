import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.model.outcomes.graduates import (
    Alike,
    gower_distance,
    graduates_alike,
    most_matched,
)

STUDENT = {
    "specialty": ("Internal Medicine",),
    "step2_ck": 250.0,
    "step1_result": "pass",
    "red_flags": ("loa_academic",),
    "degree": "us_md",
    "letters": np.nan,
}


def applications(n, sent=6, seed=0):
    generator = np.random.default_rng(seed)
    people = pd.DataFrame(
        {
            "graduate_id": [f"G{i:03d}" for i in range(n)],
            "specialty": "Internal Medicine",
            "step2_ck": generator.normal(250, 10, n),
            "step1_result": "pass",
            "red_flags": [("loa_academic", "step1_failure")[i % 2 :] for i in range(n)],
            "degree": "us_md",
            "letters": 0.5,
        }
    )
    rows = people.loc[people.index.repeat(sent)].reset_index(drop=True)
    rows["interviewed"] = generator.integers(0, 2, len(rows)).astype(float)
    rows["matched"] = 0.0
    rows.loc[rows.index % sent == 0, "matched"] = 1.0
    return rows


def test_the_distance_is_the_mean_over_what_is_known_of_both():
    graduates = pd.DataFrame(
        {
            "step2_ck": [240.0, 260.0, np.nan],
            "degree": ["us_md", "us_do", "us_do"],
            "red_flags": ["loa_academic;step1_failure", "", "loa_academic"],
        }
    )
    student = {"step2_ck": 250.0, "degree": "us_md", "red_flags": "loa_academic"}
    expected = [(0.5 + 0 + 0.5) / 3, (0.5 + 1 + 1) / 3, (1 + 0) / 2]
    assert gower_distance(student, graduates) == pytest.approx(expected)


def test_nothing_known_of_both_is_no_distance():
    graduates = pd.DataFrame({"step2_ck": [np.nan]})
    assert np.isnan(gower_distance({"step2_ck": 250.0}, graduates)).all()


@given(st.integers(0, 10**6), st.floats(214, 300))
def test_distances_lie_between_nought_and_one_and_a_twin_has_none(seed, score):
    rows = applications(12, sent=1, seed=seed)
    distance = gower_distance(STUDENT | {"step2_ck": score}, rows)
    assert ((distance >= 0) & (distance <= 1)).all()
    assert gower_distance(rows.iloc[3].to_dict(), rows)[3] == 0


@pytest.mark.parametrize(("n", "k"), [(10, 10), (99, 10), (225, 15), (900, 25)])
def test_the_root_of_the_graduates_is_counted_within_ten_and_twenty_five(n, k):
    found = graduates_alike(STUDENT, applications(n), smallest_cell=10, most=25)
    assert (found.n, found.n_graduates, found.n_applications) == (k, n, 6 * k)


@pytest.mark.parametrize(
    ("column", "other"), [("red_flags", ()), ("degree", "us_do"), ("degree", "non_us_img")]
)
def test_only_graduates_of_the_same_kind_are_like_a_student(column, other):
    rows = applications(40)
    some = rows["graduate_id"] < "G015"
    rows[column] = [other if one else own for one, own in zip(some, rows[column], strict=True)]
    found = graduates_alike(STUDENT, rows, smallest_cell=10, most=40)
    assert found.n_graduates == 25
    few = STUDENT | {"red_flags": (), "degree": "us_img"}
    with pytest.raises(ModelError, match=r"^0 past graduates"):
        graduates_alike(few, rows, smallest_cell=10, most=25)


def test_under_ten_graduates_nothing_is_said():
    with pytest.raises(ModelError, match=r"^9 past graduates can be compared; under 10"):
        graduates_alike(STUDENT, applications(9), smallest_cell=10, most=25)


def test_graduates_who_cannot_be_compared_do_not_fill_a_group():
    rows = applications(12).assign(red_flags="")
    student = {"letters": 0.5}
    rows.loc[rows["graduate_id"] > "G006", "letters"] = np.nan
    with pytest.raises(ModelError, match="7 past graduates"):
        graduates_alike(student, rows, smallest_cell=10, most=25)


def test_the_nearest_are_taken_whatever_the_order_of_rows():
    rows = applications(60)
    alike = [
        graduates_alike(STUDENT, r, smallest_cell=10, most=25)
        for r in (rows, rows.sample(frac=1, random_state=3))
    ]
    assert alike[0] == alike[1]
    assert alike[0].median_distance < np.median(gower_distance(STUDENT, rows))


def test_only_numbers_of_a_group_and_names_of_features_leave():
    found = graduates_alike(STUDENT, applications(30), smallest_cell=10, most=25)
    assert found.compared == ("specialty", "step2_ck", "step1_result", "red_flags", "degree")
    kinds = {type(v) for k, v in dataclasses.asdict(found).items() if k != "compared"}
    assert kinds == {int, float}
    assert not any(i in str(found) for i in applications(30)["graduate_id"])
    assert "distances" not in {field.name for field in dataclasses.fields(Alike)}


def test_how_many_share_the_specialty_and_a_flag_counts_people_and_not_their_applications():
    rows = applications(10)
    rows.loc[rows["graduate_id"] < "G004", "specialty"] = "Psychiatry"
    # The first application in another specialty does not hide the others.
    rows.loc[rows.index[rows["graduate_id"] == "G009"][0], "specialty"] = "Psychiatry"
    found = graduates_alike(STUDENT, rows, smallest_cell=10, most=10)
    assert (found.n, found.same_specialty) == (10, 6)
    assert found.same_flag == 5  # every second one has the leave
    both = {**STUDENT, "red_flags": ("loa_academic", "step1_failure")}
    assert graduates_alike(both, rows, smallest_cell=10, most=10).same_flag == 10


def test_one_graduates_equal_answers_widen_the_interval():
    rows = applications(10, sent=20)
    mixed = graduates_alike(STUDENT, rows, smallest_cell=10, most=25)
    rows["interviewed"] = (rows["graduate_id"] < "G005").astype(float)
    clumped = graduates_alike(STUDENT, rows, smallest_cell=10, most=25)
    assert clumped.high - clumped.low > 2 * (mixed.high - mixed.low)


@given(st.integers(0, 10**6), st.integers(215, 270), st.integers(1, 30))
@settings(max_examples=15, derandomize=True, deadline=None)
def test_a_better_score_never_allows_less_than_the_graduates_near_a_lower_one(seed, score, more):
    rows = applications(30, sent=1, seed=seed)
    rows["matched"] = np.random.default_rng(seed).integers(0, 2, 30).astype(float)
    of = {"smallest_cell": 10, "most": 25}
    low, high = (
        most_matched(STUDENT | {"step2_ck": at}, rows, 214.0, **of) for at in (score, score + more)
    )
    ends = [
        graduates_alike(STUDENT | {"step2_ck": float(at)}, rows, **of).matched_high
        for at in range(214, score + 1)
    ]
    assert low == max(ends)
    assert high >= low
    unknown = STUDENT | {"step2_ck": np.nan}
    alone = graduates_alike(unknown, rows, **of).matched_high
    assert most_matched(unknown, rows, 214.0, **of) == alone


def test_who_matched_near_a_lower_score_counts_for_a_higher_one_and_not_the_other_way():
    rows = applications(20, sent=1).sort_values("step2_ck", ignore_index=True)
    rows["red_flags"] = [("loa_academic",)] * 20
    of = {"smallest_cell": 10, "most": 10}
    ends = {}
    for half, matched in (("lower", rows.index < 10), ("upper", rows.index >= 10)):
        rows["matched"] = np.where(matched, 1.0, 0.0)
        ends[half] = [
            most_matched(STUDENT | {"step2_ck": at}, rows, 214.0, **of) for at in (214.0, 290.0)
        ]
    # Wilson's upper end of ten of ten is 1, and of none of ten z^2 / (10 + z^2) with z 1.645.
    assert ends["lower"] == pytest.approx([1.0, 1.0])
    assert ends["upper"] == pytest.approx([1.645**2 / (10 + 1.645**2), 1.0], abs=1e-4)

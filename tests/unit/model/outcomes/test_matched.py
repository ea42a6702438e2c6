import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis import given

from analysis.model.outcomes.graduates import groups_of_flags, matched_by_flag


def graduates(groups: dict[str, int], matched=1) -> pd.DataFrame:
    """So many graduates with each text of flags, two applications each, one of them a match."""
    flags = [text for text, count in groups.items() for _ in range(count)]
    ids = [f"G{at}" for at in range(len(flags))]
    rows = pd.DataFrame({"graduate_id": ids, "red_flags": flags, "matched": matched})
    return pd.concat([rows.assign(matched=0), rows], ignore_index=True)


def shown(rows: pd.DataFrame) -> dict[str, float]:
    return rows.dropna(subset="n").set_index("group")["n"].to_dict()


def test_a_graduate_counts_once_and_has_matched_if_any_application_did():
    found = matched_by_flag(graduates({"": 20, "loa_academic": 10}), 10).set_index("group")
    assert shown(found.reset_index()) == {"all": 30, "none": 20, "any": 10, "loa_academic": 10}
    assert found["matched"].dropna().tolist() == [1, 1, 1, 1]


def test_a_group_under_ten_has_a_name_and_no_number():
    found = matched_by_flag(graduates({"": 40, "loa_academic": 20, "mspe_concern": 9}), 10)
    last = found.set_index("group").loc["mspe_concern"]
    assert last.isna().all()


def test_what_would_give_a_small_group_away_by_subtraction_is_not_shown_either():
    # 24 with a flag, 15 of them with a leave: 9 others could be read off.
    found = matched_by_flag(graduates({"": 40, "loa_academic": 15, "mspe_concern": 9}), 10)
    assert shown(found) == {"all": 64, "none": 40, "any": 24}


def test_nine_graduates_in_all_are_not_spoken_of():
    assert shown(matched_by_flag(graduates({"": 9}), 10)) == {}


def test_a_match_that_is_not_known_is_not_counted():
    rows = graduates({"": 20}).assign(matched=np.nan)
    assert shown(matched_by_flag(rows, 10)) == {}


FLAGS = st.sampled_from(["", "loa_academic", "mspe_concern", "loa_academic;mspe_concern"])


@given(st.dictionaries(FLAGS, st.integers(0, 30)))
def test_no_two_numbers_shown_differ_by_a_group_of_one_to_nine(groups):
    rows = graduates(groups)
    if rows.empty:
        return
    people = rows.drop_duplicates("graduate_id").set_index("graduate_id")
    members = groups_of_flags(people["red_flags"])
    known = list(shown(matched_by_flag(rows, 10)))
    for one in known:
        for other in known:
            inside = not (members[one] & ~members[other]).any()
            rest = int((members[other] & ~members[one]).sum())
            assert not (inside and 0 < rest < 10)


def test_a_group_that_holds_another_and_a_few_more_is_not_shown_beside_it():
    # Twelve with a leave and a worrying letter, five with the letter alone.
    both = {"loa_academic;mspe_concern": 12, "mspe_concern": 5}
    found = shown(matched_by_flag(graduates({"": 40, "course_failure_remediated": 20, **both}), 10))
    assert found["loa_academic"] == 12
    assert "mspe_concern" not in found
    more = both | {"mspe_concern": 10}
    found = shown(matched_by_flag(graduates({"": 40, "course_failure_remediated": 20, **more}), 10))
    assert found["mspe_concern"] == 22

import pandas as pd
import pytest

from analysis.answers.list_pages import list_pages
from analysis.answers.list_sentences import list_sentences, placement_check
from analysis.answers.pick import ListWishes, pick
from analysis.answers.printed_what_ifs import printed_what_ifs
from analysis.assumptions import read_assumptions
from analysis.paths import from_root
from analysis.tables import read_programs, read_student

STUDENTS, PROGRAMS = (from_root(f"data/sample/{name}.csv") for name in ("students", "programs"))
ASSUMPTIONS = read_assumptions()


def graduates(count, placed):
    """Two applications each; the first so many matched at the second."""
    rows = [
        {"graduate_id": f"G{n}", "year": 2021 + n % 3, "matched": int(second and n < placed)}
        for n in range(count)
        for second in (False, True)
    ]
    return pd.DataFrame(rows)


def test_the_office_s_own_placement_rate_counts_people_and_stands_in_place_of_the_published_one():
    said = placement_check(graduates(40, 30), ASSUMPTIONS)
    assert "of 40 graduates of this office (2021-2023), 75 % (60 to 86 %) matched" in said
    assert "Nguyen" not in said


@pytest.mark.parametrize("own", [None, graduates(9, 9)])
def test_without_enough_graduates_of_its_own_the_office_has_the_published_pair(own):
    said = placement_check(own, ASSUMPTIONS)
    assert "96.3 % without and 79.7 % with a leave" in said
    assert said.startswith("A counter-check, not a chance")


@pytest.mark.parametrize("degree", ["us_do", "img"])
def test_what_was_published_of_us_md_schools_is_not_held_against_others(degree):
    assert placement_check(None, ASSUMPTIONS, degree) == ""
    assert "of this office" in placement_check(graduates(40, 30), ASSUMPTIONS, degree)


@pytest.mark.parametrize(("cutoff", "first"), [(220, False), (None, True)])
def test_unknowns_come_first_where_they_decide_more_than_a_third(tmp_path, cutoff, first):
    programs = pd.read_csv(PROGRAMS).assign(step2_cutoff=cutoff, auto_screen_any_failure="no")
    programs.to_csv(tmp_path / "programs.csv", index=False)
    answer = pick("S002", STUDENTS, tmp_path / "programs.csv", wishes=ListWishes(limit=6))
    sentences = list_sentences(answer.found, ASSUMPTIONS)
    assert sentences[0].startswith("6 of 6 programs rest on something to verify") is first
    assert any("rests on an unknown" in one or "to verify" in one for one in sentences)


NO_MORE = tuple(
    f"program_type={kind}<={most}"
    for kind, most in {
        "community": 2, "high_tier_academic": 0, "mid_tier_academic": 0, "do_friendly": 0,
        "rural_fm": 0,
    }.items()
)  # fmt: skip


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        ({"limit": 20, "budget_usd": 55}, "15 places are left unused: the budget or a rule"),
        ({"limit": 20, "quotas": NO_MORE}, "18 places are left unused: the budget or a rule"),
        ({"limit": 60}, "places are left unused: no further program adds any chance."),
    ],
)
def test_places_left_unused_have_their_true_reason(wishes, why):
    answer = pick("S002", STUDENTS, PROGRAMS, wishes=ListWishes(**wishes), with_range=False)
    assert why in " ".join(list_sentences(answer.found, ASSUMPTIONS))


def test_a_budget_of_nothing_is_told_from_programs_without_a_chance(tmp_path):
    broke = pick("S002", STUDENTS, PROGRAMS, wishes=ListWishes(budget_usd=5), with_range=False)
    assert list_sentences(broke.found, ASSUMPTIONS) == [
        "The number of applications or the budget leaves room for none: there is no list."
    ]
    closed = pd.read_csv(PROGRAMS).assign(auto_screen_any_failure="yes")
    closed.to_csv(tmp_path / "programs.csv", index=False)
    found = pick("S002", STUDENTS, tmp_path / "programs.csv", with_range=False).found
    (said,) = list_sentences(found, ASSUMPTIONS)
    assert said.startswith("No program offers any chance as the table has it")
    pages = list_pages(
        read_student(STUDENTS, "S002"), read_programs(tmp_path / "programs.csv"), ASSUMPTIONS
    )
    assert (pages.summary, pages.after) == (said, "")
    assert pages.programs.empty
    assert pages.by_rho.empty
    assert pages.left_out["Why not"].str.contains("screens out any failed").all()
    # Without the flag there would be a list.
    assert pages.what_ifs["Applications, fees"].tolist()[0] == "0, $0"
    assert len(pages.what_ifs) == 2


def table_of(student_id, **wishes):
    asked = ListWishes(**wishes)
    answer = pick(student_id, STUDENTS, PROGRAMS, wishes=asked, with_range=False)
    files = read_student(STUDENTS, student_id), read_programs(PROGRAMS)
    return answer.found, printed_what_ifs(*files, ASSUMPTIONS, None, answer.found, asked)


def test_a_flagged_student_sees_ten_more_applications_and_the_list_without_the_flag():
    found, rows = table_of("S002", limit=12)
    asked = ["limit=+10", "drop=step1_failure"]
    wishes = ListWishes(limit=12)
    other = pick("S002", STUDENTS, PROGRAMS, wishes=wishes, what_ifs=asked, with_range=False)
    assert rows["Had it been otherwise"].tolist() == [
        "The list as it is",
        "10 more applications",
        'Without the flag "Step 1 failed, then passed"',
    ]
    chances = [found, *(other.what_ifs[one] for one in asked)]
    assert rows["Chance of a match"].tolist() == [
        f"{100 * one.match_chance:.0f} %" for one in chances
    ]
    assert rows["Applications, fees"].iloc[1].startswith("22, $242")
    assert "10 programs enter" in rows["What changes on the list"].iloc[1]
    assert not rows["What changes on the list"].str.contains("IM0").any()


def test_a_student_without_a_flag_sees_what_the_signals_are_worth():
    students = pd.read_csv(STUDENTS, dtype=str)
    clean = students[students["red_flags"].isna() & students["step2_ck"].notna()]
    found, rows = table_of(clean["student_id"].iloc[0])
    assert set(found.choice.option) - {"none"}
    assert "No gold signal, no silver signal" in rows["Had it been otherwise"].tolist()
    assert len(rows) <= 3


def test_no_more_is_offered_than_programs_have_any_chance():
    found, rows = table_of("S002", limit=40)
    open_to = (found.by_option["none"].marginal > 0).sum()
    assert rows["Had it been otherwise"].iloc[1] == f"{open_to - 40} more applications"


def test_where_every_program_is_on_the_list_no_more_can_be_sent():
    _, rows = table_of("S003", limit=100)
    assert not rows["Had it been otherwise"].str.contains("more applications").any()

import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.paths import from_root
from analysis.views.pick import ListWishes, list_sentences, pick, placement_check

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


@pytest.mark.parametrize("degree", ["us_do", "non_us_img"])
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
        (
            {"limit": 20, "budget_usd": 55},
            "at most 20 applications and a budget of $55, as asked for here. 15 places are left "
            "unused: the budget of $55 does not pay for one program more that would add any chance",
        ),
        ({"limit": 20, "quotas": NO_MORE}, "18 places are left unused: a rule of yours"),
        (
            {"limit": 60},
            "18 places are left unused: the other 18 programs of the specialty in the office's "
            "file offer no chance as the table has it.",
        ),
    ],
)
def test_places_left_unused_have_their_true_reason(wishes, why):
    asked = ListWishes(fill=True, **wishes)
    answer = pick("S002", STUDENTS, PROGRAMS, wishes=asked, with_range=False)
    assert why in " ".join(list_sentences(answer.found, ASSUMPTIONS))


def said_of(student_id, students=STUDENTS, **wishes):
    asked = ListWishes(fill=True, **wishes)
    answer = pick(student_id, students, PROGRAMS, wishes=asked, with_range=False)
    return " ".join(list_sentences(answer.found, ASSUMPTIONS))


def with_cells(folder, student_id, **cells):
    rows = pd.read_csv(STUDENTS, dtype=str, keep_default_na=False)
    for column, cell in cells.items():
        rows.loc[rows["student_id"] == student_id, column] = cell
    rows.to_csv(folder / "students.csv", index=False)
    return folder / "students.csv"


@pytest.mark.parametrize("student_id", ["S005", "S039"])
def test_a_list_counted_against_our_own_number_says_that_it_is_ours(student_id):
    said = said_of(student_id)
    assert (
        "This list was made for at most 30 applications: our assumption (list.limit), as the class "
        "file gives neither a limit nor a budget."
    ) in said
    assert "offer no chance as the table has it" in said


@pytest.mark.parametrize(("student_id", "places"), [("S006", 20), ("S015", 25), ("S037", 5)])
def test_a_list_of_every_program_there_is_does_not_speak_of_further_ones(student_id, places):
    assert (
        f"{places} places are left unused: every program of the specialty in the office's file is "
        "on the list."
    ) in said_of(student_id)


def test_whose_limit_and_budget_they_are_is_told_apart(tmp_path):
    assert "for at most 45 applications, as the class file says." in said_of("S006")
    assert "for a budget of $99, as asked for here." in said_of("S005", budget_usd=99)
    own = with_cells(tmp_path, "S005", fee_budget_usd="120.5")
    assert "for a budget of $120.50, as the class file says." in said_of("S005", own)
    assert (
        "for at most 4 applications, as asked for here, and a budget of $120.50, as the class file "
        "says."
    ) in said_of("S005", own, limit=4)


def test_a_never_list_is_told_from_programs_that_are_not_there(tmp_path):
    few = with_cells(tmp_path, "S006", never_apply="ORT001;ORT002")
    assert (
        "22 places are left unused: every program of the specialty in the office's file is on the "
        "list, but for those on your never list."
    ) in said_of("S006", few)
    closed = with_cells(tmp_path, "S005", never_apply="GS027;GS007")
    assert (
        "the other 9 programs of the specialty in the office's file, your never list apart, offer "
        "no chance as the table has it."
    ) in said_of("S005", closed)
    every = [f"ORT{n:03d}" for n in range(1, 26)]
    none = with_cells(tmp_path, "S006", never_apply=";".join(every))
    assert said_of("S006", none) == (
        "There is no list: the never list holds every program of the specialty in the office's "
        "file."
    )


def test_a_rule_that_forbids_every_kind_is_named_as_the_cause():
    kinds = ("community", "high_tier_academic", "mid_tier_academic", "do_friendly", "rural_fm")
    quotas = tuple(f"program_type={kind}<=0" for kind in kinds)
    said = said_of("S002", quotas=quotas)
    assert said == "There is no list: the rules asked for leave room for none."
    limited = said_of("S002", limit=0)
    assert limited == "There is no list: a limit of 0 applications leaves room for none."


def test_a_must_with_a_closed_gate_is_listed_with_what_closes_it(tmp_path):
    own = with_cells(tmp_path, "S005", must_apply="GS027")
    found = pick("S005", own, PROGRAMS, with_range=False)
    row = found.rows().set_index("program_id").loc["GS027"]
    assert row["interview_chance"] == 0
    assert row["why"].split()[0] == "must"


def test_a_budget_of_nothing_is_told_from_programs_without_a_chance(tmp_path):
    broke = pick("S002", STUDENTS, PROGRAMS, wishes=ListWishes(budget_usd=5), with_range=False)
    assert list_sentences(broke.found, ASSUMPTIONS) == [
        "There is no list: the budget of $5 pays for no application (one costs $11)."
    ]
    assert broke.record()["sentences"] == list_sentences(broke.found, ASSUMPTIONS)
    closed = pd.read_csv(PROGRAMS).assign(auto_screen_any_failure="yes")
    closed.to_csv(tmp_path / "programs.csv", index=False)
    found = pick("S002", STUDENTS, tmp_path / "programs.csv", with_range=False).found
    (said,) = list_sentences(found, ASSUMPTIONS)
    assert said.startswith("There is no list: no program offers any chance as the table has it.")

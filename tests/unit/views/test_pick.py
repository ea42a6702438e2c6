import json

import pytest

from analysis.errors import ModelError, RowError
from analysis.model.choice.problem import ListWishes
from analysis.paths import from_root
from analysis.tables import read_student
from analysis.views.pick import changed_wishes, list_comparison, pick

FILES = tuple(
    from_root(f"data/sample/{name}.csv") for name in ("students", "programs", "preferences")
)
CONTRACT = {
    "chosen",
    "value",
    "match_chance",
    "match_chance_if_unknowns_close",
    "match_chance_by_rho",
    "expected_interviews",
    "certified_gap",
    "fee_usd",
    "places_unused",
    "programs",
    "fingerprint",
    "chance_basis",
    "left_out",
}
PROGRAM = {
    "program_id",
    "rank",
    "group",
    "interview_chance",
    "low",
    "high",
    "signal",
    "why",
    "drops_if",
    "verify",
}


@pytest.fixture(scope="module")
def answer():
    return pick(
        "S002",
        *FILES,
        wishes=ListWishes(limit=12),
        what_ifs=["step2_ck=265,drop=step1_failure", "limit=+10", "specialty=Family Medicine"],
    )


@pytest.fixture(scope="module")
def record(answer):
    return answer.record()


def test_the_json_holds_every_field_promised_and_no_bare_nan(record):
    assert set(record) >= CONTRACT
    assert all(set(row) >= PROGRAM for row in record["programs"])
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_chosen_is_in_order_for_use_and_matches_the_rows(record):
    assert record["chosen"] == [row["program_id"] for row in record["programs"]]
    assert sorted(row["rank"] for row in record["programs"]) == list(range(1, 13))
    order = ["likely", "possible", "long_shot"]
    groups = [order.index(row["group"]) for row in record["programs"]]
    assert groups == sorted(groups)
    assert record["fee_usd"] == 132


def test_the_independent_answer_is_marked(record):
    first, *others = record["match_chance_by_rho"]
    assert first["independent"]
    assert not any(point["independent"] for point in others)
    assert first["match_chance"] > record["match_chance"]


def test_greedy_has_no_bound_and_says_so_with_null():
    plain = pick("S005", *FILES, wishes=ListWishes(limit=3, gold=(0,), silver=(0,)), method="swap")
    assert plain.record()["certified_gap"] is None


def test_what_ifs_stand_side_by_side_with_the_list(answer, record):
    better, longer, other = list_comparison(answer.found, answer.what_ifs)
    assert better["match_chance"] > better["match_chance_base"] == record["match_chance"]
    assert longer["applications"] == 22
    assert longer["enters"]
    assert set(other["leaves"]) == set(record["chosen"])
    assert all(one.startswith("FM") for one in other["enters"])
    assert [row["changes"] for row in record["what_ifs"]] == list(answer.what_ifs)


def test_the_same_question_has_the_same_bytes(record):
    again = pick(
        "S002",
        *FILES,
        wishes=ListWishes(limit=12),
        what_ifs=["step2_ck=265,drop=step1_failure", "limit=+10", "specialty=Family Medicine"],
    )
    assert json.dumps(again.record()) == json.dumps(record)


def test_a_student_who_is_not_there_is_a_row_error():
    with pytest.raises(RowError):
        pick("S999", *FILES)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("limit=+x", "expected a whole number"),
        ("limit=few", "expected a whole number"),
        ("gold=-1", "expected a whole number"),
        ("budget=much", "an amount in dollars"),
        ("budget=inf", "an amount in dollars"),
        ("specialty=", "name of a specialty"),
        ("step2=260", "nearest name is step2_ck"),
    ],
)
def test_a_what_if_that_is_not_understood_is_refused(answer, changes, words):
    problem = answer.found.problem
    student = read_student(FILES[0], "S002")
    with pytest.raises(ModelError, match=words):
        changed_wishes(student, ListWishes(), changes, problem)


def test_ten_more_applications_are_ten_more_whatever_the_budget_was():
    within = ListWishes(budget_usd=55.0, fill=True)
    answer = pick("S002", *FILES, wishes=within, what_ifs=["limit=+10", "budget=+22"])
    assert len(answer.found.chosen) == 5
    more, richer = list_comparison(answer.found, answer.what_ifs)
    assert (more["applications"], more["fee_usd"]) == (15, 165)
    assert (richer["applications"], richer["fee_usd"]) == (7, 77)
    told = [row["sentence"].partition(":")[0] for row in answer.record()["what_ifs"]]
    assert told == ["10 more applications, whatever they cost", "$22 more for fees"]


def test_another_specialty_leaves_the_old_one_s_must_and_never_behind(tmp_path):
    rows = FILES[0].read_text(encoding="utf-8").splitlines()
    header, row = rows[0].split(","), rows[2].split(",")
    row[header.index("must_apply")], row[header.index("never_apply")] = "IM001", "IM030;IM031"
    (tmp_path / "s.csv").write_text("\n".join([rows[0], ",".join(row)]) + "\n", encoding="utf-8")
    answer = pick("S002", tmp_path / "s.csv", FILES[1], what_ifs=["specialty=Family Medicine"])
    assert all(one.startswith("FM") for one in answer.what_ifs["specialty=Family Medicine"].chosen)
    with pytest.raises(ModelError, match=r"what-if limit=0: .* must be listed"):
        pick("S002", tmp_path / "s.csv", FILES[1], what_ifs=["limit=0"])


def test_numbers_of_signals_and_places_are_read_as_written(answer):
    student = read_student(FILES[0], "S002")
    _, wishes = changed_wishes(
        student, ListWishes(), "limit=40,gold=5;3,silver=2,budget=500", answer.found.problem
    )
    assert wishes == ListWishes(limit=40, gold=(5, 3), silver=(2,), budget_usd=500.0)

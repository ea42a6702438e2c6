import csv
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError, RowError
from analysis.model.choice.problem import ListWishes
from analysis.paths import from_root
from analysis.tables import read_student
from analysis.tables.codes import wished_places
from analysis.text import of_100
from analysis.views.pick import changed_wishes, list_comparison, pick
from analysis.views.season import season

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


def test_without_preferences_every_rank_is_empty_and_there_is_no_rank_order(tmp_path):
    students = pd.read_csv(FILES[0], dtype=str).assign(preferred_states=None)
    students.to_csv(tmp_path / "students.csv", index=False)
    found = pick("S002", tmp_path / "students.csv", FILES[1], wishes=ListWishes(limit=5))
    record = found.record()
    assert record["preference_from"] == ""
    assert record["rank_order"] == []
    assert [row["rank"] for row in record["programs"]] == [None] * len(record["chosen"])
    assert found.rows()["rank"].isna().all()
    offers = from_root("data/sample/offers.csv")
    begun = season("S002", tmp_path / "students.csv", FILES[1], offers)
    assert begun.record()["interviews"] == 3
    assert begun.record()["rank_order"] == []
    assert {row["rank"] for row in begun.record()["programs"]} == {None}
    assert {row["rank"] for row in begun.printed()} == {""}
    wished = pick("S002", *FILES[:2], wishes=ListWishes(limit=5)).record()
    assert wished["preference_from"] == "place"
    by_rank = sorted(wished["programs"], key=lambda row: row["rank"])
    assert wished["rank_order"] == [row["program_id"] for row in by_rank]


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


@pytest.mark.parametrize("basis", ["identity", "article"])
def test_the_recommended_list_of_s002_is_short_and_gives_up_little(basis):
    level = [f"level.basis={basis}"]
    short = pick("S002", *FILES, overrides=level, with_range=False).record()
    whole = ListWishes(fill=True)
    full = pick("S002", *FILES, overrides=level, wishes=whole, with_range=False).record()
    assert len(short["chosen"]) == 15
    assert short["recommended"] == short["chosen"]
    assert min(row["interview_chance"] for row in short["programs"]) >= 0.03
    assert not any(row["under_floor"] for row in short["programs"])
    assert 0 <= full["match_chance"] - short["match_chance"] <= 0.02
    # The class file allows 40.
    assert len(full["chosen"]) == 40
    assert full["filled"]
    assert not short["filled"]
    further = short["optional"]
    assert len(short["chosen"]) + len(further) <= 40
    assert not {row["program_id"] for row in further} & set(short["chosen"])
    gains = sum(row["match_gain"] for row in further)
    assert further[-1]["match_chance"] == pytest.approx(short["match_chance"] + gains)
    assert sorted(row["rank"] for row in short["programs"]) == list(range(1, 16))
    assert {row["group"] for row in short["programs"]} <= {"likely", "possible", "long_shot"}


@pytest.mark.parametrize(
    ("texts", "preferred", "excluded"),
    [
        (["OH"], ("OH",), ()),
        (["ohio; not tx"], ("OH",), ("TX",)),
        (["oh, Penn., not texas"], ("OH", "PA"), ("TX",)),
        (["Washington, D.C."], ("DC",), ()),
        (["Ohio, Washington, D.C."], ("OH", "DC"), ()),
        (["OH, not Washington, DC"], ("OH",), ("DC",)),
        (["Washington, OH"], ("WA", "OH"), ()),
        (["-TX"], (), ("TX",)),
        (["OH; !Texas"], ("OH",), ("TX",)),
        (["N. Carolina, avoid S. Carolina"], ("NC",), ("SC",)),
        (["anywhere but West Virginia"], (), ("WV",)),
        (["not Texas", "New  England"], ("CT", "MA", "ME", "NH", "RI", "VT"), ("TX",)),
        (["West South Central; not TX"], ("AR", "LA", "OK"), ("TX",)),
        (["Ohio; not East North Central"], ("OH",), ("IL", "IN", "MI", "WI")),
        ([], (), ()),
    ],
)
def test_places_are_states_by_code_or_name_and_divisions(texts, preferred, excluded):
    assert wished_places(texts) == (preferred, excluded)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["Ohiio"], "'Ohiio' is not understood.*such as OH"),
        (["not Moutain"], "'not Moutain' is not understood.*such as Mountain"),
        (["OH or PA"], "'OH or PA' is not understood"),
        (["not"], "'not' is not understood"),
        (["not TX, OK"], r"'not TX, OK' can be read two ways.*\(OK, not TX\)"),
        (["OH; not Ohio"], "both preferred and ruled out: OH"),
    ],
)
def test_a_place_that_is_not_known_or_contradicts_is_refused(texts, words):
    with pytest.raises(ModelError, match=words):
        wished_places(texts)


def test_wishes_asked_for_decide_which_programs_are_listed_and_signalled():
    plain = pick("S002", *FILES[:2], with_range=False).found
    first, second, third = plain.chosen[:3]
    states = plain.problem.programs.set_index("program_id")["state"]
    gone, ids = states[first], states.index
    chance = np.where(states == gone, 0, plain.by_option["none"].marginal)
    least = ids[np.where(chance > 0, chance, 1).argmin()]
    wishes = ListWishes(
        exclude_states=(gone,), never=(second,), home=(third,), signal_home=False, must=(least,)
    )
    found = pick("S002", *FILES[:2], wishes=wishes, with_range=False).found
    rows = found.programs.set_index("program_id")
    assert gone not in set(rows["state"])
    assert second not in found.chosen
    assert rows.loc[third, ["tie", "signal"]].tolist() == ["home", "none"]
    assert "must" in rows.loc[least, "why"]
    assert least not in found.recommended
    reasons = found.left_out.set_index("program_id")["reason"]
    assert reasons[first] == "place"
    assert reasons[second] == "never"
    with_signal = replace(wishes, signal_home=True)
    signalled = pick("S002", *FILES[:2], wishes=with_signal, with_range=False).found
    assert signalled.programs.set_index("program_id").loc[third, "signal"] != "none"


def test_a_place_asked_for_counts_before_the_class_file(tmp_path):
    lines = FILES[0].read_text(encoding="utf-8").splitlines()
    header = lines[0] + ",exclude_states"
    rows = [line + (",TX;OH" if line.startswith("S002") else ",") for line in lines[1:]]
    own = tmp_path / "students.csv"
    own.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    by_file = pick("S002", own, FILES[1], with_range=False).found.problem
    assert by_file.excluded_states == ("TX", "OH")
    asked = ListWishes(prefer_states=("OH",))
    by_hand = pick("S002", own, FILES[1], wishes=asked, with_range=False).found.problem
    assert by_hand.excluded_states == ("TX",)
    assert "OH" in by_hand.preferred_states


def test_prestige_counts_only_as_far_as_it_is_wished():
    plain = pick("S007", *FILES[:2], with_range=False).found.problem
    assert "prestige" not in plain.preference_from
    wished = ListWishes(wish_prestige=1.0)
    found = pick("S007", *FILES[:2], wishes=wished, with_range=False).found
    assert "prestige" in found.problem.preference_from
    prestige = found.problem.programs.set_index("program_id")["prestige"]
    ranked = prestige[list(found.rank_order)].dropna()
    assert ranked.is_monotonic_decreasing


def fields_of(record):
    """Every field of an answer, those of its rows among them; words of a file are no fields."""
    for name, value in record.items():
        yield name
        if name in {"legend", "applications", "match_by_specialty", "note"}:
            continue
        rows = value if isinstance(value, list) else [value]
        for row in rows:
            if isinstance(row, dict):
                yield from fields_of(row)


def test_every_field_of_the_json_of_pick_and_season_is_in_the_methods():
    text = from_root("docs/methods-list.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([a-z_]+)`", text))
    changes = ["limit=+10"]
    alone = pick("S002", *FILES, what_ifs=changes, partner="S001", second="Family Medicine")
    offers = from_root("data/sample/offers.csv")
    records = [alone.record(), season("S002", *FILES[:2], offers).record()]
    assert records[0]["plans"]
    assert records[0]["couple"]
    missing = {name for record in records for name in fields_of(record)} - documented
    assert not missing


def test_a_second_plan_first_years_and_a_couple_are_told_in_sentences(tmp_path):
    rows = list(csv.DictReader(FILES[1].open(encoding="utf-8")))
    own = [row | {"track": "", "city": "Akron" * (row["state"] == "OH")} for row in rows]
    for row in own:
        row["track"] = "advanced" * (row["specialty"] == "Internal Medicine")
    for row in [row for row in own if row["specialty"] == "Psychiatry"]:
        row |= {"specialty": "Transitional Year", "track": "preliminary"}
    programs = tmp_path / "programs.csv"
    with programs.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(own[0]))
        writer.writeheader()
        writer.writerows(own)
    asked = {"second": "Family Medicine", "partner": "S001", "with_range": False}
    found = pick("S002", FILES[0], programs, **asked)
    record = found.record()
    said = " ".join(record["sentences"])
    years, couple, both = record["tracks"], record["couple"], record["plans"][2]
    assert f"About {of_100(both['match_chance'])} of 100 students" in said
    assert f"About {of_100(years['with_first_year'])} of 100 students" in said
    assert f"Another {of_100(years['without_first_year'])} would match without one" in said
    assert years["programs"]
    assert all(row["specialty"] == "Transitional Year" for row in years["programs"])
    assert couple["by"] == "city"
    assert set(couple["places"]) <= {"Akron, OH"}
    assert f"about {of_100(couple['together'])} of 100 pairs" in said


def test_an_expected_score_stands_in_the_answer(tmp_path):
    students = pd.read_csv(from_root("data/sample/students.csv"), dtype=str)
    waiting = students[students["student_id"] == "S002"].assign(
        step2_ck="", step2_estimate="240", step2_estimate_sd="10"
    )
    waiting.to_csv(tmp_path / "students.csv", index=False)
    programs = from_root("data/sample/programs.csv")
    record = pick("S002", tmp_path / "students.csv", programs, with_range=False).record()
    assert record["score"]["expected"] == 240
    assert record["score"]["waiting"] >= record["score"]["now"] - 0.01
    assert any("Step 2 CK is not in yet" in said for said in record["sentences"])
    known = pick("S002", from_root("data/sample/students.csv"), programs, with_range=False)
    assert known.record()["score"] is None

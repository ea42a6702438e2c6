from functools import partial

import numpy as np
import pytest

from analysis.assumptions import read_assumptions, toml_text
from analysis.model.outcomes.calibration import log_loss, temporal_split
from analysis.model.outcomes.graduates import application_chances
from analysis.model.outcomes.learning import learned_assumptions
from tests.parallel import on_every_core
from tests.unit.model.outcomes.simulated_class import graduates

BASE = read_assumptions(overrides=["level.basis=article"])
SHIFTED = BASE.with_set(
    [
        "anchors.none=0.7",
        "anchors.course_failure_remediated=0.6",
        "anchors.preclinical_failures_multiple=0.2",
        "anchors.loa_academic=0.45",
        "anchors.mspe_concern=0.2",
    ]
)


ONE, SEVERAL = "course_failure_remediated", "preclinical_failures_multiple"
KINDS = (("Family Medicine",), ("Internal Medicine",), ("Orthopaedic Surgery",))


def learned(seed, truth, **kind):
    return learned_assumptions(partial(application_chances, graduates(seed, truth, **kind)), BASE)


@pytest.fixture(scope="module")
def office():
    return learned(3, SHIFTED, people=200, sent=8)


def held_out_gain(seed, truth, people=400, sent=10):
    """Log loss of the survey minus that of the learned set, on the year held back."""
    rows = graduates(seed, truth, people=people, sent=sent)
    learn, score = temporal_split(rows["year"], rows["graduate_id"])
    found = learned_assumptions(partial(application_chances, rows[learn]), BASE)
    losses = [
        log_loss(part["interviewed"], part["interview_chance"])
        for part in (application_chances(rows[score], a) for a in (BASE, found.assumptions))
    ]
    return losses[0] - losses[1]


def test_what_was_learned_carries_the_office_as_its_basis_with_n_and_interval(office):
    entry = office.assumptions.entries["anchors.loa_academic"]
    assert entry.basis == "office"
    assert "13 graduates with this flag, 2021 to 2025; 90% interval" in entry.why
    assert "it was 0.3 (article)" in entry.why


def test_old_stands_beside_new(office):
    rows = office.changes.set_index("key")
    assert rows.at["anchors.none", "old"] == 0.8
    assert rows.at["anchors.none", "new"] == office.assumptions.value("anchors.none")
    assert (rows["low"] <= rows["new"])[rows["learned"]].all()
    assert (rows["new"] <= rows["high"])[rows["learned"]].all()


def test_the_level_moves_toward_the_truth(office):
    rows = office.changes.set_index("key")
    assert rows.at["anchors.none", "low"] <= 0.7 <= rows.at["anchors.none", "high"]


def test_a_learned_set_is_read_back_as_it_was_written(office, tmp_path):
    path = tmp_path / "office.toml"
    path.write_text(toml_text(office.assumptions), encoding="utf-8")
    assert read_assumptions(path).fingerprint == office.assumptions.fingerprint


def test_a_flag_never_raises_a_chance_whatever_was_learned(office):
    anchors = office.assumptions.group("anchors")
    assert max(anchors.values()) == anchors["none"]


def test_several_failures_are_never_learned_to_be_better_than_one():
    upside_down = BASE.with_set(
        ["anchors.course_failure_remediated=0.36", "anchors.preclinical_failures_multiple=0.35"]
    )
    rows = graduates(8, upside_down, people=200, sent=6)
    several = rows["red_flags"].map(lambda own: "preclinical_failures_multiple" in own)
    rows.loc[several, "interviewed"] = 1.0
    found = learned_assumptions(partial(application_chances, rows), BASE).assumptions
    one, many = (found.value(f"anchors.{flag}") for flag in (ONE, SEVERAL))
    assert many <= one
    # Not at a lower score either, where another share of a flag's weight stays.
    chances = [
        application_chances(
            rows.assign(
                red_flags=[(flag,)] * len(rows), step2_ck=score, specialty=[kind] * len(rows)
            ),
            found,
        )["interview_chance"].to_numpy()
        for flag in (ONE, SEVERAL)
        for score in (218.0, 240.0, 262.0)
        for kind in KINDS
    ]
    alone, beside = np.split(np.array(chances), 2)
    assert (beside <= alone + 1e-12).all()


LUCK = {
    "one failure always lost": (ONE, 0.0),
    "a leave always won": ("loa_academic", 1.0),
    "several failures always won": (SEVERAL, 1.0),
}


@pytest.mark.parametrize("kind", LUCK)
def test_a_set_learned_from_thirty_who_all_had_the_same_luck_is_one_that_can_be_read(
    kind, tmp_path
):
    flag, got = LUCK[kind]
    rows = graduates(12, BASE, people=150, sent=6)
    luck = rows["graduate_id"] < "G0030"
    rows = rows.assign(
        red_flags=[(flag,) if own else () for own in luck],
        step1_result="pass",
        interviewed=rows["interviewed"].where(~luck, got),
        matched=0.0,
    )
    identity = read_assumptions()
    found = learned_assumptions(partial(application_chances, rows), identity)
    path = tmp_path / "office.toml"
    path.write_text(toml_text(found.assumptions), encoding="utf-8")
    assert read_assumptions(path).fingerprint == found.assumptions.fingerprint
    changes = found.changes.set_index("key")
    shown = {key: found.assumptions.value(key) for key in changes.index if "anchors" in key}
    assert changes["new"][list(shown)].to_dict() == pytest.approx(shown)


def test_who_matched_at_a_program_that_no_file_knows_is_not_taken_for_unmatched():
    rows = graduates(13, BASE, people=120, sent=8, rate=0.4)
    # Which half of the programs is known has nothing to do with what became of anyone.
    some = rows.assign(program_type=rows["program_type"].astype(object).where(rows.index % 2 == 0))
    whole, half = (
        learned_assumptions(partial(application_chances, part), BASE).changes.set_index("key")
        for part in (rows, some)
    )
    numbers = ["new", "low", "high", "n"]
    key = "match_given_interview"
    assert half.loc[key, numbers].tolist() == whole.loc[key, numbers].tolist()
    assert half.at[key, "low"] < 0.4 < half.at[key, "high"]


def test_why_no_match_after_an_interview_was_learned_is_said_without_a_small_count():
    rows = graduates(14, BASE, people=80, sent=4)
    few = rows.assign(interviewed=(rows.index % 4 == 0) & (rows["graduate_id"] < "G0003"))
    few = few.assign(interviewed=few["interviewed"].astype(float), matched=0.0)
    none = rows.assign(matched=0.0)
    said = [
        learned_assumptions(partial(application_chances, part), BASE)
        .changes.set_index("key")
        .at["match_given_interview", "why"]
        for part in (few, none)
    ]
    assert said[0] == "fewer than 10 interviewed graduates; too few to tell under 30"
    interviewed = none.groupby("graduate_id")["interviewed"].max().sum()
    assert said[1].startswith(f"of {interviewed:.0f} interviewed graduates none is known to have")


def test_a_share_that_no_share_can_be_is_kept_and_never_called_learned():
    rows = graduates(10, BASE, people=240, sent=6)
    # A leave with a high score never leads to an interview, with a low one always.
    major = rows["red_flags"].map(lambda own: bool({"loa_academic", "step1_failure"} & set(own)))
    rows.loc[major, "interviewed"] = (rows.loc[major, "step2_ck"] < 248).astype(float)
    found = learned_assumptions(partial(application_chances, rows), BASE)
    changes = found.changes.set_index("key")
    shares = changes[changes.index.str.endswith(".major")]
    assert not shares["learned"].any()
    assert (shares["new"] == shares["old"]).all()
    assert shares["why"].str.contains("no share of a weight is known").all()
    learned_ones = changes[changes["learned"] & changes.index.str.startswith("relief.")]
    assert learned_ones["new"].between(0, 0.95, inclusive="neither").all()


def test_a_set_with_anchors_over_all_programs_stays_one_that_can_be_read(tmp_path):
    population = BASE.with_set(["anchor_basis=population"])
    rows = graduates(9, population, people=200, sent=6)
    failed = rows["red_flags"].map(lambda own: "step1_failure" in own)
    rows.loc[failed, "interviewed"] = 1.0
    found = learned_assumptions(partial(application_chances, rows), population)
    path = tmp_path / "office.toml"
    path.write_text(toml_text(found.assumptions), encoding="utf-8")
    assert read_assumptions(path).fingerprint == found.assumptions.fingerprint


def test_flags_of_few_graduates_keep_what_they_take_off():
    found = learned(5, SHIFTED, people=80)
    row = found.changes.set_index("key").loc["anchors.loa_academic"]
    assert not row["learned"]
    assert "fewer than 10 graduates" in row["why"]
    odds = [
        a.value(f"anchors.{k}") for a in (BASE, found.assumptions) for k in ("none", "loa_academic")
    ]
    gaps = [(n / (1 - n)) / (f / (1 - f)) for n, f in (odds[:2], odds[2:])]
    assert gaps[0] == pytest.approx(gaps[1])


def test_a_count_that_might_tell_who_is_not_shown():
    rows = learned(5, SHIFTED, people=80).changes
    assert rows["n"].dropna().between(1, 9).sum() == 0
    assert rows.set_index("key").loc["anchors.loa_academic", "n"] is not None
    assert rows["n"].isna().any()


def test_under_fifty_graduates_nothing_is_learned_and_it_says_so():
    found = learned(6, SHIFTED, people=40)
    assert found.assumptions.fingerprint == BASE.fingerprint
    assert found.rho is None
    assert not found.changes["learned"].any()
    assert found.changes["why"].str.contains("too few to tell under 50").all()


def test_the_learned_set_does_better_on_graduates_it_has_not_seen():
    assert held_out_gain(101, SHIFTED, people=240, sent=8) > 0


@pytest.mark.soak
def test_the_learned_set_does_better_on_forty_five_of_fifty_unseen_seeds():
    gains = on_every_core(partial(held_out_gain, truth=SHIFTED), range(1000, 1050))
    assert sum(gain > 0 for gain in gains) >= 45


@pytest.mark.soak
def test_where_the_survey_is_right_learning_costs_next_to_nothing():
    gains = on_every_core(partial(held_out_gain, truth=BASE), range(2000, 2050))
    assert sum(gains) / len(gains) > -0.005

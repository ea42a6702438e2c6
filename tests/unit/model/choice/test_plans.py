from itertools import chain, combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.choice.application_list import application_list
from analysis.model.choice.constraints import Constraints, Fees, Price
from analysis.model.choice.couples import couple_lists, couple_outcomes, couple_plan
from analysis.model.choice.plans import linked_years, plan_rows, second_plan, years_for
from analysis.model.choice.problem import ListWishes
from analysis.model.choice.value import match_shares
from analysis.model.correlation import Scenarios, scenarios
from tests.unit.model.choice.test_application_list import programs, student

ASSUMPTIONS = read_assumptions()
FEES = Fees(11, 4, 30)


def two_specialties(**columns):
    medicine = programs(12, prefix="IM", institution_id=[f"H{at}" for at in range(12)])
    family = programs(
        12,
        "Family Medicine",
        prefix="FM",
        institution_id=[f"H{at}" for at in range(6, 18)],
        red_flag_tolerance=8.0,
    )
    return pd.concat([medicine, family], ignore_index=True).assign(**columns)


def subsets(size, most):
    return chain.from_iterable(combinations(range(size), n) for n in range(most + 1))


@settings(max_examples=10)
@given(
    limit=st.integers(1, 14),
    score=st.integers(215, 275),
    gold=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    tolerance=st.floats(0, 10),
    story=st.sampled_from([0, 500, 3000]),
    fill=st.booleans(),
    budget=st.sampled_from([None, 60.0, 200.0]),
)
def test_a_plan_for_two_specialties_is_never_worse_than_its_better_half(
    limit, score, gold, tolerance, story, fill, budget
):
    row = student(
        specialty="Internal Medicine;Family Medicine",
        gold_signals=";".join(map(str, gold)),
        silver_signals="0;0",
        application_limit=float(limit),
        step2_ck=float(score),
        red_flags="step1_failure",
        fee_budget_usd=budget,
    )
    market = two_specialties()
    market.loc[market["specialty"].eq("Family Medicine"), "red_flag_tolerance"] = tolerance
    rules = ASSUMPTIONS.with_set([f"plans.story_usd={story}"])
    first, second, both = second_plan(row, market, rules, wishes=ListWishes(fill=fill))
    assert both.net >= max(first.net, second.net) - 1e-9
    for plan in (first, second, both):
        assert len(plan.found.chosen) <= limit
        assert plan.found.fee_usd <= (budget or np.inf)
        assert sum(plan.match_by_specialty.values()) == pytest.approx(plan.found.match_chance)
        problem = plan.found.problem
        price = problem.constraints.cost_of(plan.found.choice.chosen, len(problem.programs))
        stories = plan.found.programs["specialty"].nunique()
        worth = ASSUMPTIONS.value("list.worth_of_match_usd")
        added = 0 if fill or stories < 2 else story / worth
        assert plan.net == pytest.approx(plan.found.choice.value - price - added, abs=1e-12)


def test_a_second_story_that_costs_more_than_it_brings_is_not_told():
    row = student(specialty="Internal Medicine;Family Medicine", gold_signals="1;1")
    row = row.assign(silver_signals="0;0")
    cheap, dear = (
        second_plan(row, two_specialties(), ASSUMPTIONS.with_set([f"plans.story_usd={usd}"]))
        for usd in (0, 20000)
    )
    assert cheap[2].found.programs["specialty"].nunique() == 2
    assert dear[2].found.programs["specialty"].nunique() == 1
    assert dear[2].net == max(plan.net for plan in dear[:2])
    assert [row["specialties"] for row in plan_rows(dear)][2] == [
        "Internal Medicine",
        "Family Medicine",
    ]


def test_without_wishes_the_specialty_named_first_is_preferred():
    for names in (
        ("Internal Medicine", "Family Medicine"),
        ("Family Medicine", "Internal Medicine"),
    ):
        row = student(specialty=";".join(names), gold_signals="0;0", silver_signals="0;0")
        alike = ListWishes(flat_preference=True)
        found = application_list(
            row, two_specialties(), ASSUMPTIONS, wishes=alike, with_range=False
        )
        kinds = found.ranked["specialty"].tolist()
        assert kinds == sorted(kinds, key=names.index)


def test_a_second_specialty_may_be_asked_for_beside_one():
    row = student(must_apply="IM03", gold_signals="1", silver_signals="0")
    plans = second_plan(row, two_specialties(), ASSUMPTIONS, second="Family Medicine")
    assert [plan.specialties for plan in plans[:2]] == [
        ("Internal Medicine",),
        ("Family Medicine",),
    ]
    assert "IM03" in plans[0].found.chosen
    assert not any(one.startswith("IM") for one in plans[1].found.chosen)
    with pytest.raises(ModelError, match="needs two specialties"):
        second_plan(row, two_specialties(), ASSUMPTIONS)


def test_no_institution_is_on_a_list_of_two_specialties_twice():
    row = student(specialty="Internal Medicine;Family Medicine", application_limit=18.0)
    row = row.assign(gold_signals="0;0", silver_signals="0;0")
    houses = two_specialties().set_index("program_id")["institution_id"]
    apart = application_list(
        row, two_specialties(), ASSUMPTIONS, wishes=ListWishes(fill=True), with_range=False
    )
    assert houses[list(apart.chosen)].is_unique
    met = application_list(
        row,
        two_specialties(),
        ASSUMPTIONS,
        wishes=ListWishes(fill=True, apart=False),
        with_range=False,
    )
    assert not houses[list(met.chosen)].is_unique


def test_who_has_decided_on_two_signals_at_one_institution_applies_to_both():
    row = student(specialty="Internal Medicine;Family Medicine", application_limit=18.0)
    row = row.assign(gold_signals="1;1", silver_signals="0;0")
    houses = two_specialties().groupby("institution_id")["program_id"].agg(list)
    both = next(ids for ids in houses if len(ids) == 2)
    decided = pd.DataFrame({"student_id": "T1", "program_id": both, "signal": ["gold", "gold"]})
    found = application_list(row, two_specialties(), ASSUMPTIONS, decided, with_range=False)
    assert {*both} <= {*found.chosen}


def random_tracks(seed):
    random = np.random.default_rng([seed, 45])
    rho = (0.0, 0.3, [0.1, 0.4])[seed % 3]
    main = scenarios(random.uniform(0, 0.9, 5), 0.5, rho)
    years = scenarios(random.uniform(0, 0.9, 6), 0.5, rho)
    return main, random.uniform(0.7, 1, 5), random.integers(2, size=5).astype(bool), years, random


def test_preliminary_years_and_their_outcomes_equal_brute_force_on_small_markets():
    for seed in range(24):
        main, utility, advanced, years, random = random_tracks(seed)
        chosen = np.argsort(-utility)[:4]
        rules = Constraints(limit=3, fees=FEES, price=Price(float(random.integers(100, 2000)), 10))
        picked, outcomes, gains = linked_years(main, utility, chosen, advanced, years, rules, 0.5)
        # Where the list ends, state by state.
        needs = np.zeros(main.weight.size)
        for state in range(main.weight.size):
            left = 1.0
            for at in chosen:
                needs[state] += left * main.chance[at, state] * advanced[at]
                left *= 1 - main.chance[at, state]
        mean = utility[chosen][advanced[chosen]].mean() if advanced[chosen].any() else 1.0

        def net(own, needs=needs, main=main, years=years, rules=rules, mean=mean):
            refused = np.prod(1 - years.chance[list(own)], axis=0)
            saved = 0.5 * float((main.weight * needs) @ (1 - refused))
            return saved - rules.cost_of(list(own), 6) / mean

        best = max(net(own) for own in subsets(6, 3))
        assert net(picked) == pytest.approx(best, abs=1e-9), seed
        without = float((main.weight * needs) @ np.prod(1 - years.chance[picked], axis=0))
        assert outcomes[1] == pytest.approx(without, abs=1e-12)
        for at, gain in enumerate(gains):
            others = np.delete(picked, at)
            missed = (main.weight * needs) @ np.prod(1 - years.chance[others], axis=0)
            assert gain == pytest.approx(missed - without, abs=1e-12)
        assert sum(outcomes) == pytest.approx(1)
        assert outcomes[2] == pytest.approx(1 - match_shares(main, utility, chosen).sum())


def test_a_match_without_a_first_year_is_an_outcome_of_its_own():
    tracked = programs(track=["advanced", "categorical"] * 12)
    prelim = programs(8, "Transitional Year", prefix="TY", track="preliminary")
    both = pd.concat([tracked, prelim], ignore_index=True)
    found = application_list(student(), both, ASSUMPTIONS, with_range=False)
    assert not any(one.startswith("TY") for one in found.chosen)
    with_years = years_for(found, student(), both, ASSUMPTIONS)
    alone = years_for(found, student(), tracked, ASSUMPTIONS)
    assert set(with_years.programs["program_id"]) <= set(prelim["program_id"])
    assert len(with_years.programs)
    assert 0 < with_years.without_first_year < alone.without_first_year
    for one in (with_years, alone):
        total = one.with_first_year + one.without_first_year + one.unmatched
        assert total == pytest.approx(1)
    plain = application_list(student(), programs(), ASSUMPTIONS, with_range=False)
    assert years_for(plain, student(), programs(), ASSUMPTIONS) is None


def test_first_years_and_couples_know_an_expected_score():
    tracked = programs(track="advanced")
    prelim = programs(8, "Transitional Year", prefix="TY", track="preliminary")
    both = pd.concat([tracked, prelim], ignore_index=True)
    waiting = student(step2_ck=np.nan, step2_estimate=245.0, step2_estimate_sd=8.0)
    found = application_list(waiting, both, ASSUMPTIONS, with_range=False)
    years = years_for(found, waiting, both, ASSUMPTIONS)
    assert len(years.programs)
    total = years.with_first_year + years.without_first_year + years.unmatched
    assert total == pytest.approx(1)
    assert years.unmatched == pytest.approx(1 - found.match_chance)
    couple = couple_plan((waiting, student(student_id="T2")), tracked, ASSUMPTIONS).outcomes
    known = couple_plan((student(), student(student_id="T2")), tracked, ASSUMPTIONS).outcomes
    assert couple.together > 0
    assert couple.neither > known.neither


def random_couple(seed):
    random = np.random.default_rng([seed, 46])
    rho = (0.0, 0.3)[seed % 2]
    chances = [random.uniform(0, 0.8, 4) for _ in range(2)]
    markets = tuple(
        {
            "none": scenarios(chance, 0.5, rho, coarse=True),
            "gold": scenarios(chance ** random.uniform(0.4, 0.9), 0.5, rho, coarse=True),
        }
        for chance in chances
    )
    places = tuple(random.choice(["OH", "PA", ""], 4).tolist() for _ in range(2))
    price = Price(float(random.integers(150, 3000)), 10)
    rules = tuple(
        Constraints(limit=2, fees=FEES, price=price, gold=(int(random.integers(3)),))
        for _ in range(2)
    )
    return markets, places, rules


def test_outcomes_of_a_couple_equal_a_count_over_all_offers():
    for seed in range(6):
        markets, places, _ = random_couple(seed)
        first, second = (market["none"] for market in markets)
        lists = ((0, 1, 2), (1, 3))
        sums = np.zeros(4)
        for z, weight in enumerate(first.weight):
            for y, other in enumerate(second.weight):
                for mine in subsets(3, 3):
                    offers = [lists[0][at] for at in mine]
                    share = weight * other
                    for at in lists[0]:
                        q = first.chance[at, z]
                        share *= q if at in offers else 1 - q
                    for theirs in subsets(2, 2):
                        partners = [lists[1][at] for at in theirs]
                        chance = share
                        for at in lists[1]:
                            q = second.chance[at, y]
                            chance *= q if at in partners else 1 - q
                        met = {places[0][at] for at in offers} & {places[1][at] for at in partners}
                        sums[0] += chance * bool(met - {""})
                        sums[1] += chance * bool(offers and partners)
                        sums[2] += chance * (bool(offers) != bool(partners))
                        sums[3] += chance * (not offers and not partners)
        found = couple_outcomes((first, second), places, lists)
        assert [found.together, found.both, found.one, found.neither] == pytest.approx(
            sums.tolist(), abs=1e-9
        )


def ways_to_list(programs, most, golds):
    """Every list of a student with at most so many gold signals, as positions and signals."""
    for chosen in subsets(programs, most):
        for option in product(("none", "gold"), repeat=len(chosen)):
            if option.count("gold") <= golds:
                yield chosen, option


def check_couple_against_brute_force(seeds):
    for seed in seeds:
        markets, places, rules = random_couple(seed)

        def net(lists, markets=markets, places=places, rules=rules):
            cost = sum(r.cost_of(list(own), 4) for r, (own, _) in zip(rules, lists, strict=True))
            sent = []
            for market, (own, option) in zip(markets, lists, strict=True):
                chance = market["none"].chance.copy()
                for at, signal in zip(own, option, strict=True):
                    chance[at] = market[signal].chance[at]
                sent.append(Scenarios(chance, market["none"].weight))
            outcomes = couple_outcomes(tuple(sent), places, [own for own, _ in lists])
            return outcomes.value(0.6, 0.3) - cost

        mine, theirs = (list(ways_to_list(4, 2, rule.gold[0])) for rule in rules)
        best = max(net((first, second)) for first in mine for second in theirs)
        found = couple_lists(markets, places, rules, 0.6, 0.3)
        lists = [(one.chosen.tolist(), one.option) for one in found]
        assert net(lists) == pytest.approx(best, abs=1e-9), seed
        assert found[0].value - found[0].price - found[1].price == pytest.approx(best, abs=1e-9)
        for (own, option), rule in zip(lists, rules, strict=True):
            assert len(own) <= rule.limit
            assert option.count("gold") <= rule.gold[0]


def test_lists_and_signals_of_a_couple_equal_brute_force_on_small_markets():
    check_couple_against_brute_force(range(12))


@pytest.mark.soak
def test_lists_and_signals_of_a_couple_equal_brute_force_on_300_small_markets():
    check_couple_against_brute_force(range(12, 312))


def test_a_couple_is_given_two_lists_with_places_in_common():
    partner = student(student_id="T2", step2_ck=245.0)
    found = couple_plan((student(), partner), programs(), ASSUMPTIONS)
    outcomes = found.outcomes
    assert 0 < outcomes.together <= outcomes.both
    assert outcomes.both + outcomes.one + outcomes.neither == pytest.approx(1)
    for rows in found.programs:
        assert set(rows["place"][rows["shared"]]) == set(found.places)
    with pytest.raises(ModelError, match="expected one of state"):
        couple_plan((student(), partner), programs(), ASSUMPTIONS, by="city")

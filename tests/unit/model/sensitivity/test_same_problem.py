"""A draw has the list's own problem: signals, a match rate a program, price and least chance."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.model.choice.application_list import application_list
from analysis.model.choice.constraints import OPTIONS, Constraints, Fees, Price
from analysis.model.choice.exact import exact
from analysis.model.choice.greedy import greedy
from analysis.model.choice.problem import ListWishes
from analysis.model.choice.value import expected_utility
from analysis.model.correlation import Mechanism, Scenarios, scenarios
from analysis.model.sensitivity import smaa as c
from analysis.model.sensitivity import student_case
from analysis.model.sensitivity.inputs import Inputs, between, one_of
from analysis.paths import from_root

STUDENTS = tables.read_students(from_root("data/sample/students.csv"))
PROGRAMS = tables.read_programs(from_root("data/sample/programs.csv"))
WISHES = tables.read_if_given("preferences", from_root("data/sample/preferences.csv"))
ASSUMPTIONS = read_assumptions()
RATE, RHO = "match_given_interview", "latent_correlation"
# What lists without signals, price or match rates were before a draw had the list's own problem.
BEFORE = {
    ("S002", "article"): {
        "IM012": 60,
        "IM031": 60,
        "IM025": 60,
        "IM030": 60,
        "IM020": 60,
        "IM015": 60,
        "IM032": 60,
        "IM037": 60,
        "IM028": 60,
        "IM001": 60,
        "IM052": 60,
        "IM004": 60,
        "IM013": 60,
        "IM018": 60,
        "IM017": 60,
        "IM053": 60,
        "IM060": 60,
        "IM050": 52,
        "IM059": 28,
        "IM024": 46,
        "IM008": 51,
        "IM021": 2,
        "IM049": 1,
    },
    ("S007", "identity"): {
        "IM037": 35,
        "IM054": 24,
        "IM031": 39,
        "IM015": 60,
        "IM032": 38,
        "IM003": 60,
        "IM025": 50,
        "IM017": 60,
        "IM012": 60,
        "IM004": 60,
        "IM001": 60,
        "IM053": 26,
        "IM060": 22,
        "IM049": 29,
        "IM059": 24,
        "IM020": 60,
        "IM023": 50,
        "IM028": 50,
        "IM013": 41,
        "IM057": 7,
        "IM005": 23,
        "IM006": 12,
        "IM014": 21,
        "IM016": 14,
        "IM018": 51,
        "IM019": 24,
        "IM021": 25,
        "IM024": 25,
        "IM026": 22,
        "IM029": 16,
        "IM030": 19,
        "IM002": 10,
        "IM007": 7,
        "IM008": 2,
        "IM009": 9,
        "IM010": 8,
        "IM011": 10,
        "IM043": 28,
        "IM022": 3,
        "IM047": 5,
        "IM050": 3,
        "IM051": 7,
        "IM052": 1,
    },
}


def student(student_id):
    return STUDENTS[STUDENTS["student_id"] == student_id].reset_index(drop=True)


def listed(student_id, assumptions=ASSUMPTIONS, wishes=None):
    row = student(student_id)
    return application_list(row, PROGRAMS, assumptions, WISHES, wishes, with_range=False)


@pytest.mark.parametrize(
    "student_id", ["S001", "S002", "S003", "S005", "S006", "S009", "S007", "S011", "S012", "S027"]
)
def test_a_draw_at_the_base_gives_the_very_list_with_its_signals_and_match_chance(student_id):
    gives_the_very_list(listed(student_id))


def test_so_it_does_for_a_student_whose_score_is_an_estimate():
    row = student("S002").assign(step2_ck=np.nan, step2_estimate=228.0)
    gives_the_very_list(application_list(row, PROGRAMS, ASSUMPTIONS, WISHES, with_range=False))


def test_so_it_does_with_programs_that_must_be_listed_and_they_come_first():
    must = ("IM024", "IM031")
    found = listed("S002", wishes=ListWishes(must=must))
    gives_the_very_list(found)
    case = student_case(found, ASSUMPTIONS)
    ids = [case.program_id[at] for at in case.base_list()]
    assert tuple(ids[:2]) == must
    others = np.setdiff1d(np.arange(len(case.program_id)), found.choice.chosen)
    utility, first = found.problem.utility, [case.program_id.index(one) for one in must]
    order = greedy(found.market, utility, len(ids), must=first, never=others)
    assert ids == [case.program_id[at] for at in order]


def gives_the_very_list(found):
    case = student_case(found, ASSUMPTIONS)
    made = case.made(case.inputs.base(3))
    own = dict(zip(found.choice.chosen.tolist(), found.choice.option, strict=True))
    assert case.base == own
    for chosen, option in zip(made.chosen, made.option, strict=True):
        sent = zip(chosen.tolist(), (OPTIONS[at] for at in option), strict=True)
        assert list(sent) == list(case.base.items())
    assert made.regret.tolist() == [0, 0, 0]
    assert case.match_chances(case.inputs.base()) == pytest.approx(found.match_chance, abs=1e-9)


@pytest.mark.parametrize(("student_id", "basis"), BEFORE)
def test_without_signals_and_price_lists_are_what_they_were(student_id, basis):
    # 60 draws of seed 7, 20 programs each: how often each program was chosen.
    assumptions = read_assumptions(overrides=[f"level.basis={basis}"])
    wishes = ListWishes(limit=20, gold=(0,), silver=(0,), fill=True)
    found = application_list(
        student(student_id), PROGRAMS, assumptions, None, wishes, with_range=False
    )
    case = replace(student_case(found, assumptions), held=None, added=0.0)
    lists = case.lists(case.inputs.drawn(60, 7))
    counts = np.bincount(np.concatenate(lists), minlength=len(case.program_id))
    assert {case.program_id[at]: n for at, n in enumerate(counts) if n} == BEFORE[student_id, basis]


def test_a_programs_match_rate_moves_with_the_draw_and_keeps_what_is_its_own():
    found = listed("S001")
    case = student_case(found, ASSUMPTIONS)
    every = np.arange(len(case.program_id))
    (at_base,) = case.rates(case.inputs.base(), every)
    assert at_base == pytest.approx(found.offers.rate, abs=1e-12)
    assert np.ptp(at_base) > 0.01  # a rotation raises its own
    low, high = case.rates(case.inputs.with_one(RATE, [0.45, 0.65]), every)
    apart = [np.log(r / (1 - r)) for r in (at_base, low, high)]
    for odds in apart:
        assert odds - odds[0] == pytest.approx(apart[0] - apart[0][0], abs=1e-9)
    assert (low < at_base).all()
    assert (at_base < high).all()


def own_problem(case, offers, draw):
    """The problem of one draw as the exact solver wants it."""
    real = offers.open_to[:, draw].any(axis=0)
    order = np.argsort(offers.program[draw][real])
    at = offers.program[draw][real][order]
    by_option, barred = {}, {}
    for number, option in enumerate(OPTIONS[: len(offers.open_to)]):
        states = offers.invited[:, number, draw][:, None] * offers.match[:, draw]
        states = states.reshape(offers.weight.size, -1)[:, real][:, order]
        by_option[option] = Scenarios(np.ascontiguousarray(states.T), offers.weight.ravel())
        barred[option] = tuple(np.flatnonzero(~offers.open_to[number, draw][real][order]).tolist())
    return by_option, case.utility[at], replace(case.rules.of(at), barred=barred, names=()), at


@pytest.mark.parametrize("student_id", ["S001", "S002", "S009"])
def test_a_list_made_again_is_as_good_as_the_exact_solvers_for_its_draw(student_id):
    case = student_case(listed(student_id), ASSUMPTIONS)
    values = case.inputs.drawn(24, 3)
    made = case.made(values)
    gaps, shared = [], []
    for draws, here, how in case.blocks(values, 24):
        offers = case.offers(here, how)
        for row, draw in enumerate(draws):
            chosen, regret = set(made.chosen[draw].tolist()), made.regret[draw]
            by_option, worth, rules, at = own_problem(case, offers, row)
            best = exact(by_option, worth, rules)
            if not best.chosen.size:
                continue
            held = np.array([at.tolist().index(one) for one in case.base if one in at])
            shared.append(len(chosen & set(at[best.chosen])) / best.chosen.size)
            market = {place: by_option[case.base[int(at[place])]].chance[place] for place in held}
            whole = by_option["none"].chance.copy()
            for place, states in market.items():
                whole[place] = states
            value = expected_utility(
                Scenarios(whole, by_option["none"].weight), worth, held
            ) - rules.cost_of(held, at.size)
            if held.size == len(case.base):
                # None where the list itself breaks the least chance of the draw.
                assert regret <= max(best.net - value, 0.0) + 1e-9
                gaps.append((max(best.net - value, 0.0) - regret) / best.value)
    assert np.mean(gaps) < 1e-3
    assert np.mean(shared) > 0.9


INPUTS = Inputs(
    ("weights.step2_ck",),
    (1.0,),
    50.0,
    (
        between("draw", 0.0, 0.0, 9.0),
        between(RATE, 0.5, 0.3, 0.6),
        one_of(RHO, 0.7 / 3, [0.1, 0.2, 0.4]),
    ),
)


def small_world(seed, draws=4, programs=5, **rules):
    """Few programs with signals, a price and match rates of their own, and its draws."""
    random = np.random.default_rng(seed)
    odds = random.normal(-1, 1, (draws, programs))
    chance = {
        option: 1 / (1 + np.exp(-(odds + raised)))
        for option, raised in zip(OPTIONS, (0.0, 0.8, 1.6), strict=True)
    }
    case = c.Case(
        tuple(f"P{at}" for at in range(programs)),
        np.round(random.uniform(0.6, 1, programs), 1),
        Constraints(
            limit=3,
            gold=(1,),
            silver=(1,),
            fees=Fees(11, 2, 30),
            **{"price": Price(20_000, 25)} | rules,
        ),
        INPUTS,
        lambda values, at: {
            option: each[values["draw"].astype(int)][:, None, at] for option, each in chance.items()
        },
        Mechanism((0.1, 0.2, 0.4), 0.51, 0.0),
        added=random.choice([0.0, 0.4], programs),
        coarse=False,
    )
    values = INPUTS.base(draws) | {
        "draw": np.arange(draws, dtype=float),
        RATE: random.uniform(0.3, 0.6, draws),
        RHO: random.choice([0.1, 0.2, 0.4], draws),
    }
    return case, values, chance


def every_list(case, values, chance, draw):
    """Net worth of every list with every placement of the signals, by going through them all."""
    count = case.utility.size
    odds = np.log(values[RATE][draw] / (1 - values[RATE][draw])) + case.added
    how = Mechanism((float(values[RHO][draw]),), 0.51, 0.0)
    offers = {
        option: scenarios(each[draw], 1 / (1 + np.exp(-odds)), how)
        for option, each in chance.items()
    }
    found = {}
    for size in range(case.rules.limit + 1):
        for programs in combinations(range(count), size):
            for sent in product(OPTIONS, repeat=size):
                if sent.count("gold") > 1 or sent.count("silver") > 1:
                    continue
                decided = case.rules.fixed_signal
                if any(decided.get(at, way) != way for at, way in zip(programs, sent, strict=True)):
                    continue
                states = offers["none"].chance.copy()
                for at, option in zip(programs, sent, strict=True):
                    states[at] = offers[option].chance[at]
                value = expected_utility(
                    Scenarios(states, offers["none"].weight), case.utility, programs
                )
                cost = case.rules.cost_of(programs, count)
                found[frozenset(zip(programs, sent, strict=True))] = value - cost
    return found


@given(st.integers(0, 10_000))
@settings(max_examples=12)
def test_every_list_and_every_placement_of_signals_are_no_better_by_more_than_a_little(seed):
    case, values, chance = small_world(seed)
    worlds = [every_list(case, values, chance, draw) for draw in range(len(values[RATE]))]
    # The list itself is the best of the first draw.
    own = max(worlds[0], key=worlds[0].get)
    kept = replace(case, held=dict(own)).made(values)
    share = []
    for world, chosen, option, lost in zip(
        worlds, kept.chosen, kept.option, kept.regret, strict=True
    ):
        sent = frozenset((int(at), OPTIONS[way]) for at, way in zip(chosen, option, strict=True))
        assert 0 <= lost <= max(world.values()) - world[own] + 1e-9
        assert sent in world  # a list that the rules allow
        share.append(world[sent] / max(world.values()))
        # What the list itself gives up is told to the digit: nothing where it stays.
        gives_up(lost, world, sent, own)
    assert share[0] == pytest.approx(1)
    assert min(share) > 0.9
    assert np.mean(share) > 0.97


def gives_up(lost, world, sent, own):
    if sent == own:
        assert lost == 0
    else:
        assert lost == pytest.approx(max(world[sent] - world[own], 0), abs=1e-9)


@given(st.integers(0, 10_000), st.sampled_from([1.0, 100.0, 300.0, 1_000.0]))
@settings(max_examples=12, derandomize=True, deadline=None)
def test_what_is_given_up_is_after_the_price_also_where_nothing_is_worth_it(seed, worth):
    case, values, chance = small_world(seed, price=Price(worth, 25))
    few = replace(case.rules, price=None, limit=2)
    worlds = [every_list(case, values, chance, draw) for draw in range(len(values[RATE]))]
    own = max(worlds[0], key=lambda one: (len(one) == 1 + seed % 3, worlds[0][one]))
    made = replace(case, few=few, held=dict(own)).made(values)
    for world, chosen, option, lost in zip(
        worlds, made.chosen, made.option, made.regret, strict=True
    ):
        sent = frozenset((int(at), OPTIONS[way]) for at, way in zip(chosen, option, strict=True))
        gives_up(lost, world, sent, own)


def test_nothing_is_given_up_in_a_draw_in_which_a_students_list_stays():
    case = student_case(listed("S007"), ASSUMPTIONS).settled()
    made = case.made(case.inputs.drawn(200, 5))
    stays = [
        dict(zip(chosen.tolist(), (OPTIONS[at] for at in option), strict=True)) == case.held
        for chosen, option in zip(made.chosen, made.option, strict=True)
    ]
    assert 0 < sum(stays) < 200
    assert not made.regret[stays].any()
    assert (made.regret[np.logical_not(stays)] > 0).all()


def same_lists(first, second):
    for one, other in ((first.chosen, second.chosen), (first.option, second.option)):
        assert [each.tolist() for each in one] == [each.tolist() for each in other]


@given(st.integers(0, 10_000), st.sampled_from(OPTIONS[1:]))
@settings(max_examples=25, derandomize=True, deadline=None)
def test_a_decided_signal_of_a_program_that_cannot_be_listed_goes_to_another(seed, option):
    shut = {"never": (seed % 5,)}
    case, values, _ = small_world(seed, draws=8, **shut)
    decided, _, _ = small_world(seed, draws=8, fixed_signal={seed % 5: option}, **shut)
    same_lists(case.made(values), decided.made(values))


@given(st.integers(0, 10_000), st.sampled_from(OPTIONS[1:]))
@settings(max_examples=12, derandomize=True, deadline=None)
def test_a_decided_signal_goes_to_another_program_where_its_own_is_left_out(seed, option):
    # Half of the draws give the program next to no chance, with its signal too.
    own = seed % 5
    case, values, chance = small_world(seed, fixed_signal={own: option})
    chance[option][::2, own] = 0.002
    made = case.made(values)
    share = []
    for draw, (chosen, ways) in enumerate(zip(made.chosen, made.option, strict=True)):
        world = every_list(case, values, chance, draw)
        sent = dict(zip(chosen.tolist(), (OPTIONS[way] for way in ways), strict=True))
        assert sent.get(own, option) == option
        assert option in sent.values()
        share.append(world[frozenset(sent.items())] / max(world.values()))
    assert min(share) > 0.9
    assert np.mean(share) > 0.97
    kept = replace(case, rules=replace(case.rules, must=(own,))).made(values)
    for chosen, ways in zip(kept.chosen, kept.option, strict=True):
        assert (chosen[0], OPTIONS[ways[0]]) == (own, option)
        assert [OPTIONS[way] for way in ways].count(option) == 1


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_shares_of_programs_sum_to_the_mean_length_and_signals_keep_to_those_at_hand(seed):
    case, values, _ = small_world(seed, draws=40)
    lists = c.resampled(case, values)
    made = case.settled().made(values)
    shares = lists.programs["selection_acceptability"]
    assert shares.sum() == pytest.approx(np.mean([len(one) for one in made.chosen]))
    assert shares.between(0, 1).all()
    assert (lists.draws["regret"] >= 0).all()
    assert lists.draws["beyond_chance"].dropna().max() <= 1
    for option, at_hand in (("silver", 1), ("gold", 1)):
        sent = lists.signals[lists.signals["signal"] == option]
        assert sent["share"].sum() <= at_hand + 1e-12


def test_a_price_no_program_is_worth_leaves_the_best_few_as_the_list_does():
    case, values, _ = small_world(3)
    dear = replace(case.rules, price=Price(1.0, 25))
    few = replace(dear, price=None, limit=2)
    lists = replace(case, rules=dear, few=few).lists(values)
    assert [one.tolist() for one in lists] == [
        one.tolist() for one in replace(case, rules=few).lists(values)
    ]


def test_a_program_under_the_least_chance_is_listed_only_with_a_signal_that_lifts_it():
    case, values, chance = small_world(5)
    least = float(np.median(chance["none"]))
    floor = c.Floor(least, np.zeros(case.utility.size, dtype=bool))
    made = replace(case, floor=floor).made(values)
    for draw, (chosen, option) in enumerate(zip(made.chosen, made.option, strict=True)):
        for at, way in zip(chosen, option, strict=True):
            assert chance[OPTIONS[way]][draw, at] >= least


@pytest.mark.parametrize(("own", "chosen"), [(0.3, [0, 1, 2]), (0.5, [0, 1, 7])])
def test_a_decided_signal_is_sent_where_the_exact_solver_has_it(own, chosen):
    # Seven programs of .4 with gold and .1 without; the only gold is decided on for the eighth.
    chances = {"none": np.r_[np.full(7, 0.1), 0.03], "gold": np.r_[np.full(7, 0.4), own]}
    chances["silver"] = chances["none"]

    def chance(values, at):
        return {
            name: np.tile(each[at], (len(values[RATE]), 1, 1)) for name, each in chances.items()
        }

    rules = Constraints(limit=3, gold=(1,), silver=(0,), fixed_signal={7: "gold"})
    inputs = Inputs(("w",), (1.0,), 50.0, (between(RATE, 0.5, 0.3, 0.6), one_of(RHO, 0.2, [0.2])))
    how = Mechanism((0.2,), 0.5, 0.0)
    case = c.Case(tuple("abcdefgh"), np.ones(8), rules, inputs, chance, how, coarse=False)
    made = case.made(inputs.base())
    assert sorted(made.chosen[0].tolist()) == chosen
    best = exact({o: scenarios(p, 0.5, how) for o, p in chances.items()}, np.ones(8), rules)
    assert [OPTIONS[at] for at in made.option[0]].count("gold") == 1
    assert case.match_chances(inputs.base()) == pytest.approx(best.value, abs=1e-9)

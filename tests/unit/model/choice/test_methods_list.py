"""The worked examples of sections 4 and 5, computed and looked up in the text."""

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.assumptions import read_assumptions
from analysis.model.choice.problem import application_fees, list_utility, preference
from analysis.model.correlation import interview_states, quadrature
from analysis.model.portfolio import Scenarios, expected_utility, fee_usd, greedy
from analysis.paths import from_root

FILES = [from_root("docs") / name for name in ("methods.md", "methods-list.md")]
TEXT = " ".join(
    " ".join(file.read_text(encoding="utf-8") for file in FILES if file.exists()).split()
)


def test_forty_applications_are_worked_as_the_text_says():
    states, weight = interview_states(np.full(40, 0.1), 0.4)
    together = weight @ (1 - np.prod(1 - states, axis=0))
    apart = f"with chance {100 * (1 - 0.9**40):.1f}% if answers are independent"
    assert f"{apart}, and {100 * together:.0f}% at rho = .4" in TEXT


def test_the_careless_product_is_what_the_text_says():
    nodes, weight = quadrature(0.4)
    states = [ndtr((ndtri(p) + np.sqrt(0.4) * nodes) / np.sqrt(0.6)) for p in (0.1, 0.3)]
    careless = weight @ (states[0] * states[1]) / 0.1
    assert f".30 would become {careless:.3f} at p = .1".replace("0.", ".", 1) in TEXT


def test_the_list_of_kapur_and_hong_is_worked_as_the_text_says():
    market = Scenarios(np.array([[0.2], [0.5], [0.1], [0.6], [0.1]]), np.ones(1))
    worth = [1, 4, 9, 1, 8]
    picked = greedy(market, worth, 5)
    values = [expected_utility(market, worth, picked[:k]) for k in range(1, 6)]
    assert f"are worth {', '.join(f'{value:g}' for value in values)}." in TEXT


def test_the_worth_of_a_program_is_worked_as_the_text_says():
    wanted = preference([6], [True], places_stated=True, wish_prestige=0.5)
    worth = list_utility(wanted, read_assumptions().value("match_utility"))
    assert f"preference {wanted[0]:g}, worth {worth[0]:g}".replace("0.", ".") in TEXT


def test_the_fees_are_worked_as_the_text_says():
    fees = application_fees(read_assumptions(), ["Internal Medicine", "Family Medicine"])
    amounts = [fee_usd(fees, numbers) for numbers in ([43, 7], [32, 32], [30])]
    first, second, third = (f"${amount:g}" for amount in amounts)
    assert f"43 and 7 cost {first}, 32 and 32 cost {second}, 30 cost {third}" in TEXT

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which application list follows, and how firm is it?
#
# From a student's record to a list in four steps: the **chance** of an interview at each program, the **problem** (what may be
# chosen, what it is worth, what it costs), the **solution**, and what **explains** it. Each step is a cell to change. The
# equations are in sections 3 to 5 of the [methods](../docs/methods.md).
#
# **Reads** students, programs, preferences and one set of assumptions. **Writes** nothing.

# %% tags=["parameters"]
student_id: str = "S001"  # whose list, as text
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
preferences_csv: str = "data/sample/preferences.csv"  # wishes, ties and signals, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions
limit: int = 15  # most applications
what_if_step2_ck: int = 265  # a score to ask about

# %%
from analysis.report.publish import check_parameters

check_parameters()  # a parameter that is misspelled or of another type stops the run here, with one sentence

# %%
import pandas as pd

from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.figures.frontier import alt_frontier, draw_frontier
from analysis.figures.match_chance_by_rho import alt_match_chance_by_rho, draw_match_chance_by_rho
from analysis.figures.next_application import alt_next_application, draw_next_application
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)
from analysis.figures.style import apply, new_axes
from analysis.model.chance import interview_chance
from analysis.model.choice.application_list import (
    application_list,
    list_frontier,
    next_applications,
)
from analysis.model.choice.problem import ListWishes, list_problem
from analysis.model.correlation import mechanism, scenarios
from analysis.model.match_stage import match_rates
from analysis.model.portfolio import Constraints, exact, expected_utility, greedy, match_chance
from analysis.model.profile import specialties_of
from analysis.model.what_if import what_if
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %%
apply()
student = tables.read_student(from_root(students_csv), student_id)
programs = tables.read_programs(from_root(programs_csv))
preferences = tables.read_if_given("preferences", preferences_csv)
assumptions = read_assumptions(assumptions_toml)

# %% [markdown]
# ## Chance
#
# What each program's screening rules and readers make of this record, before any signal is given. `gate` is the chance that
# the file is read at all; `unknown` names policies that nobody has confirmed.

# %% tags=["nbval-check-output"]
chances = interview_chance(student, programs, assumptions, preferences)
shown = ["program_id", "interview_chance", "low", "high", "gate", "unknown"]
chances.sort_values("interview_chance", ascending=False)[shown].head(8).round(2).reset_index(drop=True)

# %% [markdown]
# ## Problem
#
# What may be chosen, what a match there is worth to the student (`utility`: any match against none, plus the student's own
# preferences), and the limits. A match takes an interview and then a rank high enough, and programs' decisions go together:
# `market` holds the chance of an offer at each program in each state of the world.

# %%
wishes = ListWishes(limit=limit)
problem = list_problem(student, programs, assumptions, preferences, wishes)
row = student.iloc[0]
kinds = specialties_of(row, assumptions)
rates = match_rates(row, problem.programs["specialty"], kinds, problem.ties, assumptions)
chance = chances.set_index("program_id").loc[problem.programs["program_id"], "interview_chance"]
market = scenarios(chance.to_numpy(), rates, mechanism(assumptions))

# %% tags=["nbval-check-output"]
print(f"{len(problem.programs)} programs in {market.weight.size} states of the world; at most {limit} applications")
worth = problem.programs[["program_id", "program_type"]].assign(
    utility=problem.utility, interview_chance=chance.to_numpy(), match_after_interview=rates
)
worth.nlargest(5, "utility").round(3).reset_index(drop=True)

# %% [markdown]
# ## Solve
#
# The plain problem first: so many programs, no signals, no fees. Adding one program at a time is quick; the exact solution
# says how far from the best that is.

# %% tags=["nbval-check-output"]
one_by_one = greedy(market, problem.utility, limit)
best = exact(market, problem.utility, Constraints(limit=limit))
values = [expected_utility(market, problem.utility, one_by_one), best.value]
matches = [match_chance(market, one_by_one), match_chance(market, best.chosen)]
print(f"certified gap of the exact solution: {best.certified_gap:.5f}")
pd.DataFrame({"value": values, "match chance": matches}, index=["one by one", "exact"]).round(5)

# %% [markdown]
# The student's list solves the same problem with what a season has besides: signals to give, fees, the work on an
# application, wishes, and a least chance. It is the list of the report.

# %% tags=["nbval-check-output"]
found = application_list(student, programs, assumptions, preferences, wishes)
shown = ["rank", "program_id", "group", "interview_chance", "low", "high", "signal"]
found.programs[shown].round(2)

# %% tags=["nbval-check-output"]
pd.Series(
    {"match chance": found.match_chance, "5th percentile": found.match_chance_low,
     "95th percentile": found.match_chance_high,
     "if every unconfirmed policy is a no": found.match_chance_if_unknowns_close,
     "expected interviews": found.expected_interviews, "fees in USD": found.fee_usd}
).round(3)

# %% [markdown]
# ## Explain: where the list lies among the programs
#
# Filled marks are on the list: prestige to the right, willingness to consider a red flag upward.

# %%
own = found.problem.programs
axes = draw_program_risk_tolerance(own, new_axes(), chosen=found.chosen, mark="on the list")
alt = alt_program_risk_tolerance(own, chosen=found.chosen, mark="on the list")
publish_figure(axes.figure, alt, "Programs of the specialty; the list's are filled.", "png")

# %% [markdown]
# ## Explain: if programs' decisions go together more, or less
#
# Treating each program as independent gives the left end. The rest of the curve is what remains as decisions go together.

# %%
curve = found.match_chance_by_rho.assign(basis="assumption", source="Countersignal model")
used = assumptions.values("latent_correlation")
axes = draw_match_chance_by_rho(curve, new_axes(), used=used, match_chance=found.match_chance)
alt = alt_match_chance_by_rho(curve, used=used, match_chance=found.match_chance)
publish_figure(axes.figure, alt, "One list, by the correlation between programs' decisions.", "png")

# %% tags=["nbval-check-output"]
found.match_chance_by_rho[["rho", "match_chance"]].round(3)

# %% [markdown]
# ## Explain: what the next application would add
#
# The list's programs stand in the order of what each adds to those before it; then come the best of the rest, without
# signals. The curve flattens where a further fee buys less than `list.flat_gain`.

# %%
further, worth_sending = next_applications(found, assumptions)
further = further.assign(basis="assumption", source="Countersignal model; fees of the AAMC, 2026")
small = {"flat_below": assumptions.value("list.flat_gain"), "limit": len(found.chosen)}
axes = draw_next_application(further, new_axes(), **small)
alt = alt_next_application(further, **small)
publish_figure(axes.figure, alt, "Each application's gain, and what it costs.", "png")

# %% [markdown]
# ## Explain: reaching further, or safer
#
# Each point is a list of the same length, made with another worth of *any* match against none.

# %%
sweep = list_frontier(found, assumptions).assign(basis="assumption", source="Countersignal model")
axes = draw_frontier(sweep, new_axes())
publish_figure(axes.figure, alt_frontier(sweep), "Lists from reaching to safe.", "png")

# %% [markdown]
# ## What if the score were another?
#
# A changed record goes through the same four steps; nothing of the old list is kept.

# %% tags=["nbval-check-output"]
changed = what_if(student, f"step2_ck={what_if_step2_ck}")
other = application_list(changed, programs, assumptions, preferences, wishes, with_range=False)
kept = len(set(found.chosen) & set(other.chosen))
print(f"match chance {other.match_chance:.3f} instead of {found.match_chance:.3f}")
print(f"{len(other.chosen)} applications, {kept} of them on the first list too")

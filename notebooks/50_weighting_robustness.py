# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which conclusions hold when the assumptions change?
#
# Weights, anchors, correlation: each number behind a list can be disputed. This page draws them all at once, moves
# each one alone, and looks for the value at which the list becomes another one. Then it does the same with a second set
# of assumptions. What is uncertain, and how far, is in section 6 of the [methods](../docs/methods-robustness.md).
#
# **Reads** students, programs, preferences and two sets of assumptions. **Writes** nothing.

# %% tags=["parameters"]
student_id: str = "S002"  # whose list, as text
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
preferences_csv: str = "data/sample/preferences.csv"  # ties and signals, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # first set of assumptions
other_assumptions_toml: str = "data/assumptions/even_weights.toml"  # the set it is held against
red_flags_weight: float = 0.25  # a weight of your own for red flags, 0.15 by the article
draws: int = 500  # lists made again for each set
seed: int = 20260915  # of the draws
sample: int = 512  # points behind the variance shares, a power of two

# %%
from analysis.report.publish import check_parameters

check_parameters()  # a parameter that is misspelled or of another type stops the run here, with one sentence

# %%
import pandas as pd

from analysis import tables
from analysis.assumptions import difference, read_assumptions
from analysis.figures.acceptability import alt_acceptability, draw_acceptability
from analysis.figures.sobol_bars import alt_sobol_bars, draw_sobol_bars
from analysis.figures.style import apply, new_axes
from analysis.figures.tornado import alt_tornado, draw_tornado
from analysis.model.choice.application_list import application_list
from analysis.model.sensitivity import (
    acceptability_changes,
    close_calls,
    first_places,
    list_flips,
    list_tornado,
    match_variance,
    order_flips,
    resampled,
    student_case,
)
from analysis.paths import from_root
from analysis.report.publish import publish_figure
from analysis.text import sentence
from analysis.text.labels import input_label
from analysis.views.robustness import charted

# %%
apply()
student = tables.read_student(from_root(students_csv), student_id)
programs = tables.read_programs(from_root(programs_csv))
preferences = tables.read_if_given("preferences", preferences_csv)
assumptions = read_assumptions(assumptions_toml)

# %% [markdown]
# ## The list as assumed
#
# The student's own list, as `pick` and the report have it, signals included. `case` is that list as a function of every
# uncertain input. Change a step here and run the rest again.

# %%
found = application_list(student, programs, assumptions, preferences, with_range=False)
case = student_case(found, assumptions)
base = case.base_list()
(chance,) = case.match_chances(case.inputs.base())

# %% tags=["nbval-check-output"]
listed = found.problem.programs.iloc[base][["program_id", "program_name", "program_type"]].reset_index(drop=True)
print(f"{len(base)} programs; match chance {chance:.0%}")
listed["signal"] = list(case.base.values())
listed.head(10)

# %% [markdown]
# What is uncertain, and over which range one input alone is moved:

# %% tags=["nbval-check-output"]
pd.DataFrame(case.inputs.ranges(), index=["low", "base", "high"]).T.round(3)

# %% [markdown]
# ## Does the list stay the same list?
#
# The list is made again for every draw. Dark cells: the program is taken at that place in many draws. The first
# place goes to the application that is worth most by itself, each next one to the most valuable beside those taken.

# %%
drawn = case.inputs.drawn(draws, seed)
lists = resampled(case, drawn)
title = sentence("findings/acceptability", least=lists.least_kept, listed=len(base), draws=len(lists.draws))
places = charted(lists.often_chosen(40), from_root(programs_csv), assumptions_toml)
axes = draw_acceptability(places, new_axes(), title=title)
publish_figure(axes.figure, alt_acceptability(places, title=title), title, "png")

# %% [markdown]
# Programs on the list that the fewest draws choose:

# %% tags=["nbval-check-output"]
lists.programs.query("in_base_list").sort_values("selection_acceptability").head(8).round(2)

# %% [markdown]
# Where the signals go: the share of the draws in which a program gets one.

# %% tags=["nbval-check-output"]
lists.signals.query("share >= 0.2").round(2)

# %% [markdown]
# ## And does it matter if it does not?
#
# *Regret* is what this list gives up, in units of utility and after the price, against the list made for a draw; *beyond chance* is
# the overlap that is left when what lists drawn by lot would share is taken off.

# %% tags=["nbval-check-output"]
lists.draws[["kept", "overlap", "beyond_chance", "kendall_tau", "regret"]].describe().loc[["mean", "min", "50%", "max"]].round(4)

# %% [markdown]
# ## Who comes first, and who is close?
#
# One application at a time: its chance of a match times what the match is worth to the student. The central weights of a
# program are the mean of the weights under which it comes first: who weighs like that would choose it.

# %% tags=["nbval-check-output"]
firsts = first_places(case, drawn)
print(sentence("findings/firsts", firsts=firsts.to_dict("records")))
firsts.round(2)

# %% [markdown]
# For each program of the list, the one left off that it beats least often. Near one half the two are as good as each other,
# and the student may choose; under one half the listed one earns its place beside the others, not by itself.

# %% tags=["nbval-check-output"]
calls = close_calls(case, drawn)
print(sentence("findings/close_calls", close_calls=calls.to_dict("records")))
calls.head(8).round(2)

# %% [markdown]
# ## Where does the uncertainty of the match chance come from?
#
# The list is held, the inputs vary. *Alone* is the share of the variance that would go if this input were known; *with others*
# what would stay if all the others were. The five weights stand there one by one and together.

# %%
variance = match_variance(case, sample, seed)
title = sentence("findings/variance", shares=variance.to_dict("records"))
shares = charted(variance, from_root(programs_csv), assumptions_toml)
axes = draw_sobol_bars(shares, new_axes(), title=title)
publish_figure(axes.figure, alt_sobol_bars(shares, title=title), title, "png")

# %% tags=["nbval-check-output"]
variance.round(2).replace(-0.0, 0.0)

# %% [markdown]
# ## How far does one input alone move it?
#
# Each bar runs over the input's own range, from its 5% to its 95% point; a weight that moves rescales the others.

# %%
moved = list_tornado(case)
title = sentence("findings/tornado", bars=moved.to_dict("records"))
bars = charted(moved, from_root(programs_csv), assumptions_toml)
axes = draw_tornado(bars, new_axes(), title=title)
publish_figure(axes.figure, alt_tornado(bars, title=title), title, "png")

# %% [markdown]
# Within one specialty the weights of clerkships, letters and research shift every program alike and change a list only
# through its level. Step 2 CK is weighed against each program's own applicants and red flags against its tolerance: those two
# can reorder the list. The anchors hold exactly at the article's weights only: the penalty of a flag scales with
# the weight of red flags.

# %% [markdown]
# ## What would have to be true for the list to change?
#
# For each input, the nearest value at which the list is another one, and which programs then leave and enter. Empty: it
# stays the same over the whole range.

# %% tags=["nbval-check-output"]
flips = list_flips(case, int(assumptions.value("robustness.flip_steps")))
print(sentence("findings/flips", flips=flips.to_dict("records")))
flips.round(3)

# %% [markdown]
# One program that changes places with its neighbor is a flip: read who leaves and who enters, and what would be
# lost by listing both. The order of the interview chances changes sooner than the list; for programs that are open to
# everyone and below the highest chance, the share of a weight at which two of them change places has a closed form:

# %% tags=["nbval-check-output"]
order_flips(case).round(3)

# %% [markdown]
# ## Your own weight: which conclusions hold?
#
# `with_set` changes one assumption, as `--set` does on the command line; the other weights are rescaled. The list is made
# again and held against the first one: do the same programs stay, does the first list lose much, and does the same input
# still move the match chance most? A list is made for its worth to the student, wishes included, so the one made for your
# weight need not have the higher match chance.

# %% tags=["nbval-check-output"]
own_set = assumptions.with_set([f"weights.red_flags={red_flags_weight}"])
own_case = student_case(application_list(student, programs, own_set, preferences, with_range=False), own_set)
own_list = own_case.base_list()
(as_it_was,) = own_case.match_chances(own_case.inputs.base(), case.base)
(made_again,) = own_case.match_chances(own_case.inputs.base())
print(f"{len({*base} & {*own_list})} of {len(base)} programs stay on the list")
print(f"under your weight the first list has a match chance of {as_it_was:.1%}, the one made for it {made_again:.1%}")
print(f"moves it most: {input_label(moved['input'].iloc[0])}; under your weight, {input_label(list_tornado(own_case)['input'].iloc[0])}")

# %% [markdown]
# ## And under the other assumptions?
#
# A whole set against another. First, what differs:

# %% tags=["nbval-check-output"]
other_set = read_assumptions(other_assumptions_toml)
pd.DataFrame(difference(assumptions, other_set), columns=["assumption", "first", "second"])

# %% [markdown]
# The same heat map and the same variance shares, for lists made under the second set:

# %%
other_found = application_list(student, programs, other_set, preferences, with_range=False)
other_case = student_case(other_found, other_set)
other_lists = resampled(other_case, other_case.inputs.drawn(draws, seed))
title = sentence("findings/acceptability", least=other_lists.least_kept, listed=len(other_lists.base), draws=len(other_lists.draws))
places = charted(other_lists.often_chosen(40), from_root(programs_csv), other_assumptions_toml)
axes = draw_acceptability(places, new_axes(), title=title)
publish_figure(axes.figure, alt_acceptability(places, title=title), title, "png")

# %%
variance = match_variance(other_case, sample, seed)
title = sentence("findings/variance", shares=variance.to_dict("records"))
shares = charted(variance, from_root(programs_csv), other_assumptions_toml)
axes = draw_sobol_bars(shares, new_axes(), title=title)
publish_figure(axes.figure, alt_sobol_bars(shares, title=title), title, "png")

# %% [markdown]
# The programs whose place on the list changes most between the two sets, as shares of the draws that choose them:

# %% tags=["nbval-check-output"]
acceptability_changes(lists, other_lists).head(10).round(2)

# %% [markdown]
# A raw survey as the source of the weights, with its own sampling error: `surveyed_weights` in
# `analysis.model.sensitivity`, and `countersignal robustness ID --survey FILE`.

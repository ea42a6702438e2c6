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
# of assumptions. What is uncertain, and how far, is in section 6 of the [methods](../docs/methods.md).
#
# **Reads** students, programs, preferences and two sets of assumptions. **Writes** nothing.

# %% tags=["parameters"]
student_id: str = "S002"  # whose list
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
preferences_csv: str = "data/sample/preferences.csv"  # ties and signals, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # first set of assumptions
other_assumptions_toml: str = "data/assumptions/even_weights.toml"  # the set it is held against
responses_csv: str = ""  # a raw survey whose weights and sampling error are taken, empty for none
draws: str = "500"  # lists made again for each set
seed: str = "20260915"  # of the draws

# %%
import pandas as pd

from analysis.answers.robustness import charted, findings, flip_rows, student_bench
from analysis.assumptions import difference, read_assumptions
from analysis.figures.acceptability import alt_acceptability, draw_acceptability
from analysis.figures.sobol_bars import alt_sobol_bars, draw_sobol_bars
from analysis.figures.style import new_axes
from analysis.figures.tornado import alt_tornado, draw_tornado

# %%
from analysis.model.sensitivity import acceptability_changes
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %%
preferences = preferences_csv and from_root(preferences_csv)
files = [from_root(students_csv), from_root(programs_csv), preferences]
responses = responses_csv and from_root(responses_csv)
sizes = {"draws": int(draws), "seed": int(seed), "responses_csv": responses}
bench = student_bench(student_id, *files, assumptions_toml, **sizes)
said = findings(bench)

# %% [markdown]
# ## Does the list stay the same list?
#
# The list is made again for every draw. Dark cells: the program is taken at that place in many draws. The first
# place goes to the application that is worth most by itself, each next one to the most valuable beside those taken.

# %%
places = charted(bench.lists.often_chosen(40), files[1], assumptions_toml)
axes = draw_acceptability(places, new_axes(), title=said[0])
publish_figure(axes.figure, alt_acceptability(places, title=said[0]), said[0], "png")

# %% [markdown]
# Programs on the list that the fewest draws choose:

# %% tags=["nbval-check-output"]
listed = bench.lists.programs.query("in_base_list").sort_values("selection_acceptability")
print(listed.head(8).to_string(index=False, float_format="{:.2f}".format))

# %% [markdown]
# ## Who comes first, and who is close?
#
# One application at a time: its chance of a match times what the match is worth to the student. The central weights of a
# program are the mean of the weights under which it comes first: who weighs like that would choose it.

# %% tags=["nbval-check-output"]
print(said[4])
print(bench.firsts.round(2).to_string(index=False))

# %% [markdown]
# For each program of the list, the one left off that it beats least often. Near one half the two are as good as each other,
# and the student may choose; under one half the listed one earns its place beside the others, not by itself.

# %% tags=["nbval-check-output"]
print(said[5])
print(bench.contests.head(8).round(2).to_string(index=False))

# %% [markdown]
# ## Where does the uncertainty of the match chance come from?
#
# The list is held, the inputs vary. *Alone* is the share of the variance that would go if this input were known; *with others*
# what would stay if all the others were. The five weights stand there one by one and together.

# %%
shares = charted(bench.variance, files[1], assumptions_toml)
axes = draw_sobol_bars(shares, new_axes(), title=said[1])
publish_figure(axes.figure, alt_sobol_bars(shares, title=said[1]), said[1], "png")

# %% tags=["nbval-check-output"]
print(bench.variance.round(2).replace(-0.0, 0.0).to_string(index=False))

# %% [markdown]
# ## How far does one input alone move it?
#
# Each bar runs over the input's own range, from its 5 % to its 95 % point; a weight that moves rescales the others.

# %%
bars = charted(bench.tornado, files[1], assumptions_toml)
axes = draw_tornado(bars, new_axes(), title=said[2])
publish_figure(axes.figure, alt_tornado(bars, title=said[2]), said[2], "png")

# %% [markdown]
# Within one specialty the weights of clerkships, letters and research shift every program alike and change a list only
# through its level. Step 2 CK is weighed against each program's own applicants and red flags against its tolerance: those two
# can reorder the list. The anchors hold exactly at the article's weights only: the penalty of a flag scales with
# the weight of red flags.

# %% [markdown]
# ## What would have to be true for the list to change?

# %% tags=["nbval-check-output"]
print(said[3])
print(flip_rows(bench).round(3).to_string(index=False, na_rep="does not flip"))

# %% [markdown]
# One program that changes places with its neighbour is a flip: read who leaves and who enters, and what would be
# lost by listing both. The order of the interview chances changes sooner than the list; for programs that are open to
# everyone and below the highest chance, the share of a weight at which two of them change places has a closed form:

# %% tags=["nbval-check-output"]
columns = ["input", "base", "low", "high", "flip_value", "falls", "rises"]
print(bench.order_flips[columns].round(3).to_string(index=False, na_rep="does not flip"))

# %% [markdown]
# ## And under the other assumptions?

# %% tags=["nbval-check-output"]
own, other_set = read_assumptions(assumptions_toml), read_assumptions(other_assumptions_toml)
print(pd.DataFrame(difference(own, other_set), columns=["assumption", "first", "second"]).to_string(index=False))

# %%
other = student_bench(student_id, *files, other_assumptions_toml, **sizes)
said = findings(other)
places = charted(other.lists.often_chosen(40), files[1], other_assumptions_toml)
axes = draw_acceptability(places, new_axes(), title=said[0])
publish_figure(axes.figure, alt_acceptability(places, title=said[0]), said[0], "png")

# %%
shares = charted(other.variance, files[1], other_assumptions_toml)
axes = draw_sobol_bars(shares, new_axes(), title=said[1])
publish_figure(axes.figure, alt_sobol_bars(shares, title=said[1]), said[1], "png")

# %% [markdown]
# The programs whose place on the list changes most between the two sets, as shares of the draws that choose them:

# %% tags=["nbval-check-output"]
print(*said, sep="\n")
changes = acceptability_changes(bench.lists, other.lists)
print(changes.head(10).to_string(index=False, float_format="{:.2f}".format))

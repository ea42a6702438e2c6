# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # In the season: where do I stand, and what do I do next?
#
# Some programs have answered, others are silent. This notebook takes one student's answers so far and works out the match
# chance today, which programs to write to, whether one more interview is worth its cost, and which rank order to submit.
# The method is under *In the season* in the [methods](../docs/methods-list.md).
#
# **Reads** students, programs, preferences, the season so far (`offers.csv`) and one set of assumptions. **Writes**
# nothing. The sample is synthetic.

# %% tags=["parameters"]
student_id: str = "S002"  # whose season
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
offers_csv: str = "data/sample/offers.csv"  # what programs have answered so far
preferences_csv: str = ""  # wishes, ties and signals, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions

# %%
import pandas as pd

from analysis.assumptions import read_assumptions
from analysis.figures.applications_curve import alt_applications_curve, draw_applications_curve
from analysis.figures.style import apply, new_axes
from analysis.model.choice.season import ranked_outcome
from analysis.paths import from_root
from analysis.report.publish import publish_figure
from analysis.views.scorecard import CURVE, CURVE_SOURCE
from analysis.views.season import season

apply()
assumptions = read_assumptions(assumptions_toml)
files = [from_root(students_csv), from_root(programs_csv), from_root(offers_csv), preferences_csv]
answer = season(student_id, *files, assumptions_toml)
found, record = answer.found, answer.record()

# %% [markdown]
# ## The answer
#
# What `countersignal season` prints. The sections below take it apart.

# %% tags=["nbval-check-output"]
print("\n".join(record["sentences"]))

# %% [markdown]
# ## 1. What has been said so far
#
# One row an application. `interview_chance_before` is the chance when the list was made; `interview_chance` is today's.

# %% tags=["nbval-check-output"]
sent = found.programs
print(sent["status"].value_counts().to_string())

# %%
columns = ["program_id", "status", "interview_chance_before", "interview_chance", "match_gain"]
sent[columns].round(3)

# %% [markdown]
# ## 2. What these answers say of the silent programs
#
# All programs read the same file, so an invitation makes the others likelier and a refusal makes them less likely. On top,
# a program that is still silent has sent some of its invitations to others already: by our assumption
# `interviews.still_to_come` is the share that is left. Here are both effects at the silent programs.

# %% tags=["nbval-check-output"]
silent = sent[sent["status"] == "silent"].set_index("program_id")
left = assumptions.value("interviews.still_to_come")
before = silent["interview_chance_before"]
alone = before * left / (1 - before * (1 - left))
effects = pd.DataFrame({"before": before, "silence alone": alone, "today": silent["interview_chance"]})
print(effects.to_string(float_format="{:.2f}".format))

# %% [markdown]
# `silence alone` counts the waiting and nothing else; the step from there to `today` is what the other programs' answers
# add or take away.
#
# ## 3. The match chance: before, in hand, today

# %% tags=["nbval-check-output"]
print(f"when the applications were sent {found.match_chance_before:.3f}")
print(f"of the {found.interviews} interviews in hand alone {found.match_chance_in_hand:.3f}")
print(f"today {found.match_chance:.3f}")

# %% [markdown]
# The interviews in hand alone follow the curve of match chance by number of interviews. Its published points are beside
# the model's.

# %%
curve = found.curve[found.curve["interviews"] > 0].assign(basis="assumption", source=CURVE_SOURCE)
marked = {"recommended": found.interviews, "by": "interviews"}
axes = draw_applications_curve(
    curve, new_axes(), **marked, mark="in hand", axis="Interviews"
)
alt = alt_applications_curve(curve, **marked)
publish_figure(axes.figure, alt, "Match chance by the number of interviews.", "png")

# %% tags=["nbval-check-output"]
model = found.curve.set_index("interviews")["match_chance"].loc[list(CURVE)]
beside = pd.DataFrame({"model": model, "published": pd.Series(CURVE)})
print(beside.to_string(float_format="{:.2f}".format))
print(f"published: {CURVE_SOURCE}")

# %% [markdown]
# ## 4. Where may a letter help most?
#
# A letter of interest moves a chance most where it is neither near 0 nor near 1. The order is what an interview would add,
# times `p (1 - p)`: how much the chance moves for a small push on the log-odds scale. How large the push is we do not
# know; the order does not depend on it.

# %% tags=["nbval-check-output"]
letters = sent[sent["write"] > 0].sort_values("write").head(5).set_index("program_id")
push = letters["match_gain"] * letters["interview_chance"] * (1 - letters["interview_chance"])
shown = letters[["interview_chance", "match_gain"]].assign(moves=push)
print(shown.to_string(float_format="{:.4f}".format))

# %% [markdown]
# ## 5. Is one more interview worth accepting?
#
# What it adds to the match chance, times what a match is worth by our assumption, against what an interview costs.

# %% tags=["nbval-check-output"]
worth = found.one_more_gain * assumptions.value("list.worth_of_match_usd")
cost = assumptions.value("interviews.cost_usd")
print(f"one more interview adds {100 * found.one_more_gain:.1f} points to the match chance")
print(f"worth ${worth:.0f} by our assumption of what a match is worth, for about ${cost:.0f} in travel and time")
print("accept" if found.accept_more else "may be declined")

# %% [markdown]
# ## 6. Which rank order to submit, and why gaming it cannot help
#
# The same interviews, ranked by true preference and in the reverse order. The match chance is the same to the last digit:
# the Match goes down the order until a program wants the student, so some program is found in either case. What changes
# is which one.

# %% tags=["nbval-check-output"]
true_order = ranked_outcome(found, found.rank_order)
reversed_order = ranked_outcome(found, found.rank_order[::-1])
shares = true_order.merge(reversed_order, on=["program_id", "preference"], suffixes=("_true", "_reversed"))
print(shares.to_string(index=False, float_format="{:.3f}".format))
totals = shares[["match_share_true", "match_share_reversed"]]
print("match chance", totals.sum().round(3).to_dict())
print("mean preference of where it ends", totals.mul(shares["preference"], axis=0).sum().round(3).to_dict())

# %% [markdown]
# ## 7. How much hangs on what we assume?
#
# The share of invitations that is still to come is our assumption; the office knows its specialty's calendar better.

# %% tags=["nbval-check-output"]
late = season(student_id, *files, assumptions_toml, ["interviews.still_to_come=0.1"]).found
early = season(student_id, *files, assumptions_toml, ["interviews.still_to_come=0.9"]).found
print(f"a tenth still to come: {late.match_chance:.3f}")
print(f"half still to come:    {found.match_chance:.3f}")
print(f"nine tenths to come:   {early.match_chance:.3f}")

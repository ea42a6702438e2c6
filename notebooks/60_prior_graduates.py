# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What do our own graduates say?
#
# The chances in a report begin with an illustration and with assumptions. An office that keeps its outcomes can
# hold them against what happened, and let its own graduates move them. This page learns from all years but the
# last, scores the last, and says when there are too few to tell. How is in section 7 of the
# [methods](../docs/methods.md).
#
# **Reads** past applications, programs, the class and a set of assumptions. **Writes** nothing; the command
# `countersignal backtest` writes the learned set.

# %% tags=["parameters"]
graduates_csv: str = "data/sample/graduates.csv"  # past applications with their outcomes
programs_csv: str = ""  # the programs, empty for a typical one of each type
mapping_toml: str = ""  # column mapping of an own export, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # what is believed beforehand
students_csv: str = "data/sample/students.csv"  # the class
student_id: str = "S001"  # whose like is looked for
flag: str = ""  # red flag held against Step 2 CK, empty for the commonest
form: str = ""  # what the file holds: applications, interviews or matched; empty looks at it

# %%
from analysis.figures.chance_by_score import alt_chance_by_score, draw_chance_by_score
from analysis.figures.reliability import alt_reliability, draw_reliability
from analysis.figures.style import new_axes
from analysis.report.publish import publish_chart, publish_figure
from analysis.text import sentence
from analysis.views.backtest import backtest
from analysis.views.graduates import graduates_like_table

# %%
answer = backtest(graduates_csv, programs_csv, mapping_toml, assumptions_toml, form=form)
found = answer.result

# %% [markdown]
# ## How far does a high Step 2 outweigh this flag, in our own data?
#
# The applications that the graduates sent, as if all had one score, once with the flag and once without any. What
# lies between the lines is what the flag costs; where they come together, the score outweighs it. With fewer than
# ten graduates nothing is shown.

# %%
shown = answer.flag_shown(flag)
curves = answer.by_score(shown)
title = sentence("findings/flag_by_score", curves=curves.to_dict("records"), flag=shown)
drawing = (new_axes(), draw_chance_by_score, alt_chance_by_score, title, "png")
publish_chart(curves, *drawing, title=title)

# %% [markdown]
# ## Is there enough to tell?
#
# "Better" takes the interval of the skill over the old numbers, "worse" that of a rival's lead. Warnings name columns
# that seem to have been filled in afterwards, and applications that could not be used.

# %% tags=["nbval-check-output"]
print(answer.verdict())
print(*found.reasons, sep="\n")
print(f"{found.n_applicants} graduates with {found.n_applications} applications scored,")
print(f"{found.n_learned_from} graduates learned from, years {found.years[0]} to {found.years[-1]}")

# %% [markdown]
# ## How good were the chances?
#
# Skill is the share of the loss that goes away: 0 is no better than the reference, below 0 is worse. A slope
# below 1 says that chances were too extreme. The calibration error of a perfect model is not 0 but what luck
# makes it, printed beneath. Intervals come from drawing graduates, not applications: the answers to one person
# come together.

# %% tags=["nbval-check-output"]
print(found.statistics.round(2).to_string())
print(
    f"calibration error of a perfect model on these applications: "
    f"{found.calibration_error_by_luck:.2f}"
)

# %% [markdown]
# The same applications predicted in four ways. A plain logistic regression is the honest rival: where it wins, the
# verdict says so, and the learned set is not for use.

# %% tags=["nbval-check-output"]
print(answer.yardstick().to_string(index=False))

# %% [markdown]
# ## Did 40% happen in 40 of 100?
#
# Each dot: applications whose chance lay in one tenth. The band is where the rate of a perfect model falls in
# nine of ten years. Tenths with fewer than ten graduates show no numbers.

# %%
bins = answer.reliability()
title = sentence("findings/reliability", bins=bins.to_dict("records"))
axes = draw_reliability(bins, new_axes(), title=title)
publish_figure(axes.figure, alt_reliability(bins, title=title), title, "png")

# %% tags=["nbval-check-output"]
print(found.bins.query("not suppressed").drop(columns="suppressed").round(2).to_string(index=False))

# %% [markdown]
# ## Would a shorter list have done?
#
# Share of graduates with an interview among the first so many of their own applications: in the order in which
# the list would have taken them, and simply by chance. Only what was sent can be scored. A list is made for the
# match and not for the first interview, so an order by chance alone may hold more interviews.

# %%
print(found.lists.round(2).to_string(index=False))

# %% [markdown]
# ## What was believed, and what the graduates say
#
# Old beside new, with the 90% interval and how many graduates stand behind it. Where there are too few, the
# old number stays or moves with the level alone.

# %%
print(answer.old_and_new().to_string(index=False, na_rep="-", float_format="{:.3f}".format))

# %% [markdown]
# ## Graduates like one student
#
# The nearest by what is known of both: scores and shares by distance, words by sameness, flags by overlap. Ten
# at least and twenty-five at most; nobody's own row is ever shown.

# %% tags=["nbval-check-output"]
like = graduates_like_table(student_id, students_csv, graduates_csv, assumptions_toml, mapping_toml)
print(*like.agg(": ".join, axis=1), sep="\n")

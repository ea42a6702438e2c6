# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What do program directors weigh, and how much of it is Step 2 CK?
#
# Since Step 1 is pass/fail, Step 2 CK is the number that applications are sorted by. It is one part of the picture
# among others.
#
# **Reads** one factor-importance table, one raw survey of program directors and one set of assumptions. **Writes** nothing.

# %% tags=["parameters"]
importance_csv: str = "data/article/factor_importance.csv"  # see data/README.md
responses_csv: str = "data/sample/pd_responses.csv"  # a raw survey, one row per respondent
specialty: str = "Internal Medicine"  # whose respondents
other_specialty: str = "Psychiatry"  # who stands beside them
directors_asked: int = 150  # how many of each were asked, for the response rate
assumptions_toml: str = "data/assumptions/default.toml"  # the weights in force, and what the survey's take the place of

# %%
from analysis.report.publish import check_parameters

check_parameters()  # a parameter that is misspelled or of another type stops the run here, with one sentence

# %%
import pandas as pd
import seaborn as sns

from analysis import tables
from analysis.assumptions import factor_components, read_assumptions
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.style import Margins, apply, laid_out, new_axes, provenance
from analysis.figures.survey_table import alt_survey_table, draw_survey_table
from analysis.model.survey import (
    component_weights,
    factor_ratings,
    survey_assumptions,
    weights_in_force,
)
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %%
apply()
assumptions = read_assumptions(assumptions_toml)
importance = tables.read_factor_importance(from_root(importance_csv))
responses = tables.read_pd_responses(from_root(responses_csv))

# %% [markdown]
# ## The factors, as the file gives them
#
# One bar per factor, from `importance_csv`. The article's five add up to 100%, so a bar is a share of the whole.

# %%
axes = draw_factor_importance(importance, new_axes())
publish_figure(axes.figure, alt_factor_importance(importance), "How much program directors weigh each factor.", "png")

# %% tags=["nbval-check-output"]
importance[["factor", "importance", "basis", "source"]]

# %% [markdown]
# ## The weights in force
#
# What the model counts with. Where a file of assumptions has other weights than the article, diamonds show the article's.

# %%
weights = weights_in_force(assumptions)
axes = draw_factor_importance(weights, new_axes(), title="The weights in force")
publish_figure(axes.figure, alt_factor_importance(weights), "The weights that the model counts with.", "png")

# %% tags=["nbval-check-output"]
weights[["label", "importance", "article_importance", "basis"]].round(1)

# %% [markdown]
# ## A survey, as such surveys are published
#
# Blank means not cited, 1 to 5 how important. Each row has the share that cites a factor and, among those, the mean
# importance. Cells with fewer than ten respondents show no numbers.

# %%
ratings = factor_ratings(responses, assumptions, specialty, directors_asked)
beside = factor_ratings(responses, assumptions, other_specialty, directors_asked)
both = pd.concat([ratings, beside], ignore_index=True).assign(interval="95% interval (Wilson)")
axes = draw_survey_table(both, new_axes())
publish_figure(axes.figure, alt_survey_table(both), "Percent citing each factor, two specialties side by side.", "png")

# %% tags=["nbval-check-output"]
shown = ["percent_citing", "citing_low", "citing_high", "mean_importance", "n", "response_rate"]
both.set_index(["specialty", "factor"])[shown].round(2)

# %% [markdown]
# ## From the survey to weights
#
# Three stated ways to turn a survey into the model's five weights, side by side. None is right by itself; if a conclusion
# changes between them, it hangs on the way and not on the survey.

# %% tags=["nbval-check-output"]
from_survey = component_weights(ratings, factor_components())
from_survey.drop(columns="factors").set_index("component").round(3)

# %% tags=["nbval-check-output"]
print("without a component:", *from_survey.attrs["unmapped"], sep="\n  ")
print("cited by too few:", *from_survey.attrs["suppressed"], sep="\n  ")

# %% [markdown]
# ## A chart of your own
#
# Any seaborn or matplotlib chart can be drawn on `new_axes()`. `laid_out` gives it the look of the others: a title, and a
# footer that says whose numbers these are. Here, one dot for each way from the survey to a weight.

# %%
ways = from_survey.melt("component", ["cited_times_mean", "mean_among_citing", "rank_order_centroid"], "way", "weight")
axes = sns.stripplot(ways, x="weight", y="component", hue="way", jitter=False, palette="colorblind", ax=new_axes())
axes.set(xlabel="Weight", ylabel="", xlim=(0, 0.5))
margins = Margins(height=160, left=80, right=12, below=40)
laid_out(axes, title="Three ways from one survey to five weights", footer=provenance(ratings), margins=margins)
alt = "Dots: each component's weight in three ways. The numbers are in the table above."
publish_figure(axes.figure, alt, "One dot for each way.", "png")

# %% [markdown]
# ## A factor of your own
#
# A factor counts once it belongs to one of the five components. `data/assumptions/factors.toml` says to which; here one
# of the factors without a component is given one. A component is rated as the mean of its factors, so one that few cite pulls
# it down, and the other shares rise. To keep the change, add the factor's name to that file. Is an away rotation part of the
# clerkships? Change the word and see.

# %% tags=["nbval-check-output"]
mine = {**factor_components(), "away rotation in the department": "clerkships"}
with_mine = component_weights(ratings, mine).set_index("component")
before = from_survey.set_index("component")["cited_times_mean"]
pd.DataFrame({"before": before, "with it": with_mine["cited_times_mean"]}).round(3)

# %% [markdown]
# ## The survey's weights beside the article's
#
# The same bars as above, for the survey's weights. `countersignal assumptions new mine.toml --survey FILE` writes the whole set.

# %%
source = ratings["source"].iloc[0]
of_survey = survey_assumptions(assumptions, from_survey, source=source)
weights = weights_in_force(of_survey).assign(basis=ratings["basis"].iloc[0])
axes = draw_factor_importance(weights, new_axes(), title=f"Weights from the survey: {specialty}")
publish_figure(axes.figure, alt_factor_importance(weights), "The survey's weights beside the article's.", "png")

# %% [markdown]
# A weight means nothing without the range that it swings over: thirty percent of the whole for Step 2 CK is the
# distance from the lowest to the highest score that counts, not from one score to the next. The model's ranges
# are named in [methods](../docs/methods.md).

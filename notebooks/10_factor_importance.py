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
# Since Step 1 is pass/fail, Step 2 CK is the number that applications are sorted by. It is still one part of
# the picture among others.
#
# **Reads** one factor-importance table and one raw survey of program directors. **Writes** nothing.

# %% tags=["parameters"]
importance_csv: str = "data/article/factor_importance.csv"  # see data/README.md

responses_csv: str = "data/sample/pd_responses.csv"  # a raw survey, one row a respondent
specialty: str = "Internal Medicine"  # whose respondents
directors_asked: str = "150"  # how many of them were asked, for the response rate
assumptions_toml: str = "data/assumptions/default.toml"  # what the survey's weights take the place in

# %%
from analysis import tables
from analysis.assumptions import factor_components, read_assumptions
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.style import apply, new_axes
from analysis.model.survey import component_weights, factor_ratings, survey_assumptions
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %% [markdown]
# ## The factors, as the file gives them

# %%
apply()
importance = tables.read_factor_importance(from_root(importance_csv))
axes = draw_factor_importance(importance, new_axes())
alt = alt_factor_importance(importance)
publish_figure(axes.figure, alt, "How much program directors weigh each factor.", "png")

# %% [markdown]
# ## The same in numbers

# %% tags=["nbval-check-output"]
print(importance[["factor", "importance", "basis"]].to_string(index=False))

# %% [markdown]
# ## From a raw survey to weights
#
# Blank means not cited, 1 to 5 how important. The bars are the share that cites a factor times its mean importance, with
# intervals; cells with fewer than ten respondents are left out and named.

# %%
assumptions = read_assumptions(assumptions_toml)
responses = tables.read_pd_responses(from_root(responses_csv))
ratings = factor_ratings(responses, assumptions, specialty, int(directors_asked))
rated = ratings.assign(source="synthetic survey, made up", basis="synthetic")
title = f"A survey of program directors, {specialty} (made up)"
unit = "Share citing times mean importance (0 to 5)"

# %%
axes = draw_factor_importance(rated, new_axes(), title=title, unit=unit)
alt = alt_factor_importance(rated, title=title)
publish_figure(axes.figure, alt, "Share citing times mean importance, with intervals.", "png")

# %% tags=["nbval-check-output"]
columns = ["factor", "n", "response_rate", "percent_citing", "citing_low", "citing_high", "mean_importance"]
print(ratings[columns].to_string(index=False, float_format="{:.2f}".format))

# %% [markdown]
# Three stated ways to turn that into the model's five weights, side by side. None is right by itself; if a conclusion
# changes between them, it hangs on the way and not on the survey.

# %% tags=["nbval-check-output"]
weights = component_weights(ratings, factor_components())
print(weights.drop(columns="factors").to_string(index=False, float_format="{:.3f}".format))
print("left out:", weights.attrs["unmapped"], "suppressed:", weights.attrs["suppressed"])

# %% tags=["nbval-check-output"]
of_survey = survey_assumptions(assumptions, weights, source="synthetic survey, made up")
print("assumptions with these weights:", of_survey.fingerprint)

# %% [markdown]
# A weight means nothing without the range that it swings over: thirty percent of the whole for Step 2 CK is the
# distance from the lowest to the highest score that counts, not from one score to the next. The model's ranges
# are named in [methods](../docs/methods.md).

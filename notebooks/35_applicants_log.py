# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What does a log of applicants say of the season?
#
# Applicants keep logs for each other: scores, red flags, how many applications and interviews, and when the offers came.
# Who writes into a log chooses to; its numbers are those of its writers, and not of all applicants.
#
# **Reads** one table of applicants and one set of assumptions. **Writes** nothing.

# %% tags=["parameters"]
applicants_csv: str = "data/sample/applicants.csv"  # one row per applicant and specialty; see data/README.md
specialty: str = "Internal Medicine"  # whose applicants are drawn
assumptions_toml: str = "data/assumptions/default.toml"  # what the log's numbers would take the place of

# %%
from analysis.report.publish import check_parameters

check_parameters()  # a parameter that is misspelled or of another type stops the run here, with one sentence

# %%
from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.style import apply, new_axes
from analysis.model.own_season import offers_by_date, with_own_season
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %%
apply()
applicants = tables.read_applicants(from_root(applicants_csv))
own = applicants[applicants["specialty"] == specialty]

# %% [markdown]
# ## When offers come
#
# Of all interviews that these applicants were offered in the end, how many they had by each date.

# %%
dates = offers_by_date(own)
look = {"title": f"{specialty}: interviews offered by each date", "unit": "Percent of all interviews"}
axes = draw_factor_importance(dates, new_axes(), **look)
publish_figure(axes.figure, alt_factor_importance(dates, **look), "Interview offers by date.", "png")

# %% tags=["nbval-check-output"]
dates[["factor", "importance", "n"]].round(1)

# %% [markdown]
# ## Applications and interviews
#
# Middle values by degree.

# %% tags=["nbval-check-output"]
middle = own.groupby("degree")[["applications", "interviews"]].median()
middle.assign(applicants=own["degree"].value_counts())

# %% [markdown]
# ## Numbers of the season
#
# Means over at least ten applicants. `countersignal assumptions new mine.toml --applicants FILE` writes a whole set of
# assumptions with them; `--programs FILE` adds the shares of applicants and signals that a programs table has.

# %% tags=["nbval-check-output"]
_, said = with_own_season(read_assumptions(assumptions_toml), None, applicants, applicants_source=applicants_csv)
print(*said, sep="\n")

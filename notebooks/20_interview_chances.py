# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which red flags does a high Step 2 CK outweigh?
#
# None of them is erased. How much is left of the chance of an interview depends on the flag, and, in the second
# chart, on the specialty and the program.
#
# **Reads** one table of interview chances, the article's two tables of words and one set of assumptions. **Writes** nothing.

# %% tags=["parameters"]
chances_csv: str = "data/article/interview_chances.csv"  # see data/README.md
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions
step2_ck: float = 250.0  # the score that the second chart is drawn for
competitiveness: str = "moderate"  # class of the specialty, ultra or moderate or less
program_type: str = "community"  # type of program, by its code

# %%
from analysis.report.publish import check_parameters

check_parameters()  # a parameter that is misspelled or of another type stops the run here, with one sentence

# %%
import pandas as pd

from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.figures.interview_chances import alt_interview_chances, draw_interview_chances
from analysis.figures.profile_chances import alt_profile_chances, draw_profile_chances
from analysis.figures.style import apply, new_axes
from analysis.model.what_if import chances_by_flag
from analysis.paths import from_root
from analysis.report.publish import publish_figure
from analysis.text.labels import beside_article, profile_title

# %%
apply()
assumptions = read_assumptions(assumptions_toml)
chances = tables.read_interview_chances(from_root(chances_csv))

# %% [markdown]
# ## As the article has it
#
# The article calls these figures conceptual. They are the anchors of the model: the chance at one mid-tier
# academic program that reads the file, with a high score and an otherwise typical record.

# %%
axes = draw_interview_chances(chances, new_axes())
publish_figure(axes.figure, alt_interview_chances(chances), "Chance of an interview with a high Step 2 CK.", "png")

# %% tags=["nbval-check-output"]
chances[["red_flag", "interview_chance", "basis", "source"]]

# %% [markdown]
# ## The article's words for severity
#
# Its words and its chart do not agree: a Step 1 failure is "High" at 45 percent, several pre-clinical failures are
# "Moderate–High" at 35 percent. The model follows the chart.

# %% tags=["nbval-check-output"]
severity = pd.read_csv(from_root("data/article/severity_labels.csv"))
severity[["red_flag_type", "severity"]]

# %% [markdown]
# ## The same bars for another score, specialty and program
#
# The same flags at the type of program, the class of specialty and the score chosen above. The lines are the
# range of the chance when the assumptions vary together.

# %%
here = chances_by_flag(step2_ck, competitiveness, program_type, assumptions)
here = beside_article(here, chances)
title = profile_title(f"{step2_ck:g}", program_type, competitiveness)
axes = draw_profile_chances(here, new_axes(), title=title)
publish_figure(axes.figure, alt_profile_chances(here, title=title), title, "png")

# %% tags=["nbval-check-output"]
here[["label", "interview_chance", "low", "high"]].round(3)

# %% [markdown]
# ## How much a high score takes off a flag
#
# The article has a word for each class of specialty; the model needs a number, and the number is our assumption: the share
# of a minor, and of a major, flag's weight that a score at or above `relief.full` takes off.

# %% tags=["nbval-check-output"]
words = pd.read_csv(from_root("data/article/step2_relief.csv")).set_index("competitiveness")
relief = pd.Series(assumptions.group("relief")).drop(["from", "full"])
relief.index = relief.index.str.split(".", expand=True)
relief.unstack().join(words["how_much_a_high_step2_helps"]).loc[["ultra", "moderate", "less"]]

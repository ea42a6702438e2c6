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
# **Reads** one table of interview chances and one set of assumptions. **Writes** nothing.

# %% tags=["parameters"]
chances_csv: str = "data/article/interview_chances.csv"  # see data/README.md
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions
step2_ck: str = "250"  # the score that the second chart is drawn for
competitiveness: str = "moderate"  # class of the specialty, ultra or moderate or less
program_type: str = "community"  # type of program, by its code

# %%
from analysis import tables
from analysis.advice import beside_article, profile_title
from analysis.assumptions import read_assumptions
from analysis.figures.interview_chances import alt_interview_chances, draw_interview_chances
from analysis.figures.profile_chances import alt_profile_chances, draw_profile_chances
from analysis.figures.style import apply, new_axes
from analysis.model.by_flag import chances_by_flag
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %% [markdown]
# ## As the article has it
#
# The article calls these figures conceptual. They are the anchors of the model: the chance at one mid-tier
# academic program that reads the file, with a high score and an otherwise typical record.

# %%
apply()
chances = tables.read_interview_chances(from_root(chances_csv))
axes = draw_interview_chances(chances, new_axes())
alt = alt_interview_chances(chances)
publish_figure(axes.figure, alt, "Chance of an interview with a high Step 2 CK.", "png")

# %% tags=["nbval-check-output"]
print(chances[["red_flag", "interview_chance", "basis"]].to_string(index=False))

# %% [markdown]
# ## The same bars for another score, specialty and program
#
# The same flags at the type of program, the class of specialty and the score chosen above. The lines are the
# range of the chance when the assumptions vary together.

# %%
assumptions = read_assumptions(assumptions_toml)
here = chances_by_flag(float(step2_ck), competitiveness, program_type, assumptions)
here = beside_article(here, chances)
title = profile_title(step2_ck, program_type, competitiveness)
axes = draw_profile_chances(here, new_axes(), title=title)
publish_figure(axes.figure, alt_profile_chances(here, title=title), title, "png")

# %% tags=["nbval-check-output"]
columns = ["red_flag", "interview_chance", "low", "high"]
print(here[columns].to_string(index=False, float_format="{:.3f}".format))

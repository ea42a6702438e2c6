# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Red flags and a high Step 2 CK: a handout for the class
#
# **Reads** the article's figures. **Writes** nothing; `countersignal handout` turns the executed notebook into a PDF.
# Nothing here is about one student, so it may be handed to everyone.

# %% tags=["parameters"]
importance_csv: str = "data/article/factor_importance.csv"  # what program directors weigh
chances_csv: str = "data/article/interview_chances.csv"  # chances by red flag
tolerance_csv: str = "data/article/program_tolerance.csv"  # types of programs
severity_csv: str = "data/article/severity_labels.csv"  # words for how serious a flag is
relief_csv: str = "data/article/step2_relief.csv"  # how much a high score helps, by field
assumptions_toml: str = "data/assumptions/default.toml"  # its fingerprint stands in the foot of the page
report_date: str = "2026-01-06"  # date of the figures
image: str = "png"  # png to be shown by a code host, svg for print

# %%
from analysis.report.publish import check_parameters

check_parameters()

# %%
import pandas as pd

from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.interview_chances import alt_interview_chances, draw_interview_chances
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)
from analysis.figures.style import apply, new_axes
from analysis.paths import from_root
from analysis.report.publish import publish_chart, publish_identity, publish_table, publish_text
from analysis.text import render
from analysis.views.handout import handout_view

# %%
# The article's five tables.
apply()
importance = tables.read_factor_importance(from_root(importance_csv))
chances = tables.read_interview_chances(from_root(chances_csv))
types = tables.read_program_tolerance(from_root(tolerance_csv))
severity, relief = pd.read_csv(from_root(severity_csv)), pd.read_csv(from_root(relief_csv))
view = handout_view(importance, chances, types, severity, relief)
fingerprint = read_assumptions(assumptions_toml).fingerprint

# %%
# Page 1: what program directors weigh.
publish_identity(None, "Red flags and a high Step 2 CK", report_date, fingerprint, "en-US")
publish_text(render("handout/weighs", **view.weighs))
source = render("handout/source")
marks = draw_factor_importance, alt_factor_importance
publish_chart(importance, new_axes(), *marks, source, image)

# %%
# What each red flag costs, as a chart and in the article's words.
publish_text(render("handout/flags", **view.flags))
marks = draw_interview_chances, alt_interview_chances
publish_chart(chances, new_axes(), *marks, source, image)
publish_table(view.severity)

# %%
# How much a high score helps, by kind of specialty.
publish_text(render("handout/relief"))
publish_table(view.relief)

# %%
# Which programs read past a flag, and what all this is not.
publish_text(render("handout/programs", **view.programs))
marks = draw_program_risk_tolerance, alt_program_risk_tolerance
publish_chart(types, new_axes(), *marks, source, image)
publish_text(render("handout/limits"))

# %% tags=["nbval-check-output"]
# How serious the article calls each flag, beside its chance.
view.severity

# %% tags=["nbval-check-output"]
# How much a high score helps, by kind of specialty.
view.relief

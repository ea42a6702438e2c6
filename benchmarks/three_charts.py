# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Three charts
#
# Frozen: `make bench` times it in both ways, so it changes with nothing but itself.

# %% tags=["parameters"]
student_id: str = "S001"  # whose report, as text
folder: str = "data/article"  # where the article's figures lie

# %%
import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from analysis.paths import from_root
from analysis.report.publish import publish_figure, publish_identity, publish_text

mpl.rcParams["svg.hashsalt"] = "three charts"
publish_identity(student_id, f"Three charts for student {student_id}", "2026-09-15", "ab12cd34")
publish_text("## Three charts")

# %%
importance = pd.read_csv(from_root(folder) / "factor_importance.csv")
axes = Figure(layout="constrained").subplots()
bars = axes.barh(importance["factor"], importance["importance"])
axes.bar_label(bars)
publish_figure(axes.figure, "One bar a factor.", "What program directors weigh.")

# %%
chances = pd.read_csv(from_root(folder) / "interview_chances.csv")
axes = Figure(layout="constrained").subplots()
bars = axes.barh(chances["red_flag"], chances["interview_chance_percent"])
axes.bar_label(bars)
publish_figure(axes.figure, "One bar a red flag.", "How much a red flag costs.")

# %%
types = pd.read_csv(from_root(folder) / "program_tolerance.csv")
axes = Figure(layout="constrained").subplots()
axes.scatter(types["prestige"], types["red_flag_tolerance"])
axes.set(xlabel="Prestige", ylabel="Willingness")
publish_figure(axes.figure, "One point a type of program.", "Which programs read past a flag.")

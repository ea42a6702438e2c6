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
# **Reads** one factor-importance table. **Writes** nothing.

# %% tags=["parameters"]
importance_csv: str = (
    "data/article/factor_importance.csv"  # factor importance, from the project root
)

# %%
from analysis import tables
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.style import new_axes
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %% [markdown]
# ## The factors, as the file gives them

# %%
importance = tables.read_factor_importance(from_root(importance_csv))
axes = draw_factor_importance(importance, new_axes())
alt = alt_factor_importance(importance)
publish_figure(axes.figure, alt, "How much program directors weigh each factor.", "png")

# %% [markdown]
# ## The same in numbers

# %% tags=["nbval-check-output"]
print(importance[["factor", "importance", "basis"]].to_string(index=False))

# %% [markdown]
# A weight means nothing without the range that it swings over: thirty percent of the whole for Step 2 CK is the
# distance from the lowest to the highest score that counts, not from one score to the next. The model's ranges
# are named in [methods](../docs/methods.md).

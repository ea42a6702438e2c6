# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which programs are willing to read past a red flag?
#
# Prestige and willingness often pull in opposite directions. A list that holds only programs of high prestige
# holds, as a rule, few that will read on after a flag.
#
# **Reads** one table of program types and one of programs, with prestige and tolerance. **Writes** nothing.

# %% tags=["parameters"]
tolerance_csv: str = "data/article/program_tolerance.csv"  # see data/README.md
programs_csv: str = "data/sample/programs.csv"  # an office's own programs
specialty: str = "Internal Medicine"  # whose programs are drawn

# %%
from analysis.report.publish import check_parameters

check_parameters()  # a parameter that is misspelled or of another type stops the run here, with one sentence

# %%
from analysis import tables
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)
from analysis.figures.style import apply, new_axes
from analysis.paths import from_root
from analysis.report.publish import publish_figure

# %% [markdown]
# ## Types of programs
#
# The article's own table: one dot per type, prestige to the right, willingness to consider a red flag upward.

# %%
apply()
types = tables.read_program_tolerance(from_root(tolerance_csv))
axes = draw_program_risk_tolerance(types, new_axes())
caption = "Prestige and willingness to consider a red flag."
publish_figure(axes.figure, alt_program_risk_tolerance(types), caption, "png")

# %% tags=["nbval-check-output"]
types[["program_type", "prestige", "red_flag_tolerance", "basis"]]

# %% [markdown]
# ## An office's own programs of one specialty
#
# Prestige is the office's own column, with its own source; it is not taken from any ranking. More than forty programs
# are not named, since names would cover each other; the marks then say which type of program each is.

# %%
programs = tables.read_programs(from_root(programs_csv))
own = programs[programs["specialty"] == specialty]
title = f"{specialty}: prestige, and willingness to consider red flags"
axes = draw_program_risk_tolerance(own, new_axes(), title=title)
publish_figure(axes.figure, alt_program_risk_tolerance(own, title=title), title, "png")

# %% [markdown]
# How many programs of each type, and their middle values:

# %% tags=["nbval-check-output"]
middle = own.groupby("program_type")[["prestige", "red_flag_tolerance"]].median()
middle.assign(programs=own["program_type"].value_counts()).sort_values("prestige", ascending=False)

# %% [markdown]
# ## Prestige that costs no willingness
#
# Programs that no other program of the specialty beats on both scales at once:

# %% tags=["nbval-check-output"]
both = own.sort_values(["prestige", "red_flag_tolerance"], ascending=False)
before = both["red_flag_tolerance"].cummax().shift(fill_value=-1.0)
frontier = both[both["red_flag_tolerance"] > before]
frontier[["program_id", "program_name", "program_type", "prestige", "red_flag_tolerance"]]

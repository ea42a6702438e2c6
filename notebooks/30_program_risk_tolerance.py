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
# **Reads** one table of program types, or of programs, with prestige and tolerance. **Writes** nothing.

# %% tags=["parameters"]
tolerance_csv: str = "data/article/program_tolerance.csv"  # see data/README.md
programs_csv: str = "data/sample/programs.csv"  # an office's own programs

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

# %%
apply()
types = tables.read_program_tolerance(from_root(tolerance_csv))
axes = draw_program_risk_tolerance(types, new_axes())
alt = alt_program_risk_tolerance(types)
publish_figure(axes.figure, alt, "Prestige and willingness to consider a red flag.", "png")

# %% tags=["nbval-check-output"]
print(types[["program_type", "prestige", "red_flag_tolerance", "basis"]].to_string(index=False))

# %% [markdown]
# ## An office's own programs
#
# Prestige is the office's own column, with its own source; it is not taken from any ranking. With more than
# forty points, names would cover each other: only chosen ones are named, and the chart says so.

# %%
programs = tables.read_programs(from_root(programs_csv))
axes = draw_program_risk_tolerance(programs, new_axes())
alt = alt_program_risk_tolerance(programs)
publish_figure(axes.figure, alt, "The office's programs; here, the made-up sample.", "png")

# %% tags=["nbval-check-output"]
print(programs.groupby("program_type")[["prestige", "red_flag_tolerance"]].mean().round(2))

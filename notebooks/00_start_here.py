# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Where do I start? A tour in five minutes
#
# Does a high Step 2 CK erase an early failure? It does not; it is newer evidence beside the old. This tour follows one
# made-up student from a row of a file to a list of programs, and then shows three doors: advisor, office, researcher.
#
# **Reads** the sample class and programs, and one set of assumptions. **Writes** nothing.

# %% tags=["parameters"]
student_id: str = "S002"  # a student of the sample class
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions

# %% [markdown]
# ## 1. A student is one row
#
# Every table is read by a function of its own. A cell that is wrong is named with its line, its column and what was
# expected.

# %%
from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.paths import from_root

student = tables.read_student(from_root(students_csv), student_id)
programs = tables.read_programs(from_root(programs_csv))
assumptions = read_assumptions(assumptions_toml)
student[["student_id", "specialty", "step2_ck", "step1_result", "red_flags"]]

# %% [markdown]
# ## 2. What is the chance of an interview at each program?
#
# The level of a program comes from its own applicants; the record moves the chance up or down from there. `low` and `high`
# are the range as our assumptions vary; `unknown` names rules of the program that nobody has confirmed.

# %%
from analysis.model.chance import interview_chance

chances = interview_chance(student, programs, assumptions)
columns = ["program_id", "interview_chance", "low", "high", "unknown"]
chances[columns].sort_values("interview_chance", ascending=False).head(8).round(2)

# %% [markdown]
# ## 3. Which list follows?
#
# A list weighs what an application adds to the chance of a match against what it costs. The match chance counts
# that programs decide alike, because all of them read the same file.

# %%
from analysis.model.choice.application_list import application_list
from analysis.views import ListView

found = application_list(student, programs, assumptions)
plan = ListView(found, assumptions)
plan.programs[["group", "name", "chance", "low", "high", "signal"]].round(2)

# %% tags=["nbval-check-output"]
print(f"{len(plan.programs)} programs for ${found.fee_usd:.0f}: about {100 * found.match_chance:.0f} of 100 would match")
print(f"the range is {100 * found.match_chance_low:.0f} to {100 * found.match_chance_high:.0f}")

# %% [markdown]
# ## 4. Three doors
#
# | you are | open | and then |
# |---|---|---|
# | an **advisor** | `countersignal explore`, the page without code | [for advisors](../docs/for-advisors.md) |
# | the **office** | `countersignal check FILE`, then `countersignal batch` | [for the office](../docs/for-office.md) |
# | a **researcher** | [50](50_weighting_robustness.ipynb): which conclusions hold when the weights change | [for researchers](../docs/for-researchers.md), [methods](../docs/methods.md) |
#
# The charts of the article are in [10](10_factor_importance.ipynb), [20](20_interview_chances.ipynb) and
# [30](30_program_risk_tolerance.ipynb); a list step by step is in [40](40_application_list.ipynb), the season in [45](45_in_the_season.ipynb); our own graduates are
# in [60](60_prior_graduates.ipynb); the class as a whole is in [70](70_class_overview.ipynb).

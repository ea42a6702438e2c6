# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Explore a case
#
# Pick a student or type a profile, move what might be different, and see what follows: the chance of an interview,
# the application list and the chance of a match. The sample class is made up.
#
# **Reads** students, programs, preferences and one set of assumptions. **Writes** nothing but what you save. Its
# controls work while it runs: `countersignal explore`, or with code `countersignal explore --lab`.

# %% tags=["parameters"]
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
preferences_csv: str = "data/sample/preferences.csv"  # wishes, ties and signals, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions

# %%
from analysis.explorer import explore

explore(students_csv, programs_csv, preferences_csv, assumptions_toml)

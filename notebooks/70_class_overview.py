# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The class at a glance
#
# **Reads** the files named below. **Writes** nothing; `batch --overview FILE.pdf` turns the executed notebook into a
# PDF and a CSV file. Text, tables and figures published here are the page; code and prints stay behind. The equations
# are in [methods-class](../docs/methods-class.md).

# %% tags=["parameters"]
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
preferences_csv: str = "data/sample/preferences.csv"  # wishes, ties and signals, empty for none
graduates_csv: str = "data/sample/graduates.csv"  # the office's own outcomes, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions
report_date: str = ""  # date of the data, empty for the newest of the programs
show_names: bool = False  # whether names stand beside the ids
image: str = "png"  # png to be shown by a code host, svg for print

# %%
from analysis.report.publish import check_parameters

check_parameters()

# %%
from analysis.figures.class_standing import alt_class_standing, draw_class_standing
from analysis.figures.style import apply, new_axes
from analysis.inputs import date_of_data
from analysis.paths import from_root
from analysis.report.publish import (
    publish_block,
    publish_chart,
    publish_identity,
    publish_rows,
    publish_table,
    publish_text,
)
from analysis.text import render
from analysis.views.cohort import class_overview
from analysis.views.cohort_pages import class_pages

# %%
# The class and its lists, then the pages in words and tables.
apply()
files = [from_root(students_csv), from_root(programs_csv), preferences_csv, graduates_csv]
found = class_overview(*files, assumptions_toml)
pages = class_pages(found, show_names=show_names)

# %%
date = date_of_data(found.programs_read, report_date)
publish_identity(None, "The class at a glance", date, found.assumptions.fingerprint, "en-US")

# %% [markdown]
# ## Students to meet first

# %%
# Page 1: whom to meet, the highest risk on top, each with one next step.
publish_text(pages.first_words)
publish_table(pages.first, if_empty="")

# %%
# Page 2: the one picture.
publish_block("next-page", {"needed": len(pages.standing) > 0}, "")
chart = {"caption": pages.standing_caption, "image": image, "line": pages.line}
publish_chart(pages.standing, new_axes(), draw_class_standing, alt_class_standing, **chart)
publish_block("next-page", {"needed": len(pages.standing) > 0}, "")

# %% [markdown]
# ## How many will match

# %%
# Page 3: the number to expect, and by specialty.
publish_text(pages.summary)
publish_table(pages.by_specialty, if_empty="")

# %% [markdown]
# ## What the office could change

# %%
# Calls that settle most, then further applications.
publish_text(pages.calls_words)
publish_table(pages.calls, if_empty="")
publish_text(pages.change)

# %% [markdown]
# ## Programs and signals that classmates share

# %%
# Where two of the class want one place.
publish_text(pages.shared_words)
publish_table(pages.shared, if_empty="")

# %% [markdown]
# ## The other students

# %%
# Everyone with a list who does not stand on page 1.
publish_text(pages.others_words)
publish_table(pages.others, if_empty="")

# %% [markdown]
# ## Past graduates

# %%
# What became of them, beside this class.
publish_text(pages.graduates_words)
publish_table(pages.graduates, if_empty="")

# %% [markdown]
# ## What this is based on

# %%
# Files, rows left out, assumptions, limits; and the rows for a spreadsheet.
publish_table(pages.facts)
publish_table(pages.left_out, if_empty="")
publish_table(pages.rests_on)
publish_text(render("overview/limits"))
publish_rows(pages.csv)

# %% tags=["nbval-check-output"]
print(found.matches.to_string(index=False, float_format="{:.1f}".format))

# %% tags=["nbval-check-output"]
columns = ["student_id", "match_chance", "lost_to_classmates", "look_first"]
print(found.students[columns].to_string(index=False, float_format="{:.3f}".format))

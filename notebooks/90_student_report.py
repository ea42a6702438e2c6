# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The student's report
#
# **Reads** the files named below. **Writes** nothing; the exporter `countersignal_pdf` turns the executed notebook
# into a PDF. Text, tables and figures published here are the page; code and prints stay behind. The wording is in
# `src/analysis/text/report/`, one template for each part of the page.

# %% tags=["parameters"]
student_id: str = "S001"  # whose report, as text
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions
importance_csv: str = "data/article/factor_importance.csv"  # what program directors weigh
chances_csv: str = "data/article/interview_chances.csv"  # chances by red flag
tolerance_csv: str = "data/article/program_tolerance.csv"  # types of programs
preferences_csv: str = ""  # wishes, ties and signals, empty for none
graduates_csv: str = ""  # the office's own outcomes, empty for none
report_date: str = ""  # date of the data, empty for the newest of the programs

# %%
from analysis.report.publish import check_parameters

check_parameters()

# %%
from analysis import tables
from analysis.assumptions import read_assumptions, read_calendar
from analysis.figures.applications_curve import alt_applications_curve, draw_applications_curve
from analysis.figures.icon_array import alt_icon_array, draw_icon_array
from analysis.figures.style import apply, new_axes
from analysis.figures.waterfall import alt_waterfall, draw_waterfall
from analysis.inputs import date_of_data
from analysis.paths import from_root
from analysis.report.publish import (
    markdown_table,
    publish_block,
    publish_chart,
    publish_identity,
    publish_table,
    publish_text,
    publish_typed,
)
from analysis.text import render
from analysis.text.labels import basis_table
from analysis.views import report_view
from analysis.views.application_list import (
    ladder_data,
    ladder_table,
    worksheet_data,
    worksheet_table,
)
from analysis.views.student import advisor_note

# %%
# What the report speaks of: one student, one list, what would change it.
apply()
student = tables.read_student(from_root(students_csv), student_id)
programs = tables.read_programs(from_root(programs_csv))
preferences = tables.read_if_given("preferences", preferences_csv)
graduates = tables.read_if_given("graduates", graduates_csv)
assumptions = read_assumptions(assumptions_toml)

# %%
# Everything the page says, computed once.
when = {"calendar": read_calendar(), "report_date": date_of_data(programs, report_date)}
view = report_view(student, programs, assumptions, preferences, graduates, **when)
title = render("report/title", **view.words)
publish_identity(student_id, title, view.report_date, assumptions.fingerprint, "en-US")

# %%
# Page 1: the answer beside its dots.
publish_text(render("report/record", **view.words))
answer = {"caption": render("report/dots", **view.words), "beside": render("report/answer", **view.words)}
publish_chart(view.outcomes, new_axes(), draw_icon_array, alt_icon_array, **answer)

# %%
# What to do now, and the story that the record lets the student tell.
publish_text(render("report/actions", **view.words))
publish_text(render("report/story", **view.words))

# %%
# Graduates like this student, where the office gave a file of them.
publish_text(render("report/graduates_heading", **view.words))
like = {"caption": render("report/graduates_dots"), "beside": render("report/graduates", **view.words)}
publish_chart(view.graduates, new_axes(), draw_icon_array, alt_icon_array, columns=10, **like)

# %%
# Page 2: the whole list, most likely first.
publish_block("next-page", {"needed": view.sent > 0}, "")
publish_text(render("report/list", **view.words))
publish_block("ladder", ladder_data(view.list), markdown_table(ladder_table(view.list)) if view.sent else "")
publish_text(render("report/legend", **view.words))

# %%
# The curve: when another application stops helping.
recommended = {"recommended": view.sent, "caption": render("report/curve", **view.words)}
publish_chart(view.curve, new_axes(), draw_applications_curve, alt_applications_curve, **recommended)

# %%
# After the list: what moves the chance, and what the student can act on.
publish_text(render("report/moves", **view.words))
publish_chart(view.parts, new_axes(), draw_waterfall, alt_waterfall, render("report/steps", **view.words))
publish_text(render("report/what_ifs", **view.words))

# %%
# The worksheet.
publish_text(render("report/worksheet", **view.words))
worksheet = worksheet_table(view.list)
publish_block("worksheet", worksheet_data(view.list), "" if worksheet.empty else markdown_table(worksheet))
publish_typed(render("report/note_heading"), advisor_note(student))

# %%
# Appendix, for the advisor: on the page before, where it fits there whole.
publish_block("whole-from-here", {}, "")
publish_text(render("report/appendix", **view.words))
publish_text(render("report/sources", **view.words))
publish_table(basis_table(assumptions))

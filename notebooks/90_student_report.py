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
# into a PDF. Text, tables and figures published here are the page; code and prints stay behind.

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
from analysis import advice, tables
from analysis.answers.list_pages import alike_table, graduates_like, list_pages
from analysis.assumptions import read_assumptions
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.interview_chances import alt_interview_chances, draw_interview_chances
from analysis.figures.match_chance_by_rho import alt_match_chance_by_rho, draw_match_chance_by_rho
from analysis.figures.profile_chances import alt_profile_chances, draw_profile_chances
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)
from analysis.figures.style import apply, new_axes
from analysis.model import by_flag, chance, profile
from analysis.model.flags import heaviest_first
from analysis.paths import from_root
from analysis.report.publish import (
    publish_chart,
    publish_figure,
    publish_identity,
    publish_table,
    publish_text,
    publish_typed,
)

# %%
apply()
student = tables.read_student(from_root(students_csv), student_id)
programs = tables.read_programs(from_root(programs_csv))
preferences = tables.read_if_given("preferences", preferences_csv)
assumptions = read_assumptions(assumptions_toml)
kinds = profile.specialties_of(student.iloc[0], assumptions)
flag = by_flag.heaviest_flag(student, assumptions)

# %%
date = advice.report_date(programs, report_date)
publish_identity(student_id, advice.report_title(student_id), date, assumptions.fingerprint)
publish_table(advice.facts(student, kinds))

# %% [markdown]
# ## Where you stand

# %%
typical = by_flag.chances_with_and_without(student, assumptions)
levels = profile.profile_levels(student, assumptions)
taken = levels["taken_as_typical"].iloc[0]
publish_text(advice.standing(student, typical, taken, advice.level_words(assumptions)))

# %%
points = by_flag.points_at_typical(student, assumptions)
publish_table(advice.terms_table(points), if_empty="")
publish_text(advice.terms_words(points, assumptions))

# %% [markdown]
# ## What a high Step 2 CK changes here, and what it cannot fix

# %%
own_flags = heaviest_first(student["red_flags"].iloc[0], assumptions.group("anchors"))
publish_text(advice.flag_advice_markdown(own_flags))

# %% [markdown]
# ## What programs weigh

# %%
importance = tables.read_factor_importance(from_root(importance_csv))
axes = draw_factor_importance(importance, new_axes())
caption = advice.importance_caption(importance)
publish_figure(axes.figure, alt_factor_importance(importance), caption)
publish_table(advice.levels_table(importance, profile.profile_points(student, assumptions)))

# %% [markdown]
# ## How much a red flag costs

# %%
chances = tables.read_interview_chances(from_root(chances_csv))
mark = {"marked": advice.drawn_flag(chances, flag), "mark": advice.mark_words(flag)}
caption = advice.chances_caption(chances, flag)
publish_chart(chances, new_axes(), draw_interview_chances, alt_interview_chances, caption, **mark)

# %%
here = advice.beside_article(by_flag.chances_at_score(student, assumptions), chances)
own = {"marked": student["red_flags"].iloc[0], "title": advice.place_title(student, kinds)}
caption = advice.place_caption(assumptions)
publish_chart(here, new_axes(), draw_profile_chances, alt_profile_chances, caption, **own)
publish_table(advice.chances_table(chances, here, own["marked"]))
publish_text(advice.place_words(student, kinds))

# %% [markdown]
# ## Which programs read past a flag

# %%
types = tables.read_program_tolerance(from_root(tolerance_csv))
axes = draw_program_risk_tolerance(types, new_axes())
publish_figure(axes.figure, alt_program_risk_tolerance(types), advice.tolerance_caption(types))
publish_table(advice.tolerance_table(types))

# %%
pairs = chance.interview_chance(student, programs, assumptions, preferences)
publish_text(advice.programs_summary(pairs, assumptions))

# %% [markdown]
# ## Your application list

# %%
graduates = tables.read_if_given("graduates", graduates_csv)
pages = list_pages(student, programs, assumptions, preferences, graduates)
publish_text(pages.summary)
publish_table(pages.programs, if_empty="")
publish_text(pages.after)

# %%
rho = {"used": pages.used, "match_chance": pages.match_chance}
caption = "The match chance of this list, by how strongly the answers of programs come together."
publish_chart(
    pages.by_rho, new_axes(), draw_match_chance_by_rho, alt_match_chance_by_rho, caption, **rho
)
publish_table(advice.rho_table(pages.by_rho), if_empty="")
publish_table(pages.left_out, if_empty="")
publish_table(pages.what_ifs, if_empty="")

# %% [markdown]
# ## Past graduates like you

# %%
like = alike_table(graduates_like(student, graduates, assumptions))
publish_table(like.rename(columns={"what": "The office's own graduates", "value": "and what became of them"}))

# %%
publish_typed("Your advisor's note", advice.advisor_note(student))

# %% [markdown]
# ## What this rests on

# %%
publish_text(advice.sources_text(assumptions, pairs["chance_basis"].iloc[0]))
publish_table(advice.basis_table(assumptions))
publish_text(advice.LIMITS)

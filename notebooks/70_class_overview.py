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
# Each student's **chance** and list, the **problem** that classmates are to one another, many seasons that **solve** it, and
# what **explains** the outcome: each step is a cell to change. The equations are in
# [methods-class](../docs/methods-class.md).
#
# **Reads** the files named below. **Writes** nothing; `batch --overview FILE.pdf` turns the executed notebook into a
# PDF and a CSV file. Text, tables and figures published here are the page; code and other outputs stay behind. The page's
# words are in `src/analysis/text/overview`.

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
# A parameter that is misspelled or of another type stops the run here, with one sentence.
from analysis.report.publish import check_parameters

check_parameters()

# %%
# What the cells below use.
from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.errors import problems_by_row
from analysis.figures.class_standing import alt_class_standing, draw_class_standing
from analysis.figures.style import apply, new_axes
from analysis.inputs import date_of_data
from analysis.model.cohort import (
    as_assumed,
    as_varied,
    matches_by_step,
    members_of,
    room_of,
    season,
    shared_programs,
    shared_signals,
)
from analysis.model.outcomes.graduates import matched_by_flag
from analysis.paths import from_root
from analysis.report.publish import (
    publish_block,
    publish_chart,
    publish_identity,
    publish_rows,
    publish_table,
    publish_text,
)
from analysis.tables.check import check_table
from analysis.text import render, table
from analysis.views.cohort import (
    LISTED,
    NO_LIST,
    NO_SCORE,
    beside_graduates,
    calls_at_stake,
    class_lists,
    counted_by_specialty,
    helpful_specialty,
    next_steps,
    rows_for_spreadsheet,
    what_more_brings,
)

# %%
# The files. A row of the class file that is wrong is left out and named on the page.
apply()
checked = check_table(from_root(students_csv), "students")
wrong = problems_by_row(checked.problems)
programs = tables.read_programs(from_root(programs_csv))
preferences = tables.read_if_given("preferences", preferences_csv)

# %%
# The office's graduates, the assumptions, and what the page is called.
graduates = tables.read_if_given("graduates", graduates_csv)
assumptions = read_assumptions(assumptions_toml)
date = date_of_data(programs, report_date)
publish_identity(None, "The class at a glance", date, assumptions.fingerprint, "en-US")

# %%
# Chance: each student's list by itself, number for number that of the student's own report.
students, lists = class_lists(checked.rows, programs, assumptions, preferences, graduates)
names = students["name"].fillna("") if show_names else ""
students["called"] = (students["student_id"] + " " + names).str.strip()

# %%
# Problem: who applies where, how many students a program takes, and what is common to classmates. A program takes
# `classmates.most_at_a_program` of one class; change the set of assumptions to ask about another number.
members = members_of(lists)
room = room_of(members, programs, preferences)

# %%
# Solve: the class applies in so many seasons, first as assumed, then with the assumptions varied together.
draws, seed = int(assumptions.value("classmates.draws")), int(assumptions.value("classmates.seed"))
base = season(members, as_assumed(members, assumptions), room, draws, seed)
varied = season(members, as_varied(members, assumptions), room, draws, seed)
tails = assumptions.value("uncertainty.low"), assumptions.value("uncertainty.high")
has_list = students["status"] == LISTED
matches = matches_by_step(students.loc[has_list, "match_chance"], base, varied, tails)

# %%
# Explain: whom to meet first. Of the chance of a list, what classmates take is taken off; where similar graduates did
# worse, their number is the one to plan on. The office sets the line.
threshold = assumptions.value("classmates.risk_of_no_match")
students.loc[has_list, "lost_to_classmates"] = base.lost
students["risk_of_no_match"] = 1 - students["match_chance"] + students["lost_to_classmates"]
students["risk_to_plan"] = students["risk_of_no_match"].clip(lower=1 - students["plan_on"])
students["look_first"] = students["risk_to_plan"] > threshold

# %%
# Explain: what would help these students, and those whose list holds no program: a second specialty, or a call.
without = students["student_id"].isin(lists) & (students["status"] == NO_LIST)
helped = checked.rows[(students["look_first"] | without).to_numpy(dtype=bool)]
students = students.merge(helpful_specialty(helped, lists, programs, assumptions), how="left")
students["step"] = next_steps(students)

# %%
# Explain: the highest risk first, and which calls are worth most to those who are looked at first.
order = ["look_first", "risk_to_plan", "student_id"]
students = students.sort_values(order, ascending=[False, False, True], ignore_index=True)
listed, first = students[students["status"] == LISTED], students[students["look_first"]]
calls = calls_at_stake(lists, {*first["student_id"]}, programs, assumptions)

# %%
# Explain: where classmates meet, and what that costs the class.
told = ["program_id", "program_name", "specialty"]
shared = shared_programs(base.pairs).merge(programs[told], how="left")
signals = shared_signals(base.pairs)
lost = listed["lost_to_classmates"].sum()

# %% [markdown]
# ## Students to meet first

# %%
# Page 1: whom to meet, the highest risk on top, each with one next step.
no_list = students[students["status"] == NO_LIST].sort_values("student_id")
counted = {"students": len(listed), "first": len(first), "threshold": threshold}
counted["starred"] = bool((first["risk_to_plan"] > first["risk_of_no_match"]).any())
publish_text(render("overview/first", **counted, without=no_list["student_id"].tolist()))
publish_table(table("overview/first_table", rows=first.to_dict("records"), threshold=threshold), if_empty="")

# %% [markdown]
# ## How many will match

# %%
# The number to expect, and by specialty.
article = listed.loc[listed["chance_basis"] == "article", "student_id"].sort_values().tolist()
holds = f"{100 * (tails[1] - tails[0]):.0f}"
steps = matches.to_dict("records")
publish_text(render("overview/summary", steps=steps, students=len(listed), of_100_seasons=holds, article=article))
by_specialty = counted_by_specialty(listed).to_dict("records")
publish_table(table("overview/by_specialty", rows=by_specialty), if_empty="")

# %%
# The one picture, the lowest chance on top; a page has room for 40 students.
most = 40
chart = listed.sort_values(["match_chance", "student_id"], ignore_index=True).head(most)
chart["label"] = chart["called"] + " · " + chart["specialty"].map(" and ".join)
told = {"interval": "as our assumptions vary", "source": "Countersignal model; the office's files"}
chart = chart.assign(**told, basis="assumption")

# %%
# The picture has a page of its own; a short one stands where there is room for it.
caption = render("overview/standing", students=len(listed), most=most)
own_page = {"needed": len(chart) > 25}
publish_block("next-page", own_page, "")
publish_chart(chart, new_axes(), draw_class_standing, alt_class_standing, caption, image, line=1 - threshold)
publish_block("next-page", own_page, "")

# %% [markdown]
# ## What the office could change

# %%
# The calls that settle most: six, and none that would be shown as 0 of 100 seasons.
sums = listed[["unknowns", "applications", "if_unknowns_close", "match_chance"]].sum()
publish_text(render("overview/calls", students=len(listed), sums=sums))
worth_a_call = calls[calls["swing"] >= 0.005].head(6).to_dict("records")
publish_table(table("overview/calls_table", rows=worth_a_call), if_empty="")

# %%
# Further applications: in their own specialty, in a second one, for those without a list; and spreading the lists.
others = first["other_specialty"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
empty = what_more_brings(no_list[no_list["more_applications"].notna()])

# %%
# What the page says of them.
number = int(assumptions.value("classmates.further_applications"))
more = {"number": number, "first": len(first), "more": first[first["more_applications"] > 0]}
other = {"other": first, "others": others.to_dict()}
spread = {"shared": shared["program_id"].head(3).tolist(), "lost": lost}
no_score = students.loc[students["status"] == NO_SCORE, "student_id"].tolist()

# %%
# And of those whom an application cannot help.
mend = bool(wrong) or len(empty) < len(no_list)
none = {"empty": empty.to_dict("records"), "no_score": no_score, "mend": mend}
publish_text(render("overview/change", **more, **other, **spread, **none))

# %% [markdown]
# ## Programs and signals that classmates share

# %%
# The five programs where two of the class cost one another most.
most_of_one = int(assumptions.value("classmates.most_at_a_program"))
meet = {"shared": len(shared), "signals": signals, "lost": lost}
publish_text(render("overview/shared", **meet, most=most_of_one))
rows = shared.head(5).to_dict("records")
publish_table(table("overview/shared_table", rows=rows, season=assumptions.season_of), if_empty="")

# %% [markdown]
# ## The other students

# %%
# Everyone with a list who does not stand on page 1.
rest = listed[~listed["look_first"]].to_dict("records")
publish_text(render("overview/others", students=len(rest)))
publish_table(table("overview/others_table", rows=rest), if_empty="")

# %% [markdown]
# ## Past graduates

# %%
# What became of them, beside this class; a group that is too small to be told of stands without numbers.
smallest = int(assumptions.value("graduates.smallest_cell"))
given = graduates is not None and len(listed) > 0
groups = beside_graduates(matched_by_flag(graduates, smallest), listed).to_dict("records") if given else []
publish_text(render("overview/graduates", everyone=groups[0] if given else None))
publish_table(table("overview/graduates_table", rows=groups, smallest=smallest), if_empty="")

# %% [markdown]
# ## What this is based on

# %%
# Files, rows left out, assumptions, limits; and the rows for a spreadsheet.
no_score = students.loc[students["status"] == NO_SCORE, "called"].tolist()
counts = {"students": len(listed), "programs": len(programs), "left_out": list(wrong)}
without = {"no_score": no_score, "no_list": no_list.to_dict("records")}
publish_table(table("overview/facts", **counts, **without))
left_out = table("overview/left_out", rows=wrong)
publish_table(left_out, if_empty="")

# %%
# What the chances rest on, and what they are not.
publish_table(table("overview/rests_on", entries=assumptions.entries))
publish_text(render("overview/limits"))

# %%
# The rows for a spreadsheet, those left out with what was wrong.
told = dict(left_out.itertuples(index=False, name=None))
publish_rows(rows_for_spreadsheet(students, told, assumptions.fingerprint, with_names=show_names))

# %% tags=["nbval-check-output"]
# The number of matches, as one thing after the other is taken into account.
matches.round(1)

# %% tags=["nbval-check-output"]
# Everyone's chance, and what classmates take of it.
students[["student_id", "match_chance", "lost_to_classmates", "look_first"]].round(3)

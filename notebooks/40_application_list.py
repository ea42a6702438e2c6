# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which application list follows, and how firm is it?
#
# The list with the greatest expected worth under the student's own limits, when programs' answers come together.
# The method, its uncertainty and its limits are on the page; the equations are in section 5 of the
# [methods](../docs/methods.md).
#
# **Reads** students, programs, preferences and one set of assumptions. **Writes** nothing.

# %% tags=["parameters"]
student_id: str = "S001"  # whose list
students_csv: str = "data/sample/students.csv"  # the class
programs_csv: str = "data/sample/programs.csv"  # the programs
preferences_csv: str = "data/sample/preferences.csv"  # wishes, ties and signals, empty for none
assumptions_toml: str = "data/assumptions/default.toml"  # weighting assumptions
limit: str = "15"  # most applications
what_if: str = "step2_ck:265"  # a change, a colon for the equals sign

# %%
from analysis.figures.frontier import alt_frontier, draw_frontier
from analysis.figures.match_chance_by_rho import alt_match_chance_by_rho, draw_match_chance_by_rho
from analysis.figures.next_application import alt_next_application, draw_next_application
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)
from analysis.figures.style import apply, new_axes
from analysis.model.choice.application_list import next_applications
from analysis.paths import from_root

# %%
from analysis.report.publish import publish_figure
from analysis.views.pick import ListWishes, pick

apply()
files = [from_root(students_csv), from_root(programs_csv), preferences_csv]
wishes = ListWishes(limit=int(limit))
changes = [what_if.replace(":", "=")]
answer = pick(student_id, *files, assumptions_toml, wishes=wishes, what_ifs=changes)
found = answer.found

# %% [markdown]
# ## The list, the likeliest first

# %% tags=["nbval-check-output"]
columns = ["rank", "program_id", "group", "interview_chance", "low", "high", "signal"]
print(answer.rows()[columns].to_string(index=False, float_format="{:.2f}".format))

# %% tags=["nbval-check-output"]
print(
    f"chance of a match {found.match_chance:.3f} ({found.match_chance_low:.2f} to {found.match_chance_high:.2f})"
)
print(f"if every unknown closes {found.match_chance_if_unknowns_close:.3f}")
print(
    f"expected interviews {found.expected_interviews:.1f}, fees ${found.fee_usd:.0f}, basis {found.chance_basis}"
)

# %% [markdown]
# ## Where the list lies among the programs

# %%
market = found.problem.programs
axes = draw_program_risk_tolerance(market, new_axes(), chosen=found.chosen, mark="on the list")
alt = alt_program_risk_tolerance(market, chosen=found.chosen, mark="on the list")
publish_figure(axes.figure, alt, "Programs of the specialty; the list's are filled.", "png")

# %% [markdown]
# ## The match chance if answers come together more, or less
#
# A calculator that multiplies chances stands at the left end. Everything to the right is what remains of its promise.

# %%
curve = found.match_chance_by_rho.assign(basis="assumption", source="Countersignal model")
used = answer.assumptions.values("latent_correlation")
axes = draw_match_chance_by_rho(curve, new_axes(), used=used, match_chance=found.match_chance)
alt = alt_match_chance_by_rho(curve, used=used, match_chance=found.match_chance)
publish_figure(axes.figure, alt, "One list, by the correlation of answers.", "png")

# %% tags=["nbval-check-output"]
print(
    found.match_chance_by_rho[["rho", "match_chance"]].to_string(
        index=False, float_format="{:.3f}".format
    )
)

# %% [markdown]
# ## What the next application would add

# %%
further, worth_sending = next_applications(found, answer.assumptions)
further = further.assign(basis="assumption", source="Countersignal model; fees of the AAMC, 2026")
small = {"flat_below": answer.assumptions.value("list.flat_gain"), "limit": len(found.chosen)}
axes = draw_next_application(further, new_axes(), **small)
alt = alt_next_application(further, **small)
publish_figure(axes.figure, alt, "Each application's gain, and what it costs.", "png")

# %% [markdown]
# ## Reaching further, or safer
#
# Each point is a list of the same length, made with another worth of *any* match against none.

# %%
sweep = answer.frontier().assign(basis="assumption", source="Countersignal model")
axes = draw_frontier(sweep, new_axes())
publish_figure(axes.figure, alt_frontier(sweep), "Lists from reaching to safe.", "png")

# %% [markdown]
# ## What if?

# %% tags=["nbval-check-output"]
print(answer.record()["what_ifs"][0]["sentence"])

"""A chart's file holds its marks; what all charts do alike is done by the one Chart."""

import ast

from analysis.paths import from_root

OWNED = {"CHART.check", "CHART.finished", "CHART.alt"}
NOT_ITS_OWN = {"FigureError", "laid_out", "set_size_inches", "subplots_adjust"}


def goes_round(source: str) -> list[str]:
    """What a chart's file leaves out of the one Chart, and what it does by itself instead."""
    calls = [ast.unparse(n.func) for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    own = {call for call in calls if call.rpartition(".")[2] in NOT_ITS_OWN}
    return sorted(OWNED - set(calls)) + sorted(own)


def test_every_chart_leaves_checks_frame_and_alt_text_to_the_one_chart():
    charts = {path.name: path for path in from_root("src/analysis/figures").glob("[!_]*.py")}
    assert len(charts) > 10
    found = {name: goes_round(path.read_text("utf-8")) for name, path in charts.items()}
    assert {name: what for name, what in found.items() if what} == {}


def test_a_chart_that_checks_or_arranges_by_itself_is_found():
    whole = "CHART.check(rows)\nCHART.finished(ax, rows)\nCHART.alt(rows, [])\n"
    assert goes_round(whole) == []
    assert goes_round("# CHART.check(\n" + whole.replace("CHART.check", "check")) == ["CHART.check"]
    assert goes_round(whole + "ax.figure.set_size_inches(3, 2)\n") == ["ax.figure.set_size_inches"]
    assert goes_round(whole + "raise style.FigureError('no')\n") == ["style.FigureError"]

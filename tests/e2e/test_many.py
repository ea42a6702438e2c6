"""A class of five hundred, what its processes hold on to, and what a report may cost."""

import statistics

import psutil
import pytest

from analysis.report.folder import read_manifest
from analysis.workers.pool import LocalPool
from tests.e2e.conftest import sample_rows, write_rows
from tests.e2e.test_isolation import PARAMETERS
from tests.rendered import render_report

MANY = 500
EARLY, GROWTH = 50, 1.1
# Lists: the own, without a flag, with a typical score, what-ifs, and what closes or comes on top.
SOLVES, DRAWS, CHARTS = 7, 200, 8


@pytest.fixture
def memory(monkeypatch):
    """Resident memory of a batch's worker and of the process that delivers, at each result."""
    sizes = {"worker": [], "delivering": []}
    results = LocalPool.results

    def watched(pool, *arguments):
        for result in results(pool, *arguments):
            own = psutil.Process()
            family = own.children(recursive=True)
            sizes["worker"].append(max(member.memory_info().rss for member in family))
            sizes["delivering"].append(own.memory_info().rss)
            yield result

    monkeypatch.setattr(LocalPool, "results", watched)
    return sizes


@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_five_hundred_students_are_delivered_and_no_process_holds_on_to_memory(
    run, tmp_path, memory
):
    sample = sample_rows("students")
    rows = [{**sample[n % len(sample)], "student_id": f"M{n:03d}"} for n in range(MANY)]
    students = write_rows(tmp_path / "students.csv", rows)
    out = tmp_path / "out"
    done = run("batch", "--students", students, "--programs", "data/sample/programs.csv",
               "--out", out, "--workers", "1")  # fmt: skip
    assert done.code == 0, done.err[-2000:]
    assert {entry.outcome for entry in read_manifest(out).students.values()} == {"delivered"}
    assert len(list(out.glob("*.pdf"))) == MANY
    for process, sizes in memory.items():
        early, late = statistics.median(sizes[EARLY - 10 : EARLY]), statistics.median(sizes[-10:])
        assert late <= GROWTH * early, (process, early, late)


@pytest.mark.parametrize("student_id", ["S001", "S003", "S011"])
def test_a_report_solves_draws_and_paints_no_more_than_its_budget(
    tmp_path, monkeypatch, student_id
):
    from analysis.model.choice import application_list
    from analysis.model.sensitivity import smaa
    from analysis.model.sensitivity.influence import MATCH
    from analysis.report import publish

    spent = {"solves": 0, "draws": 0, "charts": 0}

    def counted(place, name, what, amount=lambda *_: 1):
        function = getattr(place, name)

        def call(*arguments, **keywords):
            spent[what] += amount(*arguments)
            return function(*arguments, **keywords)

        monkeypatch.setattr(place, name, call)

    counted(application_list, "best_list", "solves")
    counted(smaa.Case, "made", "draws", lambda _, values, *__: len(values[MATCH]))
    counted(publish, "publish_figure", "charts")
    render_report({**PARAMETERS, "student_id": student_id}, tmp_path / "x.pdf")
    assert 1 <= spent["solves"] <= SOLVES
    assert 1 <= spent["draws"] <= DRAWS
    assert 3 <= spent["charts"] <= CHARTS

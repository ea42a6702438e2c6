"""A class of five hundred, what a worker holds on to, and what a report may cost."""

import dataclasses
import os
import statistics

import psutil
import pytest

from analysis.report import render
from analysis.report.manifest import read_manifest
from analysis.report.render import REPORT_NOTEBOOK
from analysis.report.settings import Branding
from analysis.report.task import ReportTask, made, report_work
from analysis.workers.pool import LocalPool
from tests.e2e.conftest import sample_rows, write_rows
from tests.e2e.test_isolation import PARAMETERS

MANY = 500
EARLY, LATE, GROWTH = 50, 500, 1.1
SOLVES, DRAWS, CHARTS = 6, 200, 8


@pytest.mark.study
@pytest.mark.timeout(900)
def test_five_hundred_students_are_delivered(run, tmp_path):
    sample = sample_rows("students")
    rows = [{**sample[n % len(sample)], "student_id": f"M{n:03d}"} for n in range(MANY)]
    students = write_rows(tmp_path / "students.csv", rows)
    out = tmp_path / "out"
    done = run("batch", "--students", students, "--programs", "data/sample/programs.csv",
               "--out", out)  # fmt: skip
    assert done.code == 0, done.err[-2000:]
    assert {entry.outcome for entry in read_manifest(out).students.values()} == {"delivered"}
    assert len(list(out.glob("*.pdf"))) == MANY


def memory_after_report(task):
    """Make a report, and give the process's resident memory in place of it."""
    made(task)
    return psutil.Process(os.getpid()).memory_info().rss


@pytest.mark.study
@pytest.mark.timeout(900)
def test_a_worker_holds_on_to_no_memory():
    ids = [row["student_id"] for row in sample_rows("students") if row["step2_ck"]]
    tasks = []
    for number in range(LATE):
        student_id = ids[number % len(ids)]
        parameters = {**PARAMETERS, "student_id": student_id}
        tasks.append(ReportTask(student_id, parameters, Branding(), REPORT_NOTEBOOK))
    work = dataclasses.replace(report_work(), function=memory_after_report)
    memory = [result for _, result in LocalPool(1).results(work, tasks)]
    early, late = statistics.median(memory[EARLY - 10 : EARLY]), statistics.median(memory[-10:])
    assert late <= GROWTH * early, (early, late)


@pytest.mark.parametrize("student_id", ["S001", "S003", "S011"])
def test_a_report_solves_draws_and_paints_no_more_than_its_budget(
    tmp_path, monkeypatch, student_id
):
    from analysis.model import application_list
    from analysis.model.robustness import case
    from analysis.report import publish

    spent = {"solves": 0, "draws": 0, "charts": 0}

    def counted(place, name, what, amount=lambda *_: 1):
        function = getattr(place, name)

        def call(*arguments, **keywords):
            spent[what] += amount(*arguments)
            return function(*arguments, **keywords)

        monkeypatch.setattr(place, name, call)

    counted(application_list, "best_list", "solves")
    counted(case, "redrawn_lists", "draws", lambda draws, *_: len(draws.chance))
    counted(publish, "publish_figure", "charts")
    render.render_report({**PARAMETERS, "student_id": student_id}, tmp_path / "x.pdf")
    assert 1 <= spent["solves"] <= SOLVES
    assert 1 <= spent["draws"] <= DRAWS
    assert 3 <= spent["charts"] <= CHARTS

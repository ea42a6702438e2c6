"""One report rendered in this process, for tests that look at its pages."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from analysis.bundle import FileBundle, unpack
from analysis.paths import PROJECT_VARIABLE, from_root
from analysis.report.render import REPORT_NOTEBOOK, ReportJob, make_report
from analysis.report.settings import read_branding


def render_report(parameters, destination, *, display_name="", branding=None, notebook=None):
    """Write a student's PDF, and give the report."""
    job = ReportJob(
        parameters["student_id"],
        parameters,
        read_branding(branding or from_root("reports/branding.toml")),
        str(notebook or REPORT_NOTEBOOK),
        display_name=display_name,
    )
    report = make_report(job)
    Path(destination).write_bytes(report.pdf)
    return report


@contextmanager
def unpacked(files=None):
    """A bundle laid out as a project, as workers see it, for tests whose worker is this process."""
    with tempfile.TemporaryDirectory() as folder:
        unpack((files or FileBundle()).content(), Path(folder))
        with mock.patch.dict(os.environ, {PROJECT_VARIABLE: folder}):
            yield

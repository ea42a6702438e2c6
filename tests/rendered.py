"""One report rendered in this process, and the structure of a PDF, for tests that look at pages."""

import io
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pypdf

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


def elements(pdf):
    """Structure elements of a tagged PDF (a path or its bytes), in reading order."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                yield node
            if "/K" in node:
                yield from walk(node["/K"])

    source = io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf
    return list(walk(pypdf.PdfReader(source).trailer["/Root"]["/StructTreeRoot"]))


def structure(pdf):
    """Every structure element, in order, as (type, alt text)."""
    return [(element["/S"], element.get("/Alt")) for element in elements(pdf)]


def header_scopes(pdf):
    """Scope of each header cell, in order."""
    scopes = []
    for element in elements(pdf):
        if element["/S"] == "/TH":
            own = element["/A"].get_object()
            own = own if isinstance(own, list) else [own]
            scopes.extend(a["/Scope"] for each in own if "/Scope" in (a := each.get_object()))
    return scopes

"""What is taken from the page: the case as files, made here and saved by the browser.

A case that differs from the row the office gave is a what-if: each of its files says so in its
name and inside, with what was changed.
"""

from __future__ import annotations

import asyncio
import base64
import html
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from analysis.errors import CountersignalError, ReportError
from analysis.explorer.controls import Panel, button, group, paragraphs
from analysis.explorer.results import Chart
from analysis.paths import PASSWORD_VARIABLE, from_root
from analysis.report.folder import PdfLock, write_whole
from analysis.report.settings import read_branding
from analysis.tables.loading import frame_csv
from analysis.text import sentence
from analysis.views.case import PASSWORD, Case, as_what_if, differences
from analysis.views.desk import (
    Desk,
    ListOf,
    case_tables,
    case_toml,
    list_rows,
    list_xlsx,
)

SECONDS = 300
LONGEST_MARK = 220  # characters, two lines at the head of a page
KINDS = {
    "csv": "text/csv",
    "json": "application/json",
    "toml": "application/toml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAKING = "The report is being made; that takes some seconds."
FAILED = "It could not be made: an error of the program itself ({})."
LOCKED = "It opens with this student's password in the class file."
NOT_LOCKED = "It is not locked: whoever has the file can read it."
BRANDING = "reports/branding.toml"


@dataclass(frozen=True)
class Taken:
    """A case as it leaves the page."""

    case: Case  # with an id, a name and a note that say so where it is a what-if
    wishes_of: str  # whose rows of preferences it has
    changed: str  # what a what-if changes, as a sentence; "" where the case is the office's own row

    @classmethod
    def of(cls, case: Case, base: Case, *, typed: bool) -> Taken:
        """The case, marked unless it is its base, as the office gave it."""
        changes = differences(base, case)
        if not (changes or typed or case != base):
            return cls(case, case.student_id, "")
        said = sentence("page/what_if", changes=() if typed else changes)
        return cls(as_what_if(case, said), case.student_id, said)

    @property
    def mark(self) -> str:
        """What a file of a what-if says of itself; "" where the case is the office's own row."""
        return f"WHAT-IF of {self.wishes_of}. {self.changed}" if self.changed else ""

    def name(self, stem: str, ending: str) -> str:
        """Name of a file."""
        mark = "-what-if" if self.changed and not stem.endswith("-what-if") else ""
        return f"{stem}{mark}.{ending}"


class Saving:
    """Buttons that make a file of the case, and the links that save it."""

    def __init__(
        self,
        # Gives the case as it leaves the page, and the tables.
        now: Callable[[], tuple[Taken, Desk]],
        listed: Callable[[], ListOf],  # gives the list of the case that is shown
        cases: Callable[[], str],  # gives all kept cases of the student as one file
        folder: Callable[[], Path],  # gives a private folder
        charts: Callable[[], Mapping[str, Chart]],  # gives all charts of the case, drawn
    ) -> None:
        self._now, self._listed, self._cases = now, listed, cases
        self._folder, self._charts = folder, charts
        self._links = Panel("cs-saved")
        self._task: asyncio.Task[None] | None = None
        buttons: dict[str, Callable[[Any], None]] = {
            "List (CSV)": lambda _: self._save_list("csv"),
            "List (Excel)": lambda _: self._save_list("xlsx"),
            "Student row (CSV)": self._save_row,
            "Assumptions (TOML)": self._save_assumptions,
            "Charts (SVG, PNG)": self._save_charts,
            "Report (PDF)": partial(self._save_report, "", lambda pdf: pdf),
            "Page 1 to print (PDF)": partial(self._save_report, "-page-1", first_page),
            "Cases and notes (one file)": self._save_cases,
        }
        self.buttons = {words: button(words, act) for words, act in buttons.items()}
        self.box = group("Take this case with you", [*self.buttons.values(), self._links.widget])

    def forget(self) -> None:
        """Take the links away: what they save is no longer what is shown."""
        self._links.show("")

    def _save_list(self, ending: str) -> None:
        taken, _desk = self._now()

        def make() -> bytes:
            rows = list_rows(self._listed(), taken.mark)
            return list_xlsx(rows) if ending == "xlsx" else rows.to_csv(index=False).encode()

        self._links.show(_link(taken.name(f"list-{taken.case.student_id}", ending), make))

    def _save_cases(self, _: Any) -> None:
        taken, _desk = self._now()
        self._links.show(_link(f"cases-{taken.wishes_of}.json", lambda: self._cases().encode()))

    def _save_row(self, _: Any) -> None:
        taken, _desk = self._now()
        name = taken.name(taken.case.student_id, "csv")
        self._links.show(_link(name, lambda: frame_csv(taken.case.student()).encode()))

    def _save_assumptions(self, _: Any) -> None:
        taken, desk = self._now()
        own = bool(taken.case.weights)
        name = taken.name("assumptions", "toml") if own else "assumptions.toml"
        head = f"# {taken.mark}\n" if own else ""
        self._links.show(_link(name, lambda: f"{head}{case_toml(taken.case, desk)}".encode()))

    def _save_charts(self, _: Any) -> None:
        taken, _desk = self._now()
        links = [
            _link(taken.name(name, ending), partial(chart.saved, ending, taken.mark))
            for name, chart in self._charts().items()
            if chart.drawn
            for ending in ("svg", "png")
        ]
        self._links.show("".join(links) or paragraphs(["There is no chart to save."]))

    def _save_report(self, part: str, cut: Callable[[bytes], bytes], button: Any) -> None:
        self._links.show(paragraphs([MAKING]))
        taken, desk = self._now()
        name = taken.name(taken.case.student_id, "pdf").removesuffix(".pdf") + f"{part}.pdf"
        password = password_of(taken.wishes_of, desk)

        def make() -> bytes:
            pdf = cut(self._pdf(taken, desk))
            return PdfLock.of(password).locked(pdf)[0] if password else pdf

        def report() -> str:
            return _link(name, make, LOCKED if password else NOT_LOCKED)

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._links.show(report())
            return
        button.disabled = True

        async def meanwhile() -> None:
            try:
                link = await asyncio.to_thread(report)
            finally:
                button.disabled = False
            # Of a case, or of tables, that were changed meanwhile it is not the report.
            now, in_use = self._now()
            if taken == now and desk is in_use:
                self._links.show(link)

        self._task = loop.create_task(meanwhile())

    def _pdf(self, taken: Taken, desk: Desk) -> bytes:
        with tempfile.TemporaryDirectory(dir=self._folder()) as folder:
            return report_pdf(Path(folder), taken, desk)


def download(name: str, content: bytes) -> str:
    """A link that saves a file; nothing is sent for it."""
    kind = KINDS[name.rpartition(".")[2]]
    data = base64.b64encode(content).decode()
    shown = html.escape(name)
    return (
        f'<a class="cs-save" download="{shown}" href="data:{kind};base64,{data}">Save {shown}</a>'
    )


def first_page(pdf: bytes) -> bytes:
    """The page of a report that a student takes home: its first, with title and language."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject

    reader, writer, buffer = PdfReader(io.BytesIO(pdf)), PdfWriter(), io.BytesIO()
    writer.append(reader, pages=(0, 1), import_outline=False)
    writer.metadata = reader.metadata
    for name in reader.root_object.keys() & {"/Lang", "/ViewerPreferences"}:
        writer.root_object[NameObject(name)] = reader.root_object[name].clone(writer)
    writer.write(buffer)
    return buffer.getvalue()


def password_of(student_id: str, desk: Desk) -> str:
    """The student's own password in the class that is in use; "" for none."""
    rows = desk.students.reindex(columns=["student_id", PASSWORD]).dropna()
    return next(iter(rows.loc[rows["student_id"] == student_id, PASSWORD]), "")


def report_pdf(folder: Path, taken: Taken, desk: Desk) -> bytes:
    """Render the case's report as the command line does, on the rows that are in use here.

    It is not locked: a page can then be cut out of it.
    """
    student_id = taken.case.student_id
    programs, preferences = case_tables(replace(taken.case, student_id=taken.wishes_of), desk)
    inputs = {
        "students": frame_csv(taken.case.student()),
        "programs": frame_csv(programs),
        "assumptions": case_toml(taken.case, desk),
    }
    if preferences is not None and len(preferences):
        inputs["preferences"] = frame_csv(preferences.assign(student_id=student_id))
    if taken.changed:
        inputs["branding"] = _marked_branding(taken.changed)
    out = folder / "report"
    command = [sys.executable, "-m", "analysis.cli", "report", "--out", str(out)]
    for option, text in inputs.items():
        ending = "toml" if option in {"assumptions", "branding"} else "csv"
        path = folder / f"{option}.{ending}"
        write_whole(path, text.encode())
        command += [f"--{option}", str(path)]
    command += ["--", student_id]  # an id may begin with a dash
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter; no shell reads the arguments
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, PASSWORD_VARIABLE: ""},
        )
    except subprocess.TimeoutExpired:
        message = f"the report was not made within {SECONDS} seconds"
        raise ReportError(message) from None
    pdf = out / f"{student_id}.pdf"
    if done.returncode or not pdf.exists():
        said = [line for line in done.stderr.splitlines() if line.strip()]
        message = "\n".join(said[-5:]) or "the report was not made"
        raise ReportError(message)
    return pdf.read_bytes()


def _marked_branding(changed: str) -> str:
    """The office's look, with a mark on every page that says what was changed."""
    look = read_branding(from_root(BRANDING)).model_dump(mode="json", exclude_none=True)
    if len(changed) > LONGEST_MARK:
        changed = f"{changed[:LONGEST_MARK].rpartition(';')[0]}; the rest is in the note."
    look["watermark"] = f"WHAT-IF, not the office's record. {changed}"
    return "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in look.items()
    )


def _link(name: str, make: Callable[[], bytes], said: str = "") -> str:
    """A link that saves a file, with a sentence on it, or why there is none."""
    # Never an error that nobody would see.
    try:
        return download(name, make()) + (paragraphs([said]) if said else "")
    except CountersignalError as error:
        return paragraphs(str(error).splitlines(), "cs-trouble")
    except Exception as error:
        return paragraphs([FAILED.format(type(error).__name__)], "cs-trouble")

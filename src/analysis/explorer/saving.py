"""What is taken from the page: the case as files, made here and saved by the browser."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ipywidgets

from analysis.answers.case import Case, case_csv
from analysis.answers.exploring import Desk, case_toml
from analysis.errors import CountersignalError
from analysis.explorer.boxes import Panel, group, paragraphs
from analysis.explorer.exports import download, report_pdf
from analysis.explorer.results import Chart
from analysis.explorer.uploads import Files

__all__ = ["Saving"]

MAKING = "The report is being made; that takes some seconds."
FAILED = "It could not be made: an error of the program itself ({})."


class Saving:
    """Buttons that make a file of the case, and the links that save it."""

    def __init__(
        self, now: Callable[[], tuple[Case, Desk]], files: Files, charts: Mapping[str, Chart]
    ) -> None:
        self._now, self._files, self._charts = now, files, charts
        self._links = Panel("cs-saved")
        self._task: asyncio.Task[None] | None = None
        buttons = {
            "Student row (CSV)": self._save_row,
            "Assumptions (TOML)": self._save_assumptions,
            "Charts (SVG, PNG)": self._save_charts,
            "Report (PDF)": self._save_report,
        }
        self.buttons = {words: ipywidgets.Button(description=words) for words in buttons}
        for words, act in buttons.items():
            self.buttons[words].on_click(act)
        self.box = group("Take it with you", [*self.buttons.values(), self._links.widget])

    def forget(self) -> None:
        """Take the links away: what they save is no longer what is shown."""
        self._links.show("")

    def _save_row(self, _: Any) -> None:
        case, _desk = self._now()
        self._links.show(_link(f"{case.student_id}.csv", lambda: case_csv(case).encode()))

    def _save_assumptions(self, _: Any) -> None:
        self._links.show(_link("assumptions.toml", lambda: case_toml(*self._now()).encode()))

    def _save_charts(self, _: Any) -> None:
        links = []
        for name, chart in self._charts.items():
            if chart.svg:
                links.append(download(f"{name}.svg", chart.svg.encode()))
                links.append(download(f"{name}.png", chart.picture.png()))
        self._links.show("".join(links))

    def _save_report(self, button: Any) -> None:
        self._links.show(paragraphs([MAKING]))
        case, desk = self._now()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._links.show(self._report(case, desk))
            return
        button.disabled = True

        async def meanwhile() -> None:
            try:
                link = await asyncio.to_thread(self._report, case, desk)
            finally:
                button.disabled = False
            # A case that was changed meanwhile is not the one that was made.
            if case == self._now()[0]:
                self._links.show(link)

        self._task = loop.create_task(meanwhile())

    def _report(self, case: Case, desk: Desk) -> str:
        return _link(f"{case.student_id}.pdf", lambda: self._pdf(case, desk))

    def _pdf(self, case: Case, desk: Desk) -> bytes:
        with tempfile.TemporaryDirectory(dir=self._files.folder) as folder:
            assumptions = Path(folder) / "assumptions.toml"
            assumptions.write_text(case_toml(case, desk), encoding="utf-8")
            paths = {
                "programs": self._files.path("programs"),
                "preferences": self._files.path("preferences"),
                "assumptions": str(assumptions),
            }
            return report_pdf(Path(folder), case.student_id, case_csv(case), paths)


def _link(name: str, make: Callable[[], bytes]) -> str:
    """A link that saves a file, or why there is none; never an error that nobody would see."""
    try:
        return download(name, make())
    except CountersignalError as error:
        return paragraphs(str(error).splitlines(), "cs-trouble")
    except Exception as error:
        return paragraphs([FAILED.format(type(error).__name__)], "cs-trouble")

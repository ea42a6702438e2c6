"""The page without code, measured in the browser: from a key press to what it shows.

Run it from the project root: `python benchmarks/explore.py`. It serves the page on a made-up class
with 240 programs of one specialty, then with 800, opens each in Chromium, and presses an arrow key
on the score's slider fifty times. The browser's own clock says when the numbers and the first chart
were changed, and when the last part of the page was.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from analysis.paths import from_root

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PRESSES, QUIET_MS, SECONDS = 50, 700, 120
SPECIALTY = "Internal Medicine"
PROGRAMS = (240, 800)
WATCH = """
() => {
  const page = document.querySelector('.cs-page');
  const seen = { key: 0, number: 0, chart: 0, last: 0 };
  const mark = (name) => {
    const now = performance.now();
    if (seen.key && !seen[name]) seen[name] = now - seen.key;
    if (seen.key) seen.last = now - seen.key;
  };
  const inside = (node, kind) =>
    (node.nodeType === 1 ? node : node.parentElement)?.closest(kind);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (inside(change.target, '.cs-keys')) mark('number');
      if (inside(change.target, '.cs-picture-chances-by-flag')) mark('chart');
      if (inside(change.target, '.cs-keys, .cs-main')) mark('last');
    }
  }).observe(page, { childList: true, subtree: true, characterData: true });
  page.addEventListener('keydown', () => {
    Object.assign(seen, { key: performance.now(), number: 0, chart: 0, last: 0 });
  }, true);
  window.seenOfPress = seen;
}
"""


def one_specialty(folder: Path, number: int) -> tuple[Path, Path]:
    """So many programs, the sample's again and again, all of one specialty, and one student."""
    students = from_root("data/sample/students.csv").read_text(encoding="utf-8").splitlines()
    (folder / "students.csv").write_text("\n".join(students[:2]) + "\n", encoding="utf-8")
    with from_root("data/sample/programs.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with (folder / "programs.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        for at in range(number):
            row = rows[at % len(rows)]
            name = f"{row['program_name']} {at // len(rows) + 1}"
            own = {"program_id": f"P{at:04}", "program_name": name, "specialty": SPECIALTY}
            writer.writerow({**row, **own})
    return folder / "students.csv", folder / "programs.csv"


def address_of(process: subprocess.Popen[str]) -> str:
    """What the command prints once it listens."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=\S+", line):
        raise SystemExit(f"explore: the page did not start ({line!r})")
    return line


def measured(address: str) -> tuple[list[dict[str, float]], float]:
    """Milliseconds of each press, and seconds to the first picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        begun = time.perf_counter()
        page.goto(address)
        page.locator(".cs-chart").first.wait_for(timeout=1000 * SECONDS)
        first = time.perf_counter() - begun
        page.wait_for_timeout(2000)
        page.evaluate(WATCH)
        handle = page.get_by_role("slider", name="Step 2 CK", exact=True)
        handle.focus()
        found = []
        for press in range(PRESSES):
            page.keyboard.press("ArrowLeft" if press % 20 < 10 else "ArrowRight")
            page.wait_for_function("seenOfPress.number && seenOfPress.chart")
            page.wait_for_timeout(QUIET_MS)
            found.append(dict(page.evaluate("window.seenOfPress")))
        browser.close()
    return found, first


def main() -> list[dict[str, Any]]:
    """Rows of the 95th percentile of the presses, and of the first picture."""
    return [row for number in PROGRAMS for row in rows_of(number)]


def rows_of(number: int) -> list[dict[str, Any]]:
    """Rows of a page with so many programs of one specialty."""
    with tempfile.TemporaryDirectory() as folder:
        students, programs = one_specialty(Path(folder), number)
        command = [sys.executable, "-m", "analysis.cli", "explore", "--no-browser"]
        command += ["--students", str(students), "--programs", str(programs)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            address = address_of(process)
            time.sleep(10)  # the first kernel is being heated
            found, first = measured(address)
        finally:
            process.terminate()
            process.wait(60)
    if any(not press["number"] or not press["chart"] for press in found):
        raise SystemExit("explore: a key press changed nothing")

    def late(*names: str) -> float:
        return float(np.quantile([max(press[n] for n in names) for press in found], 0.95)) / 1000

    rows = [
        ("key press to changed number and first chart, p95", late("number", "chart"), "150 ms"),
        ("key press to all settled, p95", late("number", "chart", "last"), "400 ms"),
        ("page asked for to first picture", first, "5 s"),
    ]
    return [
        {
            "what": f"exploring {number} programs, {what}",
            "ours": seconds,
            "stock": "",
            "ratio": "",
            "asked": f"at most {asked}" if number == PROGRAMS[0] else "",
        }
        for what, seconds, asked in rows
    ]


if __name__ == "__main__":
    for row in main():
        print(f"{row['what']}: {row['ours']:.3f} s", f"({row['asked']})" if row["asked"] else "")

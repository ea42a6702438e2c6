"""Every benchmark, and their tables in docs/benchmarks.md: what `make bench` runs.

A benchmark is a module of this folder with `main() -> list[dict]`: rows of what, ours, stock,
ratio and asked, numbers being seconds. `python benchmarks/run.py NAME ...` runs those alone and
leaves the tables of the others as they stand. What is asked is said in words that `is_met` reads:
"at least 15x", "at most 1.5x", "at most 2 s". Seconds are printed; the page keeps ratios, and
what share of a budget was used.
"""

from __future__ import annotations

import importlib
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- bench {} -->", "<!-- /bench {} -->"
NO_BENCHMARK = {"run", "three_charts"}
PRINTED = ("what", "ours", "stock", "ratio", "asked", "met")
KEPT = ("what", "ratio", "of its budget", "asked", "met", "machine")
TENTH, HUNDRED = 0.1, 100
LEAST = re.compile(r"at least ([\d.]+)x")
MOST = re.compile(r"at most ([\d.]+)x")
BUDGET = re.compile(r"(?:at most|under) ([\d.]+) (s|ms)\b")


def benchmarks() -> list[str]:
    """Names of the modules, in order."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NO_BENCHMARK)


def rows_of(name: str) -> list[dict[str, Any]]:
    """Run a benchmark; one that returns a bare ratio becomes a row."""
    module = importlib.import_module(f"benchmarks.{name}")
    result = module.main()
    if isinstance(result, float):
        title = (module.__doc__ or name).splitlines()[0].rstrip(".")
        return [{"what": title, "ours": "", "stock": "", "ratio": result, "asked": ""}]
    return result


def seconds(value: object) -> str:
    """A time as a reader wants it; words as they stand."""
    if not isinstance(value, int | float):
        return str(value)
    if value < TENTH:
        return f"{1000 * value:.2g} ms"
    return f"{value:.0f} s" if value >= HUNDRED else f"{value:.3g} s"


def budget_of(row: Mapping[str, Any]) -> float | None:
    """Seconds that a row may take, of what is asked."""
    found = BUDGET.search(row["asked"])
    return float(found[1]) / (1000 if found[2] == "ms" else 1) if found else None


def is_met(row: Mapping[str, Any]) -> bool | None:
    """Whether a row gives all that is asked of it; None where nothing is that could be judged."""
    least, most, budget = LEAST.search(row["asked"]), MOST.search(row["asked"]), budget_of(row)
    held = []
    if least:
        held.append(row["ratio"] >= float(least[1]))
    if most:
        held.append(row["ratio"] <= float(most[1]))
    if budget is not None:
        held.append(row["ours"] <= budget)
    return all(held) if held else None


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = PRINTED) -> str:
    """A Markdown table of rows."""
    lines = ["| " + " | ".join(columns) + " |", "|:--" + "|--:" * (len(columns) - 1) + "|"]
    for row in rows:
        budget, ratio = budget_of(row), row["ratio"]
        cells = {
            **row,
            "ours": seconds(row["ours"]),
            "stock": seconds(row["stock"]),
            "ratio": f"{ratio:.3g}" if isinstance(ratio, float) else str(ratio),
            "of its budget": f"{row['ours'] / budget:.0%}" if budget else "",
            "met": {True: "yes", False: "**no**", None: ""}[is_met(row)],
            "machine": machine(),
        }
        lines.append("| " + " | ".join(str(cells[c]).replace("|", "/") for c in columns) + " |")
    return "\n".join(lines)


@cache
def machine() -> str:
    """The machine of a row: its processors, their kind, and how busy others kept them."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    count = os.cpu_count() or 1
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    busy = f", {load:.0f} others' processes running" if load >= 1 else ""
    return f"{count} x {names[0] if names else platform.processor() or platform.machine()}{busy}"


def with_table(page: str, name: str, content: str) -> str:
    """The page with one benchmark's table put in, at its markers or at the end."""
    begin, end = BEGIN.format(name), END.format(name)
    block = f"{begin}\n{content}\n{end}"
    if begin in page:
        found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        return found.sub(lambda _: block, page)
    return f"{page.rstrip()}\n\n## {name.replace('_', ' ')}\n\n{block}\n"


def main(names: Sequence[str]) -> int:
    """Run benchmarks, print their tables and write them; 1 if one broke."""
    sys.path.insert(0, str(HERE.parent))
    broken = []
    for name in names or benchmarks():
        print(f"# {name}", file=sys.stderr, flush=True)
        try:
            rows = rows_of(name)
        except (Exception, SystemExit) as error:  # the others are measured all the same
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            broken.append(name)
            continue
        content = table(rows)
        print(content, flush=True)
        # read again each time: a benchmark takes minutes, and the page may be edited meanwhile
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_table(page, name, table(rows, KEPT)), encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

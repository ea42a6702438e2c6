"""Every benchmark, and their tables in docs/benchmarks.md: what `make bench` runs.

A benchmark is a module of this folder with `main() -> list[dict]`: rows of what, ours, stock,
ratio and asked, numbers being seconds. `python benchmarks/run.py NAME ...` runs those alone and
leaves the tables of the others as they stand.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- bench {} -->", "<!-- /bench {} -->"
NO_BENCHMARK = {"run", "three_charts"}
COLUMNS = ("what", "ours", "stock", "ratio", "asked")
TENTH, HUNDRED = 0.1, 100


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


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """A Markdown table of rows."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|:--|--:|--:|--:|:--|"]
    for row in rows:
        ratio = row["ratio"]
        ratio = f"{ratio:.3g}" if isinstance(ratio, float) else str(ratio)
        cells = [row["what"], seconds(row["ours"]), seconds(row["stock"]), ratio, row["asked"]]
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines)


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
        page = with_table(page, "machine", f"Processors: {os.cpu_count()}.")
        PAGE.write_text(with_table(page, name, content), encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Record the numbers that four commands answer, so that a change of code cannot move them unseen.

``python -m tests.golden.freeze`` asks every question below through the command line's own JSON and
writes the answers to numbers.json.gz. Run it only when numbers move on purpose, and say in the
commit which moved and why. The class is a copy of the made-up sample (tests/golden/class), so that
a new sample moves nothing here. Wording, fingerprints and names of groups are not recorded.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RECORDED = HERE / "numbers.json.gz"
CLOSE = 1e-12
DIGITS = 14
# Of the class's chances every so many rows are recorded, which keeps the file small.
SPARSE = 3
# Texts that are part of the answer; all other text is wording, which other tests hold.
IDENTITIES = frozenset(
    {
        "against",
        "assumption",
        "chance_basis",
        "changes",
        "falls",
        "flag",
        "input",
        "program_id",
        "program_type",
        "rises",
        "scenario",
        "signal",
        "student_id",
        "verdict",
    }
)
LISTS = frozenset(
    {
        "base_list",
        "chosen",
        "enters",
        "imputed",
        "interchangeable",
        "leaves",
        "signals_moved",
        "unknown",
    }
)
CLASS = ("--students", "students.csv", "--programs", "programs.csv")
WISHED = (*CLASS, "--preferences", "preferences.csv")
EVEN = tuple(
    part
    for name in ("step2_ck", "clerkships", "letters", "red_flags")
    for part in ("--set", f"weights.{name}=0.2")
)
QUESTIONS: dict[str, tuple[str, ...]] = {
    "chances": ("chances", *WISHED),
    "chances, Step 2 CK weighs more": ("chances", *CLASS, "--set", "weights.step2_ck=0.4"),
    "chances, a leave harms less": ("chances", *CLASS, "--set", "anchors.loa_academic=0.45"),
    "chances, anchors over all programs": ("chances", *CLASS, "--set", "anchor_basis=population"),
    "chances, two what-ifs": (
        *("chances", *CLASS, "--what-if", "step2_ck=+10"),
        *("--what-if", "step2_ck=262,letters=0.9,research_items=8"),
    ),
    "list": ("pick", "S001", *WISHED, "--what-if", "step2_ck=265", "--what-if", "limit=+10"),
    "list, few": ("pick", "S002", *CLASS, "--limit", "12"),
    "list, poor": ("pick", "S004", *CLASS, "--budget", "250", "--what-if", "limit=20"),
    "list, signals to give": ("pick", "S006", *CLASS, "--gold", "3", "--silver", "5"),
    "list, a quota": ("pick", "S003", *CLASS, "--limit", "20", "--quota", "state=OH>=2"),
    "list, greedy": ("pick", "S005", *CLASS, "--limit", "25", "--method", "greedy"),
    "list, exact": ("pick", "S007", *CLASS, "--limit", "15", "--method", "exact"),
    "list, even weights": ("pick", "S008", *CLASS, *EVEN),
    "list, independent": ("pick", "S001", *WISHED, "--set", "latent_correlation=0"),
    "list, another specialty": (
        *("pick", "S009", *CLASS, "--what-if", "specialty=Family Medicine"),
        *("--what-if", "drop=step1_failure"),
    ),
    "sensitivity": ("robustness", "S001", *WISHED, "--draws", "50", "--no-cache"),
    "sensitivity, even weights": (
        *("robustness", "S002", *CLASS, *EVEN),
        *("--draws", "50", "--seed", "3", "--no-cache"),
    ),
    "back-test": ("backtest", "--graduates", "graduates.csv"),
    "back-test, Step 2 CK weighs more": (
        *("backtest", "--graduates", "graduates.csv"),
        *("--set", "weights.step2_ck=0.4"),
    ),
}


def answer(question: tuple[str, ...], folder: Path) -> Any:
    """What the command line answers, as JSON, with the files of `folder`."""
    from analysis.cli import main

    files = {path.name: str(path) for path in folder.iterdir()}
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        main([*(files.get(part, part) for part in question), "--format", "json"])
    found = json.loads(said.getvalue())
    return found[::SPARSE] if question[0] == "chances" else found


def class_folder(into: Path) -> Path:
    """The class's files in one folder, unpacked."""
    for path in (HERE / "class").iterdir():
        if path.suffix == ".gz":
            (into / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        else:
            shutil.copy(path, into)
    return into


def numbers(value: Any, key: str = "") -> Any:
    """An answer without its wording: numbers, yes and no, and the texts that identify a row."""
    if isinstance(value, dict):
        kept = {name: numbers(part, name) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in ("", {}, [])}
    if isinstance(value, list):
        parts = [numbers(part, key) for part in value]
        return [] if all(part in ("", {}, []) for part in parts) else parts
    if isinstance(value, str):
        return value if key in IDENTITIES | LISTS else ""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def differences(recorded: Any, found: Any, at: str = "") -> list[str]:
    """Every recorded number that is not found again; what is new is no difference."""
    if isinstance(recorded, dict) and isinstance(found, dict):
        return [
            line
            for name, part in recorded.items()
            for line in differences(part, found.get(name), f"{at}.{name}")
        ]
    if isinstance(recorded, list) and isinstance(found, list):
        if len(recorded) != len(found):
            return [f"{at}: {len(recorded)} recorded, {len(found)} found"]
        pairs = enumerate(zip(recorded, found, strict=True))
        return [line for row, (a, b) in pairs for line in differences(a, b, f"{at}[{row}]")]
    numeric = (int, float)
    if isinstance(recorded, numeric) and isinstance(found, numeric):
        same = math.isclose(recorded, found, rel_tol=CLOSE, abs_tol=CLOSE)
    else:
        same = recorded == found
    return [] if same else [f"{at}: {recorded!r} recorded, {found!r} found"]


def recorded_answers() -> dict[str, Any]:
    """Answers as they were recorded, by question."""
    answers: dict[str, Any] = json.loads(gzip.decompress(RECORDED.read_bytes()))
    return answers


def freeze(names: list[str]) -> None:
    """Record the named questions again, all without names."""
    unknown = set(names) - set(QUESTIONS)
    if unknown:
        raise SystemExit(f"no such question: {', '.join(sorted(unknown))}")
    answers = recorded_answers() if names else {}
    with tempfile.TemporaryDirectory() as folder:
        files = class_folder(Path(folder))
        for name in names or QUESTIONS:
            answers[name] = numbers(answer(QUESTIONS[name], files))
    text = json.dumps(answers, separators=(",", ":"), sort_keys=True)
    RECORDED.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    freeze(sys.argv[1:])

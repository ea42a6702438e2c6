"""Past graduates: those like one student, and a pool of several offices' files."""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError, Problem, RowError, TableError
from analysis.model.chance import wilson_interval
from analysis.model.outcomes import Alike, graduates_alike, matched_by_flag, most_matched
from analysis.model.parameters import FLAGS, heaviest_first, listed
from analysis.paths import FilePath, from_root
from analysis.tables import read_student
from analysis.tables.check import read_graduate_files
from analysis.text import table
from analysis.text.labels import FEATURES


def similar_graduates(
    student: pd.DataFrame, graduates: pd.DataFrame, assumptions: Assumptions
) -> Alike:
    """What became of the graduates most like a student; an error where too few are."""
    return graduates_alike(
        student.iloc[0].to_dict(),
        graduates,
        smallest_cell=int(assumptions.value("graduates.smallest_cell")),
        most=int(assumptions.value("graduates.most_alike")),
    )


def alike_record(
    student: pd.DataFrame, graduates: pd.DataFrame | None, assumptions: Assumptions, match: float
) -> dict[str, Any] | None:
    """Similar graduates, and the most that they allow of a list's match chance, ``most``.

    With those of the student's heaviest flag at any score, ``flagged``, where they are enough to
    hide a person. None where there is no file, or too few similar ones for that.
    """
    if graduates is None:
        return None
    try:
        group = similar_graduates(student, graduates, assumptions)
    except ModelError:
        return None
    most = group.matched_high
    # Lower scores are asked only where the student's own group allows less than the list promises.
    if match > most:
        most = most_matched(
            student.iloc[0].to_dict(),
            graduates,
            assumptions.value("passing.lowest"),
            smallest_cell=int(assumptions.value("graduates.smallest_cell")),
            most=int(assumptions.value("graduates.most_alike")),
        )
    return {
        "n": group.n,
        "matched": round(group.n * group.matched_rate),
        "low": group.matched_low,
        "high": group.matched_high,
        "same_specialty": group.same_specialty,
        "same_flag": group.same_flag,
        "most": most,
        "flagged": _with_the_flag(student, graduates, assumptions),
    }


def _with_the_flag(
    student: pd.DataFrame, graduates: pd.DataFrame, assumptions: Assumptions
) -> dict[str, Any] | None:
    flags = heaviest_first(listed(student["red_flags"].iloc[0]), assumptions.group("anchors"))
    groups = matched_by_flag(graduates, int(assumptions.value("graduates.smallest_cell")))
    own = groups[(groups["group"] == flags[0]) & groups["n"].notna()] if flags else groups.iloc[:0]
    if own.empty:
        return None
    n, rate, high = own[["n", "matched", "high"]].iloc[0]
    return {"flag": flags[0], "n": int(n), "matched": round(n * rate), "high": float(high)}


def graduates_like_table(
    student_id: str,
    students_csv: FilePath,
    graduates_csv: FilePath,
    assumptions_toml: FilePath | None = None,
    mapping_toml: FilePath = "",
) -> pd.DataFrame:
    """Table about graduates like one student, from files.

    Parameters
    ----------
    student_id : str
        Whose row of the class.
    students_csv, graduates_csv : str or path-like
        The class, and the office's own outcomes; the latter may be "".
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    mapping_toml : str or path-like
        A column mapping for the office's own export, or "".

    Returns
    -------
    DataFrame
        A row a fact: what, value; or one row that says why nothing is told.

    Raises
    ------
    TableError
        If a file cannot be used.
    RowError
        If the student's row or a graduate's is wrong.
    """
    student = read_student(from_root(students_csv), student_id)
    mapping = from_root(mapping_toml) if str(mapping_toml) else None
    files = [from_root(graduates_csv)] if str(graduates_csv) else []
    graduates = read_graduate_files(files, mapping) if files else None
    found, why = None, ""
    try:
        if graduates is not None:
            found = similar_graduates(student, graduates, read_assumptions(assumptions_toml))
    except ModelError as error:
        why = str(error)
    compared = [] if found is None else [FEATURES[name] for name in found.compared]
    return table("findings/alike_table", found=found, why=why, compared=compared)


FORMAT = "countersignal pool 1"
ANY, NONE = "any", "none"
OTHER = "other flags"
BANDS = ("under 230", "230 to 239", "240 to 249", "250 to 259", "260 and more")
HALF_OF = dict(zip(BANDS, ["under 250"] * 3 + ["250 and more"] * 2, strict=True))
EDGES = (230.0, 240.0, 250.0, 260.0)
COUNTS = ("graduates", "applications", "interviews", "matched")
COLUMNS = ("format", "synthetic", "years", "flag", "step2_ck", *COUNTS, "noise")
# A count is off by a two-sided geometric number of this many graduates' worth.
NOISE = 1.0
NOISE_WORDS = f"two-sided geometric, {NOISE:g} graduate"
# Standard deviation of that, in graduates' worth, at most.
NOISE_SD = float(np.sqrt(2)) * NOISE


def export_cells(
    graduates_csv: Sequence[FilePath],
    out: Path,
    key: bytes,
) -> pd.DataFrame:
    """Write counts of graduates in cells of flag and Step 2 CK, none of fewer than ten.

    Every graduate is in one cell. Where a band of scores has too few, there are two bands, or
    one; where a flag has too few, all such flags; what then has too few is left out. Ten is the
    least; how many more are wanted is drawn. Each count carries noise of about one graduate's
    worth. All of it is drawn from the file as a whole and the key: the same file gives
    the same numbers again, so that noise cannot be averaged away; any other file gives other noise
    in every cell, so that no difference shows which one changed; and who knows the rows, but not
    the key, cannot try out a row until the counts fit.

    Parameters
    ----------
    graduates_csv : sequence of paths
        The office's own outcomes.
    out : Path
        The new file.
    key : bytes
        A secret of this checkout (`analysis.inputs.row_key`), which the noise follows from.

    Returns
    -------
    DataFrame
        What was written.

    Raises
    ------
    TableError
        If a file cannot be used, is there already, or no cell is large enough.
    RowError
        With every bad row.
    """
    if out.exists():
        raise TableError(Problem(out.name, "a new file: this one is there already"))
    assumptions = read_assumptions()
    smallest = int(assumptions.value("graduates.smallest_cell"))
    rows = read_graduate_files([from_root(path) for path in graduates_csv])
    made_up = rows["source"].astype(str).str.contains("synthetic").any() if "source" in rows else 0
    people = _people(rows, assumptions.group("anchors"))
    told = people.to_csv(lineterminator="\n")

    def chance(*of: str) -> np.random.Generator:
        seed = hmac.new(key, "\x1f".join((told, *of)).encode(), hashlib.sha256)
        return np.random.default_rng(int.from_bytes(seed.digest(), "big"))

    wanted = smallest + int(chance().geometric(1 - np.exp(-1 / NOISE))) - 1
    cells = [
        {
            "format": FORMAT,
            "synthetic": "yes" if made_up else "no",
            "years": f"{int(rows['year'].min())}-{int(rows['year'].max())}",
            "flag": flag,
            "step2_ck": band,
            **_noisy(own, chance(flag, band)),
            "noise": NOISE_WORDS,
        }
        for (flag, band), own in _merged(people, wanted).items()
    ]
    if not cells:
        names = ", ".join(Path(path).name for path in graduates_csv)
        expected = f"{smallest} graduates or more with a score and the same flag, or without one"
        raise TableError(Problem(names, expected))
    found = pd.DataFrame(cells, columns=list(COLUMNS))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            found.to_csv(stream, index=False, lineterminator="\n")
    except OSError as error:
        raise TableError(Problem(out.name, f"a place to write to ({error.strerror})")) from None
    return found


def _people(rows: pd.DataFrame, anchors: dict[str, float]) -> pd.DataFrame:
    """One row a graduate: flag, band and counts; who has no score is left out."""
    each = rows.groupby("graduate_id", sort=True)
    last = each.last()
    flags = [(*heaviest_first(listed(own), anchors), NONE)[0] for own in last["red_flags"]]
    found = pd.DataFrame(
        {
            "flag": flags,
            "score": last["step2_ck"].to_numpy(dtype=float),
            "applications": each.size().to_numpy(),
            "interviews": each["interviewed"].sum().to_numpy(dtype=int),
            "matched": each["matched"].max().fillna(0).to_numpy(dtype=int),
        },
        index=last.index,
    )
    found = found[found["score"].notna()]
    bands = np.array(BANDS, dtype=object)[np.searchsorted(EDGES, found["score"], side="right")]
    return found.assign(band=bands)


def _merged(people: pd.DataFrame, smallest: int) -> dict[tuple[str, str], pd.DataFrame]:
    """Disjoint cells of ten and more, from fine to coarse; what is left over is left out."""
    cells: dict[tuple[str, str], pd.DataFrame] = {}
    small: list[pd.DataFrame] = []
    for flag, own in people.groupby("flag", sort=True):
        if len(own) < smallest:
            small.append(own)
            continue
        # All bands or none: large ones alone would leave what is missing to subtraction.
        for told in (own["band"], own["band"].map(HALF_OF), own["band"].map(lambda _: ANY)):
            if told.value_counts().min() >= smallest:
                parts = own.groupby(told, sort=True)
                cells |= {(str(flag), str(band)): rows for band, rows in parts}
                break
    rest = pd.concat([one for one in small if one["flag"].iloc[0] != NONE] or [people.iloc[:0]])
    if len(rest) >= smallest:
        cells[OTHER, ANY] = rest
    return cells


def _noisy(own: pd.DataFrame, generator: np.random.Generator) -> dict[str, int]:
    """Counts of a cell, each off by about one graduate's worth."""
    people = len(own)
    true = np.array([people, *(own[name].sum() for name in COUNTS[1:])])
    # Whole numbers each: steps as wide as a graduate's worth would show which cell's mean moved.
    stop = 1 - np.exp(-1 / (NOISE * np.maximum(1, [1, *(true[1:3] / people), 1])))
    said = [max(0, int(x)) for x in true + generator.geometric(stop) - generator.geometric(stop)]
    said[2], said[3] = min(said[1], said[2]), min(said[0], said[3])
    return dict(zip(COUNTS, said, strict=True))


def pool_cells(files: Sequence[Path]) -> pd.DataFrame:
    """Add up the cells of several offices.

    Parameters
    ----------
    files : sequence of Path
        Written by `export_cells`, each by another office.

    Returns
    -------
    DataFrame
        One row a cell: flag, step2_ck, offices, graduates, applications, interviews, matched; of
        100 applications and of 100 graduates with their 90% intervals (interview_rate,
        match_rate; _low, _high). A graduate counts once, however many applications; the noise is in
        the intervals.

    Raises
    ------
    TableError
        If a file is none of ours, or made-up cells would be added to real ones.
    RowError
        If a count is none.
    """
    tables = [_read_cells(Path(path)) for path in files]
    names = ", ".join(Path(path).name for path in files)
    told = [hashlib.sha256(table[list(COUNTS)].to_csv().encode()).hexdigest() for table in tables]
    if len(set(told)) < len(told):
        raise TableError(Problem(names, "each office once: two files hold the same cells"))
    every = pd.concat(tables, ignore_index=True)
    if every["synthetic"].nunique() > 1:
        raise TableError(Problem(names, "made-up cells or real ones, never both"))
    grouped = every.groupby(["flag", "step2_ck"], sort=False)
    found = grouped[list(COUNTS)].sum().assign(offices=grouped.size()).reset_index()
    for name, got, tried in (
        ("interview_rate", "interviews", "applications"),
        ("match_rate", "matched", "graduates"),
    ):
        people = found["graduates"].to_numpy(dtype=float)
        rate = found[got].to_numpy(dtype=float) / np.maximum(found[tried].to_numpy(dtype=float), 1)
        low, high = wilson_interval(rate * people, people, 0.9)
        blur = 1.645 * NOISE_SD * np.sqrt(found["offices"]) / np.maximum(people, 1)
        found[name] = rate
        found[f"{name}_low"] = np.clip(rate - np.hypot(rate - low, blur), 0, 1)
        found[f"{name}_high"] = np.clip(rate + np.hypot(high - rate, blur), 0, 1)
    order = {flag: at for at, flag in enumerate((NONE, *FLAGS))}
    place = found["flag"].map(lambda flag: order.get(flag, len(order)))
    return found.iloc[np.lexsort([found["step2_ck"], place])].reset_index(drop=True)


def _read_cells(path: Path) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeError, csv.Error) as error:
        wanted = f"a CSV file that can be read ({error.__class__.__name__})"
        raise TableError(Problem(path.name, wanted)) from None
    if not rows or any(set(row) != set(COLUMNS) or row["format"] != FORMAT for row in rows):
        raise TableError(Problem(path.name, "cells that countersignal graduates export wrote"))
    bad = [
        Problem(path.name, "a whole number, 0 or more", line, name, row[name], row["flag"])
        for line, row in enumerate(rows, start=2)
        for name in COUNTS
        if not (row[name] or "").isdecimal()
    ]
    if bad:
        raise RowError(tuple(bad))
    return pd.DataFrame(rows).astype(dict.fromkeys(COUNTS, "int64"))

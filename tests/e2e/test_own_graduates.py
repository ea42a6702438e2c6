"""An office's own export, from a mapping to a learned set that lists and reports use."""

import json

import pytest

from analysis.assumptions import read_assumptions
from analysis.paths import from_root

MAPPING = """
[columns]
graduate_id = "Student No."
year = "Cycle"
interviewed = "Invited?"
[codes.interviewed]
Y = "1"
N = "0"
"""
QUICK = ("--set", "graduates.bootstrap_draws=20")


@pytest.fixture
def export(tmp_path):
    """Every third application of the sample's graduates, in an office's own names and codes."""
    head, *lines = from_root("data/sample/graduates.csv").read_text(encoding="utf-8").splitlines()
    columns = head.split(",")
    theirs = {"graduate_id": "Student No.", "year": "Cycle", "interviewed": "Invited?"}
    rows = [",".join(theirs.get(name, name) for name in columns)]
    at = columns.index("interviewed")
    for line in lines[::3]:
        cells = line.split(",", at + 1)
        cells[at] = {"1": "Y", "0": "N"}[cells[at]]
        rows.append(",".join(cells))
    (tmp_path / "export.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def test_an_export_becomes_a_learned_set_that_lists_and_reports_use(run, export, small_class):
    checked = run(
        "check", export / "export.csv", "--mapping", export / "mapping.toml",
        "--write", export / "graduates.csv",
    )  # fmt: skip
    assert checked.code == 0
    assert "'Student No.' read as graduate_id" in checked.out
    assert "interviewed: 'y' read as '1'" in checked.out

    learned = export / "learned.toml"
    told = run(
        "backtest", "--graduates", export / "graduates.csv", "--learned", learned, *QUICK,
        "--format", "table",
    )  # fmt: skip
    assert told.code == 0, told.err
    assert told.out.startswith("Too few to tell whether the learned numbers are better")
    assert read_assumptions(learned).value("level.shift") != 0
    mapped = run(
        "backtest", "--graduates", export / "export.csv", "--mapping", export / "mapping.toml",
        *QUICK, "--format", "json",
    )  # fmt: skip
    answer = json.loads(mapped.out)

    lists = [
        json.loads(run("pick", "S001", *small_class.options, *given, "--format", "json").out)
        for given in ((), ("--assumptions", learned))
    ]
    assert lists[0]["fingerprint"] != lists[1]["fingerprint"] == answer["fingerprint_learned"]
    assert lists[0]["match_chance"] != lists[1]["match_chance"]
    report = run(
        "report", "S001", *small_class.options, "--assumptions", learned, "--out", small_class.out
    )
    assert report.code == 0, report.err
    assert (small_class.out / "S001.pdf").stat().st_size > 0


def test_a_set_that_nothing_tested_ends_in_a_sentence_and_is_no_file(run, export):
    head, *lines = (export / "export.csv").read_text(encoding="utf-8").splitlines()
    year = head.split(",").index("Cycle")
    last = [line for line in lines if line.split(",")[year] in ("2024", "2025")]
    one = [",".join([*(c := line.split(","))[:year], "2025", *c[year + 1 :]]) for line in last]
    (export / "one_year.csv").write_text("\n".join([head, *one]) + "\n", encoding="utf-8")
    asked = (
        "backtest", "--graduates", export / "one_year.csv", "--mapping", export / "mapping.toml",
        "--learned", export / "learned.toml", *QUICK,
    )  # fmt: skip
    told = run(*asked)
    assert told.code == 1
    assert "learned.toml is not written: no year held back tested it" in told.err
    assert not (export / "learned.toml").exists()
    assert run(*asked, "--insist").code == 0
    assert read_assumptions(export / "learned.toml").text("graduates.verdict") == "too_few_to_tell"

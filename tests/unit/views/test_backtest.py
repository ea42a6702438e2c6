import json
import os
import re
import subprocess
import sys

import pytest

from analysis.assumptions import read_assumptions
from analysis.errors import AssumptionError, RowError
from analysis.model.outcomes import run_backtest
from analysis.paths import from_root
from analysis.tables.graduate_files import graduates_csv
from analysis.text.labels import BACKTEST_FIGURES
from analysis.views.backtest import backtest
from tests.unit.model.outcomes.simulated_class import graduates

SAMPLE = "data/sample/graduates.csv"
QUICK = ["graduates.bootstrap_draws=20"]


@pytest.fixture(scope="module", autouse=True)
def _each_file_is_learned_from_once():
    """Who insists and who does not are told of the same run."""
    view, known = sys.modules[backtest.__module__], {}

    def run(rows, assumptions, *rest):
        key = rows.to_csv(), assumptions.fingerprint
        if key not in known:
            known[key] = run_backtest(rows, assumptions, *rest)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "run_backtest", run)
        yield


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    head, *lines = from_root(SAMPLE).read_text(encoding="utf-8").splitlines(keepends=True)
    # Every third application of each graduate, all in one specialty: quick, and as many people.
    kept = re.sub(r"(?m)^(\w+,\d+),[^,]*", r"\1,Internal Medicine", "".join(lines[::3]))
    (folder / "graduates.csv").write_text(head + kept, encoding="utf-8")
    learned = folder / "office.toml"
    return backtest(folder / "graduates.csv", overrides=QUICK, learned_toml=learned), learned


def test_the_record_has_the_keys_that_the_command_promises(answer):
    record = answer[0].record()
    assert set(record) >= {
        "n_applicants", "n_applications", "years", "brier", "brier_parts", "log_loss",
        "skill_vs_base_rate", "skill_vs_survey", "calibration_in_the_large", "calibration_slope",
        "calibration_intercept", "ece", "ece_null", "prior_sample_size", "rho", "intervals",
        "lists", "fingerprint",
    }  # fmt: skip
    assert record["years"] == [2020, 2021, 2022, 2023, 2024, 2025]
    json.dumps(record, allow_nan=False)


def test_every_statistic_has_its_interval(answer):
    record = answer[0].record()
    for name, ends in record["intervals"].items():
        assert ends["low"] <= ends["high"]
        assert record[name] is not None


def test_no_graduates_id_leaves(answer):
    with from_root(SAMPLE).open(encoding="utf-8") as lines:
        ids = {line.split(",")[0] for line in lines} - {"graduate_id"}
    text = json.dumps(answer[0].record()) + answer[1].read_text(encoding="utf-8")
    assert not [one for one in ids if one in text]


def test_no_count_between_one_and_nine_leaves(answer):
    record = answer[0].record()
    counts = [row["n_applicants"] for row in record["lists"] + record["reliability"]]
    counts += [row["n"] for row in record["learned"]] + [record["n_applicants"]]
    assert not [n for n in counts if n is not None and 0 < n < 10]


def test_the_learned_set_is_one_that_every_command_reads(answer):
    learned = read_assumptions(answer[1])
    assert learned.fingerprint == answer[0].record()["fingerprint_learned"]
    assert learned.entries["latent_correlation"].basis == "office"
    assert learned.entries["level.shift"].basis == "office"


def test_a_file_that_is_there_is_not_written_over(answer):
    before = answer[1].read_bytes()
    with pytest.raises(AssumptionError, match="is there already"):
        backtest(SAMPLE, overrides=QUICK, learned_toml=answer[1])
    assert answer[1].read_bytes() == before


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    """Graduates whose last year met the reverse of what the earlier one taught."""
    rows = graduates(5, read_assumptions(), people=110, sent=3, years=2)
    strong = (rows["step2_ck"] > 250) == (rows["year"] == rows["year"].min())
    rows["interviewed"] = (strong & (rows.index % 5 > 0)).astype(float)
    path = tmp_path_factory.mktemp("turned") / "graduates.csv"
    path.write_text(graduates_csv(rows.assign(matched=0.0)), encoding="utf-8")
    return path


def test_a_set_that_a_rival_beats_is_not_written_and_the_rival_is_named(turned, tmp_path):
    out = tmp_path / "office.toml"
    found = backtest(turned, overrides=QUICK, learned_toml=out)
    assert not out.exists()
    assert found.result.verdict == "worse"
    assert (
        "office.toml is not written: the earlier years' rate predicted them better"
        in (found.record()["not_written"])
    )
    gains = found.result.statistics.filter(like="log_loss_gain_vs_", axis=0)
    assert gains["value"].idxmin() == "log_loss_gain_vs_base_rate"
    assert gains.at["log_loss_gain_vs_base_rate", "high"] < 0


def test_who_insists_gets_the_set_and_the_set_says_that_it_did_worse(turned, tmp_path):
    out = tmp_path / "office.toml"
    found = backtest(turned, overrides=QUICK, learned_toml=out, insist=True)
    assert found.refused == ""
    mark = read_assumptions(out).entries["graduates.verdict"]
    assert mark.value == "worse"
    assert mark.why.startswith("the earlier years' rate predicted them better")
    assert "log loss on 55 graduates of 2022" in mark.why


@pytest.mark.parametrize(
    ("years", "why"),
    [(1, "one year of graduates"), (2, "too few graduates in the earlier years")],
)
def test_a_set_that_no_year_tested_is_written_only_for_who_insists(years, why, tmp_path):
    rows = graduates(6, read_assumptions(), people=56, sent=2, years=years)
    (tmp_path / "graduates.csv").write_text(graduates_csv(rows), encoding="utf-8")
    out = tmp_path / "office.toml"
    found = backtest(tmp_path / "graduates.csv", overrides=QUICK, learned_toml=out)
    assert not out.exists()
    assert f"no year held back tested it ({why}" in found.refused
    scored = "28 graduates of 2022 were scored." if years == 2 else "no graduate was scored."
    assert found.verdict().endswith(scored)
    backtest(tmp_path / "graduates.csv", overrides=QUICK, learned_toml=out, insist=True)
    assert read_assumptions(out).text("graduates.verdict") == "too_few_to_tell"


def test_a_file_that_teaches_nothing_is_said_to_and_why_no_year_tests_it(tmp_path):
    rows = graduates(6, read_assumptions(), people=56, sent=1).assign(step2_ck=float("nan"))
    (tmp_path / "graduates.csv").write_text(graduates_csv(rows), encoding="utf-8")
    out = tmp_path / "office.toml"
    found = backtest(tmp_path / "graduates.csv", overrides=QUICK, learned_toml=out)
    assert found.refused == (
        "office.toml is not written: nothing was learned; --insist writes the old numbers"
    )
    # Eleven graduates of 2025 are in the file.
    assert found.result.reasons[0] == "fewer than 10 graduates in 2025 with a chance to compare"
    backtest(tmp_path / "graduates.csv", overrides=QUICK, learned_toml=out, insist=True)
    assert read_assumptions(out).fingerprint == read_assumptions(overrides=QUICK).fingerprint


def test_a_set_that_ties_is_written_and_says_how_it_did(answer):
    assert answer[0].refused == ""
    gains = answer[0].result.statistics.filter(like="log_loss_gain_vs_", axis=0)
    assert (gains["high"] >= 0).all()
    mark = read_assumptions(answer[1]).entries["graduates.verdict"]
    assert mark.value == answer[0].result.verdict
    assert "log loss on 25 graduates of 2025: learned numbers" in mark.why


def test_a_bad_row_is_named_before_anything_is_computed(tmp_path):
    lines = from_root(SAMPLE).read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(",0,0,", ",0,1,")
    path = tmp_path / "graduates.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(RowError, match=r"graduates\.csv, line 4, column interviewed, matched"):
        backtest(path)


def test_old_stands_beside_new_in_plain_words(answer):
    rows = {row["assumption"]: row for row in answer[0].changes()}
    level = rows["the level of every program (log-odds)"]
    assert (level["old"], level["graduates"]) == (0, 150)
    assert level["low"] <= level["new"] <= level["high"]
    assert "the chance of a match after an interview" in rows
    assert len(rows) == len(answer[0].changes())


def test_every_figure_of_the_table_says_what_it_means_and_carries_its_interval(answer):
    rows = {row["figure"]: row for row in answer[0].figures()}
    assert rows["skill_vs_survey"]["low"] <= rows["skill_vs_survey"]["value"]
    assert rows["rho"]["low"] < rows["rho"]["value"] < rows["rho"]["high"]
    assert {name for name, row in rows.items() if row["meaning"]} == set(BACKTEST_FIGURES)
    assert "25 graduates of 2025 were scored" in answer[0].verdict()


@pytest.mark.soak
def test_threads_of_linear_algebra_move_no_digit():
    script = (
        "import json; from analysis.views.backtest import backtest; "
        f"print(json.dumps(backtest({SAMPLE!r}, overrides={QUICK!r}).record()))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            capture_output=True, text=True, check=True, timeout=300,
        ).stdout
        for threads in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1] != ""

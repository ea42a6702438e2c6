import csv
import io
import json
import os
import subprocess
import sys

import pytest

from analysis import __version__
from analysis.errors import ReportError
from analysis.paths import from_root
from analysis.workers.pool import LocalPool
from tests.e2e.conftest import write_rows


def test_the_version_is_said(run):
    assert run("--version").out == f"countersignal {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [("batch",), ("bogus",), ("chances", "--studnets", "x.csv"), ("report",)]
)
def test_wrong_usage_is_exit_2_without_a_traceback(run, arguments):
    done = run(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert done.err


def test_resume_and_overwrite_exclude_each_other(run, small_class):
    done = run(*small_class.batch, "--resume", "--overwrite")
    assert done.code == 2
    assert "exclude each other" in done.err


def test_an_unknown_assumption_names_the_nearest(run, small_class):
    done = run("chances", *small_class.options, "--set", "weights.step_2=0.4")
    assert done.code == 2
    assert "weights.step2_ck" in done.err


def test_an_error_of_the_program_is_one_sentence(run, monkeypatch, small_class):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("analysis.views.chances.chances", broken)
    done = run("chances", *small_class.options)
    assert done.code == 1
    assert "ZeroDivisionError" in done.err
    assert "Traceback" not in done.err


def test_a_library_that_is_missing_is_said_with_how_to_set_up(run, monkeypatch, small_class):
    def outdated(*_, **__):
        message = "No module named 'seaborn'"
        raise ModuleNotFoundError(message, name="seaborn")

    monkeypatch.setattr("analysis.views.chances.chances", outdated)
    done = run("chances", *small_class.options)
    assert done.code == 2
    assert "seaborn is not installed" in done.err
    assert "make setup" in done.err


def test_ctrl_c_is_exit_130_and_one_line(run, monkeypatch, small_class):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("analysis.views.chances.chances", interrupted)
    done = run("chances", *small_class.options)
    assert (done.code, done.err) == (130, "countersignal: stopped\n")


def test_another_folder_is_asked_for_in_one_line(run, tmp_path, monkeypatch):
    # Set first, so that what the command sets is taken back when the test ends.
    monkeypatch.setenv("COUNTERSIGNAL_PROJECT", "")
    done = run("demo", "--project", tmp_path)
    assert done.code == 2
    assert "--project DIR" in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_the_demo_promises_no_report_that_was_not_made(run, tmp_path, monkeypatch):
    def failing(_, __, tasks, ___):
        return ((task, ReportError("no report is made")) for task in tasks)

    monkeypatch.setattr(LocalPool, "results", failing)
    monkeypatch.setattr("analysis.cli.reports.project_root", lambda: tmp_path)
    done = run("demo")
    assert done.code == 1
    assert "0 reports in" in done.err
    assert done.out == ""


def test_help_needs_no_heavy_library():
    code = (
        "import sys, analysis.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'scipy', 'matplotlib', 'papermill', 'nbconvert'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr


def test_a_batch_loads_no_converter_and_no_grammar_of_web_addresses():
    code = (
        "import sys, analysis.cli as c\n"
        "try: c.main(['--version'])\n"
        "except SystemExit: pass\n"
        "import analysis.report.batch, papermill\n"
        "sys.exit(', '.join(sorted({'nbconvert', 'lark'} & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [(), ("batch",)])
def test_help_takes_less_than_four_tenths_of_a_second_of_work(command, tmp_path):
    """Counted as the processor's time, which other work on the machine does not lengthen."""
    line = [sys.executable, "-m", "analysis.cli", *command, "--help"]
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's second call finds compiled modules
    seconds = []
    for _ in range(4):
        before = os.times()
        subprocess.run(line, env=kept, capture_output=True, check=True)
        after = os.times()
        seconds.append(
            after.children_user + after.children_system
            - before.children_user - before.children_system
        )  # fmt: skip
    assert min(seconds[1:]) < 0.4


def test_a_pipe_that_closes_early_is_no_error():
    command = [sys.executable, "-m", "analysis.cli", "assumptions", "show", "--format", "csv"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and /dev/full of POSIX")
@pytest.mark.parametrize("messages", ["a pipe that nobody reads", "a full disk"])
@pytest.mark.parametrize(("command", "code"), [("template", 0), ("bogus", 2), ("batch", 1)])
def test_messages_that_cannot_be_written_end_no_work(small_class, command, code, messages):
    small_class.rows = [{**row, "step2_ck": "2555"} for row in small_class.rows]
    write_rows(small_class.students, small_class.rows)  # nobody to render, and much to say
    reader, writer = os.pipe()
    os.close(reader)
    if messages == "a full disk":
        os.close(writer)
        writer = os.open("/dev/full", os.O_WRONLY)
    arguments = {"template": ["template", "students"], "batch": small_class.batch}
    done = subprocess.run(
        [sys.executable, "-m", "analysis.cli", *map(str, arguments.get(command, [command]))],
        stdout=subprocess.PIPE,
        stderr=writer,
        text=True,
    )
    os.close(writer)
    assert done.returncode == code
    assert ("student_id,specialty" in done.stdout) == (command == "template")
    if command == "batch":
        assert "S002,3,refused" in (small_class.out / "summary.csv").read_text()


def test_a_list_without_a_program_has_its_header_and_says_why_beside_it(run, small_class):
    done = run("pick", "S001", *small_class.options, "--budget", "5", "--format", "csv")
    assert done.code == 0
    (header,) = done.out.splitlines()
    whole = run("pick", "S001", *small_class.options, "--limit", "1", "--format", "csv")
    assert header == whole.out.splitlines()[0]
    assert done.err == (
        "There is no list: the budget of $5 pays for no application (one costs $11).\n"
    )


def test_a_table_without_a_program_says_why_and_promises_nothing(run, small_class):
    done = run("pick", "S001", *small_class.options, "--budget", "5", "--format", "table")
    assert done.out.startswith("There is no list: the budget of $5 pays for no application")
    assert "Match chance by the correlation" not in done.out
    assert "counter-check" not in done.out


def test_fill_takes_the_whole_limit_and_without_it_places_stay_unused(run, small_class):
    asked = ("pick", "S001", *small_class.options, "--limit", "30", "--format", "json")
    priced, filled = json.loads(run(*asked).out), json.loads(run(*asked, "--fill").out)
    assert len(priced["chosen"]) < len(filled["chosen"]) <= 30
    assert priced["places_unused"] > 0
    assert filled["filled"] is True
    assert filled["match_chance"] >= priced["match_chance"] - 1e-9


def test_wishes_of_the_command_line_reach_the_list(run, small_class):
    plain = json.loads(run("pick", "S002", *small_class.options, "--format", "json").out)
    first, second = plain["chosen"][:2]
    asked = ("--where", "Michigan; not GA", "--must", "IM060", "--never", first, "--home", second)
    asked += ("--no-signal-home", "--prestige", "0.2", "--rotation", "IM018")
    done = run("pick", "S002", *small_class.options, *asked, "--format", "json")
    record = json.loads(done.out)
    rows = {row["program_id"]: row for row in record["programs"]}
    assert first not in rows
    assert "must" in rows["IM060"]["why"]
    assert rows[second]["signal"] == "none"
    assert "home" in rows[second]["why"]
    assert record["preference_from"] == "place+prestige"
    in_georgia = {row["program_id"] for row in small_class.of_programs if row["state"] == "GA"}
    assert in_georgia & set(plain["chosen"])
    assert not in_georgia & set(rows)


def test_a_place_that_is_not_known_is_one_sentence(run, small_class):
    done = run("pick", "S002", *small_class.options, "--where", "Ohiio")
    assert done.code == 2
    assert done.err.startswith("places: 'Ohiio' is not understood; expected a state")


def test_a_rank_is_printed_only_where_there_are_preferences(run, small_class):
    options = (*small_class.options, "--format", "table")
    header = run("pick", "S002", *options).out.splitlines()[1]
    assert header.split()[-1] == "rank"
    rows = [row | {"preferred_states": ""} for row in small_class.rows]
    write_rows(small_class.students, rows)
    printed = run("pick", "S002", *options).out
    assert "rank" not in printed.splitlines()[1].split()
    assert "You gave no preferences, so there is no rank order yet." in printed


def season_options(small_class, sent="data/sample/offers.csv"):
    return (*small_class.options, "--offers", from_root(sent) if sent.startswith("data") else sent)


def test_a_season_is_answered_as_json_csv_and_table(run, small_class):
    options = season_options(small_class)
    record = json.loads(run("season", "S002", *options, "--format", "json").out)
    assert record["interviews"] == 3
    rows = list(csv.DictReader(io.StringIO(run("season", "S002", *options).out)))
    assert [row["program_id"] for row in rows] == [row["program_id"] for row in record["programs"]]
    printed = run("season", "S002", *options, "--format", "table").out
    assert all(sentence in printed for sentence in record["sentences"])


def test_offers_that_cannot_be_used_name_file_line_and_column(run, small_class, tmp_path):
    own = tmp_path / "offers.csv"
    own.write_text("program_id,status\nIM012,accepted\n", encoding="utf-8")
    done = run("season", "S002", *season_options(small_class, str(own)))
    assert done.code == 1
    assert "offers.csv, line 2, column status" in done.err
    own.write_text("program_id,status\nXX1,interview\n", encoding="utf-8")
    done = run("season", "S002", *season_options(small_class, str(own)))
    assert done.code == 2
    assert "XX1" in done.err

"""Tables that all reports of a class share are read once a process, and are nobody's to change."""

import os

import pandas as pd
import pytest

from analysis import tables
from analysis.errors import TableError
from analysis.paths import from_root


@pytest.fixture
def programs(tmp_path):
    path = tmp_path / "programs.csv"
    path.write_bytes(from_root("data/sample/programs.csv").read_bytes())
    return path


def test_a_file_is_checked_once_and_again_when_it_changed(programs, monkeypatch):
    seen = []
    check = tables.check_table
    monkeypatch.setattr(tables, "check_table", lambda *a: seen.append(a) or check(*a))
    first, second = tables.read_programs(programs), tables.read_programs(programs)
    assert len(seen) == 1
    pd.testing.assert_frame_equal(first, second)
    lines = programs.read_text().splitlines(keepends=True)
    programs.write_text("".join(lines[:-1]))
    assert len(tables.read_programs(programs)) == len(first) - 1
    assert len(seen) == 2


def test_what_one_report_changes_another_does_not_see(programs):
    first = tables.read_programs(programs)
    first.loc[0, "program_name"] = "changed"
    first["interviews_offered"] *= 2
    second = tables.read_programs(programs)
    assert second.loc[0, "program_name"] != "changed"
    assert (second["interviews_offered"].dropna() * 2 == first["interviews_offered"].dropna()).all()


def test_a_bad_file_is_refused_each_time(programs):
    programs.write_text(programs.read_text().replace("community", "comunity", 1))
    for _ in range(2):
        with pytest.raises(TableError):
            tables.read_programs(programs)
    os.unlink(programs)  # noqa: PTH108
    with pytest.raises(TableError, match="exists"):
        tables.read_programs(programs)

import csv
import time

import pytest

from analysis.tables.check import check_table
from benchmarks.tables_check import HEADER, drawn


def checked(folder, rows):
    """What is found in a long file, where it was put, and the processor's time in seconds."""
    applications, places = drawn(rows)
    path = folder / "graduates.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(applications)
    start = time.process_time()
    found = check_table(path, "graduates")
    seconds = time.process_time() - start
    return [(problem.line, problem.column) for problem in found.problems], places, seconds


def test_bad_cells_far_apart_are_found_on_their_lines(tmp_path):
    found, places, _ = checked(tmp_path, 2_000)
    assert found == places


@pytest.mark.soak
def test_a_hundred_thousand_rows_are_checked_in_five_seconds(tmp_path):
    found, places, seconds = checked(tmp_path, 100_000)
    assert found == places
    assert seconds < 5

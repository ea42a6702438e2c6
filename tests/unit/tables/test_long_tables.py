import csv

import pytest

from analysis.tables.check import check_table
from benchmarks.tables_check import HEADER, drawn


def checked(folder, rows):
    """What is found in a long file, and where it was put."""
    applications, places = drawn(rows)
    path = folder / "graduates.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(applications)
    found = check_table(path, "graduates")
    return [(problem.line, problem.column) for problem in found.problems], places


def test_bad_cells_far_apart_are_found_on_their_lines(tmp_path):
    found, places = checked(tmp_path, 2_000)
    assert found == places


@pytest.mark.soak
def test_bad_cells_of_a_hundred_thousand_rows_are_found_on_their_lines(tmp_path):
    found, places = checked(tmp_path, 100_000)  # how long it takes is a row of make bench
    assert found == places

"""What `make bench` asks of a row is judged by the words that the row shows."""

import pytest

from benchmarks.cluster import of_many
from benchmarks.run import KEPT, is_met, table


def row(**changes):
    return {"what": "a thing", "ours": 1.0, "stock": 2.0, "ratio": 2.0, "asked": ""} | changes


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ("", None),
        ("at least 2x", True),
        ("at least 2.5x", False),
        ("at most 1.5x a bare loop", False),
        ("at most 1 s", True),
        ("at most 900 ms", False),
        ("at least 2x, at most 0.5 s", False),
    ],
)
def test_a_row_is_met_when_all_that_it_asks_holds(asked, met):
    assert is_met(row(asked=asked)) is met


def test_the_page_keeps_ratios_and_the_budget_but_no_seconds():
    kept = table([row(asked="at most 4 s")], KEPT)
    assert "| 25% | at most 4 s | yes |" in kept
    assert " 1 s " not in kept
    assert " 2 s " not in kept


@pytest.mark.parametrize(
    ("delivering", "times", "end"),
    [(0.5, 40, "the workers"), (2.0, 20, "the one process that is delivering")],
)
def test_many_machines_do_what_their_workers_do_or_what_one_process_passes_on(
    delivering, times, end
):
    # a lone worker's 40 reports take 40 s: a process busy for 2 s of them could serve 20 such
    found = of_many({"cluster": 40.0, "delivering": delivering, "scheduling": 0.1})
    assert found["ratio"] == times
    assert found["what"].endswith(f"what ends it: {end}")

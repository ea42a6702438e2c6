import pytest

from analysis.cli.printing import print_list
from analysis.model.choice.problem import ListWishes
from analysis.paths import from_root
from analysis.views.pick import pick

FILES = [from_root(f"data/sample/{name}.csv") for name in ("students", "programs")]


@pytest.fixture(scope="module")
def record():
    wishes = ListWishes(limit=6)
    return pick("S002", *FILES, wishes=wishes, what_ifs=["step2_ck=265", "limit=+10"]).record()


def printed(record, capsys):
    print_list("S002", record)
    return capsys.readouterr().out


def test_the_list_is_printed_with_range_signal_and_reason(record, capsys):
    lines = printed(record, capsys).splitlines()
    for row in record["programs"]:
        (line,) = [one for one in lines if row["program_id"] in one and "% " in one]
        assert row["program_id"] + "*" * bool(row["verify"]) in line
        assert all(code in line for code in row["why"])
        assert f"{100 * row['interview_chance']:.0f}%" in line
        assert f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%" in line


def test_all_that_stands_beside_a_match_chance_is_printed(record, capsys):
    text = printed(record, capsys)
    for sentence in record["sentences"]:
        assert sentence in text
    independent = record["match_chance_by_rho"][0]["match_chance"]
    assert f"0: {100 * independent:.0f}% (independent), 0.1: " in text
    for row in record["left_out"]:
        assert f"- {row['program_id']} (" in text
    assert text.rstrip().endswith(f"assumptions {record['fingerprint']}.")


def test_what_ifs_stand_side_by_side_with_the_list(record, capsys):
    table = printed(record, capsys).partition("Side by side")[2].splitlines()
    rows = [line for line in table if line.startswith((" as it is", " step2_ck=265", " limit=+10"))]
    assert [line.split("%")[0].split()[-1] for line in rows] == [
        f"{100 * record['match_chance']:.0f}",
        *(f"{100 * row['match_chance']:.0f}" for row in record["what_ifs"]),
    ]
    assert all(row["sentence"] in table for row in record["what_ifs"])


def test_a_list_without_a_program_is_a_sentence(record, capsys):
    empty = record | {
        "programs": [],
        "chosen": [],
        "unknowns": 0,
        "left_out": [],
        "what_ifs": [],
        "sentences": ["No program offers any chance as the table has it: there is no list."],
    }
    assert printed(empty, capsys).startswith("No program offers any chance")

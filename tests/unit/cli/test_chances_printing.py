from analysis.cli.printing import _with_range, print_chances
from analysis.paths import from_root
from analysis.views.chances import chances

FILES = [from_root(f"data/sample/{name}.csv") for name in ("students", "programs")]
CHANGES = ["step2_ck=275", "drop=step1_failure"]


def test_a_range_that_prints_as_one_number_is_left_out():
    row = {"interview_chance": 0.95, "low": 0.9496, "high": 0.95}
    assert _with_range(row) == "95%"
    assert _with_range(row | {"low": 0.8}) == "95% (80-95)"
    assert _with_range(row | {"low": None, "high": None}) == "95%"


def test_a_row_of_the_table_is_a_pair_with_a_column_for_each_what_if(capsys):
    answer = chances(*FILES, what_ifs=CHANGES, student_id="S002")
    print_chances(answer.records(), CHANGES, answer.fingerprint)
    lines = capsys.readouterr().out.splitlines()
    assert f"assumptions {answer.fingerprint}; basis identity" in lines[0]
    assert all(name in lines[1] for name in ("as it is", *(c.replace("_", " ") for c in CHANGES)))
    assert len(lines) - 2 == len(answer.chances) / 3
    base, better, clean = answer.chances.iloc[:3].to_dict("records")
    for row in (base, better, clean):
        shown = f"{100 * row['interview_chance']:.0f}% ({100 * row['low']:.0f}-"
        assert shown in lines[2]


def test_a_student_without_a_score_has_a_dash_and_a_reason(capsys):
    answer = chances(*FILES, student_id="S017", with_range=False)
    print_chances(answer.records(), (), answer.fingerprint)
    row = capsys.readouterr().out.splitlines()[-1]
    assert "–" in row
    assert "no Step 2 CK score yet" in row

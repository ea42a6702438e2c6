import re

import pytest

from analysis.paths import project_root

MODEL = "docs/decisions/0009-who-could-attack.md"
PARTS = ("own text", "shared or synced folder", "neighbor on the machine", "web page in the same")


def unknown_tests(text, tests):
    """Tests that a text names in backquotes and that no file of the folder has."""
    named = set(re.findall(r"`(test_\w+)`", text))
    known = set()
    for path in tests.rglob("test_*.py"):
        known |= set(
            re.findall(r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        )
    return sorted(named - known)


@pytest.fixture(scope="module")
def model():
    return (project_root() / MODEL).read_text(encoding="utf-8")


def test_every_attacker_has_attacks_each_with_a_test(model):
    for part in PARTS:
        (section,) = [s for s in model.split("\n**") if part in s.split("\n")[0]]
        rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
        assert rows
        for row in rows:
            assert re.search(r"`test_\w+`", row.split("|")[3]), row


def test_the_tests_that_the_threat_model_names_exist(model):
    assert unknown_tests(model, project_root() / "tests") == []


def test_a_test_that_was_renamed_is_missed(tmp_path):
    (tmp_path / "test_x.py").write_text("def test_one():\n    pass\n")
    assert unknown_tests("`test_one` and `test_two`", tmp_path) == ["test_two"]


def test_the_threat_model_is_one_page(model):
    assert len(model.splitlines()) <= 60

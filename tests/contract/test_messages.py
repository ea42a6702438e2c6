import shutil

import pytest

from analysis.paths import project_root
from tests.contract.messages import explained, messages, tells, unexplained, unsaid
from tests.unit.tables.test_check import FILES

PACKAGE = project_root() / "src" / "analysis"
PAGE = (project_root() / "docs" / "for-office.md").read_text(encoding="utf-8")


def test_each_message_of_a_batch_stands_in_the_offices_page():
    assert len(messages(PACKAGE)) > 30
    assert unexplained(PACKAGE, PAGE) == []


def test_each_line_of_the_offices_page_is_said_by_the_program():
    assert unsaid(PACKAGE, PAGE, PACKAGE / "tables") == []


@pytest.mark.parametrize("damage", FILES)
def test_each_way_to_damage_a_file_has_its_cure(damage):
    said = f"expected {FILES[damage][3]}"
    assert any(tells(line, said) or tells(said, line) for line in explained(PAGE))


def test_a_new_message_without_a_cure_would_be_seen(tmp_path):
    twin = shutil.copytree(PACKAGE, tmp_path / "analysis")
    with (twin / "report" / "batch.py").open("a") as stream:
        stream.write('\n\ndef late(x):\n    message = f"{x} came too late"\n')
    assert unexplained(twin, PAGE) == ["{} came too late"]


def test_a_cure_for_what_is_no_longer_said_would_be_seen():
    twin = f"{PAGE}\n| `the printer is out of …` | no paper | paper |\n"
    assert unsaid(PACKAGE, twin, PACKAGE / "tables") == ["the printer is out of …"]

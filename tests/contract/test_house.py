import pytest

from analysis.paths import project_root
from tests.contract.house import forbidden_content, missing_from_house, tracked_files

ROOT = project_root()


def test_the_house_has_all_its_rooms():
    assert missing_from_house(ROOT) == []


def test_a_missing_room_is_found(tmp_path):
    assert "README.md" in missing_from_house(tmp_path)


def test_no_tracked_file_holds_what_must_not_be_published():
    assert forbidden_content(ROOT, tracked_files(ROOT)) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("uv.lock", "", "uv.lock is tracked"),
        ("reports/S001.pdf", "", "reports/S001.pdf is tracked"),
        ("data/private/class.csv", "", "data/private/class.csv is tracked"),
        ("a.toml", "x = 'https://py" + "pi.org/simple'", "a.toml has a registry's address"),
        ("a.ipynb", '"File /ro' + 'ot/x.py"', "a.ipynb has a path of one machine"),
    ],
)
def test_a_copy_with_a_forbidden_file_or_line_is_found(tmp_path, name, text, found):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert forbidden_content(tmp_path, [name]) == [found]

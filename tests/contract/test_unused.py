from analysis.paths import project_root
from tests.contract.unused import unused_definitions

# Found by others by name: matplotlib takes a module's FigureCanvas; offices import the readers.
TAKEN_BY_NAME = {"FigureCanvas", "_Renderer", "_measured", "read_students", "read_preferences"}
TAKEN_BY_NAME |= {"read_graduates"}


def test_nothing_in_the_package_is_used_by_tests_alone():
    found = unused_definitions(project_root())
    assert [one for one in found if one.split(": ")[1] not in TAKEN_BY_NAME] == []


def test_a_function_that_only_another_unused_one_calls_is_found(tmp_path):
    package = tmp_path / "src" / "analysis"
    package.mkdir(parents=True)
    (package / "a.py").write_text("def used():\n    pass\ndef kept():\n    used()\n")
    (package / "b.py").write_text("def alone():\n    helper()\ndef helper():\n    pass\n")
    (tmp_path / "Makefile").write_text("run:\n\tpython -c 'kept()'\n")
    assert unused_definitions(tmp_path) == [
        "src/analysis/b.py: alone",
        "src/analysis/b.py: helper",
    ]


def test_every_file_of_the_article_is_read_by_the_code():
    root = project_root()
    code = "".join(path.read_text("utf-8") for path in (root / "src").rglob("*.py"))
    given = [path.name for path in (root / "data" / "article").glob("*.csv")]
    assert given
    assert [name for name in given if f"data/article/{name}" not in code] == []

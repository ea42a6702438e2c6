import re
import shutil

from analysis.paths import project_root
from tests.contract.import_table import ALLOWED, circle, forbidden_imports

PACKAGE = project_root() / "src" / "analysis"


def test_every_module_imports_only_what_the_table_allows():
    assert forbidden_imports(PACKAGE) == []


def test_every_part_of_the_package_stands_in_the_table():
    parts = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert parts - {"__init__"} <= set(ALLOWED)


def test_every_part_of_the_package_stands_on_the_page_of_the_architecture():
    page = (project_root() / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    of_the_model = {f"model/{p.name}/" for p in (PACKAGE / "model").iterdir() if p.is_dir()}
    parts = {f"{part}.py" if (PACKAGE / f"{part}.py").exists() else f"{part}/" for part in ALLOWED}
    named = set(re.findall(r"`([\w/.]+)`", rows))
    assert named == parts | {p for p in of_the_model if "__pycache__" not in p}


def test_a_figure_that_imports_the_model_is_found(tmp_path):
    twin = tmp_path / "analysis"
    shutil.copytree(PACKAGE / "figures", twin / "figures")
    (twin / "figures" / "factor_importance.py").write_text("from analysis.model import chance\n")
    assert forbidden_imports(twin) == ["figures/factor_importance.py imports model"]


def test_a_lazy_import_inside_a_function_is_found_too(tmp_path):
    twin = tmp_path / "analysis"
    shutil.copytree(PACKAGE / "text", twin / "text")
    (twin / "paths.py").write_text("def f():\n    import analysis.tables.reading\n")
    assert forbidden_imports(twin) == ["paths.py imports tables.reading"]


def test_no_two_files_import_each_other():
    assert circle(PACKAGE) == []


def test_a_circle_of_imports_is_found_also_through_a_function_or_a_type(tmp_path):
    (tmp_path / "one.py").write_text("def f():\n    from analysis.two import g\n")
    (tmp_path / "two.py").write_text("if TYPE_CHECKING:\n    from analysis.three import T\n")
    (tmp_path / "three.py").write_text("import analysis.one\n")
    assert {*circle(tmp_path)} == {"one", "two", "three"}

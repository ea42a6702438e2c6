"""Words that a reader sees stand in text/, so that a translation touches no other code."""

import ast
import re

from analysis.paths import from_root

# Where words are none of a page's: citations, and codes of a file that other offices read.
CITED = {
    "CURVE_SOURCE",
    "IM",
    "IM_CURVE_SOURCE",
    "HEADLINES",
    "LEAVE_SOURCE",
    "PAIRS",
    "INTERVIEWS",
}
CODES = {"__all__", "FORMAT", "OTHER", "BANDS", "HALF_OF", "NOISE_WORDS"}
MESSAGES = {"message", "expected", "wanted"}  # errors, which stand where they are raised
CHARTS = ("waterfall", "applications_curve", "icon_array")


def spoken(source: str) -> set[str]:
    """Strings that read as words of a page: with a space, or a capital that starts one."""
    tree = ast.parse(source)
    other = {id(n) for part in ast.walk(tree) for n in ast.walk(part) if _is_no_word(part)}
    # A chart's first word is its name in errors.
    other |= {id(n.args[0]) for n in ast.walk(tree) if _calls(n) == "Chart"}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in other
        if " " in node.value.strip() or re.fullmatch(r"[A-Z][a-z]+", node.value)
    }


def _is_no_word(node: ast.AST) -> bool:
    """Whether a part of a module is a docstring, an error's message, or kept as it is."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return bool({ast.unparse(one) for one in targets} & (CITED | CODES | MESSAGES))
    if isinstance(node, ast.keyword):
        return node.arg == "textcoords"
    return _calls(node) in {"Problem", "refusal"} or _calls(node).endswith("Error")


def _calls(node: ast.AST) -> str:
    """Name of the function that is called; "" where none is."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def test_words_of_a_page_are_found_and_docstrings_codes_and_errors_are_none():
    source = '''
def one():
    """Not this."""
    message = f"not {one} so"
    raise ModelError("nor this one")
    return "Program", "a b", "code"
'''
    assert spoken(source) == {"Program", "a b"}


def test_words_of_a_report_stand_in_templates_alone_so_that_a_translation_touches_no_code():
    notebook = from_root("notebooks/90_student_report.py").read_text("utf-8")
    assert not spoken("# Page 1:" + notebook.split("# Page 1:")[1])
    package = from_root("src/analysis")
    files = [*sorted((package / "views").glob("*.py"))]
    assert len(files) > 10
    files += [package / "figures" / f"{name}.py" for name in CHARTS]
    found = {str(file.relative_to(package)): spoken(file.read_text("utf-8")) for file in files}
    assert {name: words for name, words in found.items() if words} == {}

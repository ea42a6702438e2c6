"""Words that a reader sees stand in text/, so that a translation touches no other code."""

import ast
import re

from jinja2 import defaults, meta, nodes

from analysis.paths import from_root
from analysis.text import _environment

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
MARKUP = re.compile("[<>]")  # of a chart that a page draws itself
MESSAGES = {"message", "expected", "wanted"}  # errors, which stand where they are raised


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
        if not MARKUP.search(node.value)
        if re.search(r"[A-Za-z].* | .*[A-Za-z]", node.value.strip())
        or re.fullmatch(r"[A-Z][a-z]+", node.value)
    }


def _is_no_word(node: ast.AST) -> bool:
    """Whether a part of a module is a docstring, an error's message, or kept as it is."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return bool({ast.unparse(one) for one in targets} & (CITED | CODES | MESSAGES))
    if isinstance(node, ast.keyword):
        return node.arg in {"textcoords", "xycoords", "loc"}
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
    files += [*sorted((package / "figures").glob("*.py"))]
    found = {str(file.relative_to(package)): spoken(file.read_text("utf-8")) for file in files}
    assert {name: words for name, words in found.items() if words} == {}


def templates() -> dict[str, nodes.Template]:
    """The package's templates, as trees, by the name that another includes them by."""
    root = from_root("src/analysis/text")
    read = _environment().parse
    return {str(f.relative_to(root)): read(f.read_text("utf-8")) for f in root.rglob("*.j2")}


def unused_names(trees: dict[str, nodes.Template]) -> list[str]:
    """Macros, variables and imports that neither their template nor one that imports it uses."""
    wanted, found = set(), []
    for tree in trees.values():
        for part in tree.find_all(nodes.FromImport):
            taken = [name if isinstance(name, tuple) else (name, name) for name in part.names]
            wanted |= {(part.template.value, name) for name, _ in taken}
            part.names = [own for _, own in taken]
    for file, tree in trees.items():
        names = list(tree.find_all(nodes.Name))
        made = {part.name for part in names if part.ctx == "store"} - {"_"}
        made |= {part.name for part in tree.find_all(nodes.Macro)}
        made |= {own for part in tree.find_all(nodes.FromImport) for own in part.names}
        used = {part.name for part in names if part.ctx == "load"}
        found += [f"{file}: {name}" for name in sorted(made - used) if (file, name) not in wanted]
    return found


def needed(name: str, trees: dict[str, nodes.Template]) -> set[str]:
    """What a template and those it includes or imports want of a view."""
    others = [other for other in meta.find_referenced_templates(trees[name]) if other]
    own = meta.find_undeclared_variables(trees[name])
    return own.union(*(needed(other, trees) for other in others))


def unused_views(source: str, trees: dict[str, nodes.Template]) -> list[str]:
    """What code gives to a template that does not speak of it."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        f"{name[:-6]}: {word.arg}"
        for call in calls
        if call.args and isinstance(call.args[0], ast.Constant)
        if (name := f"{call.args[0].value}.md.j2") in trees
        for word in call.keywords
        if word.arg and word.arg not in needed(name, trees)
    ]


def test_names_that_nothing_uses_and_views_that_nothing_speaks_of_are_found():
    trees = {
        "a.md.j2": "{% macro one(x) %}{{ x }}{% endmacro %}{% macro two() %}{% endmacro %}",
        "b.md.j2": "{% from 'a.md.j2' import one, three as other %}{% set n = one(1) %}{{ k }}",
    }
    trees = {name: _environment().parse(source) for name, source in trees.items()}
    assert unused_names(trees) == ["a.md.j2: two", "b.md.j2: n", "b.md.j2: other"]
    assert unused_views('sentence("b", k=1, l=2)', trees) == ["b: l"]


def test_every_name_of_a_template_and_every_filter_is_used():
    trees = templates()
    assert len(trees) > 100
    assert unused_names(trees) == []
    filters = {part.name for tree in trees.values() for part in tree.find_all(nodes.Filter)}
    mapped = [part for tree in trees.values() for part in tree.find_all(nodes.Filter) if part.args]
    filters |= {part.args[0].value for part in mapped if isinstance(part.args[0], nodes.Const)}
    assert set(_environment().filters) - set(defaults.DEFAULT_FILTERS) - filters == set()


def test_a_template_speaks_of_all_that_it_is_given():
    trees = templates()
    files = [*from_root("src/analysis").rglob("*.py"), *from_root("notebooks").glob("*.py")]
    given = [unused_views(file.read_text("utf-8"), trees) for file in files]
    assert [word for words in given for word in words] == []


def test_every_template_names_only_filters_and_tests_that_there_are():
    environment = _environment()
    for name in environment.list_templates(filter_func=lambda name: name.endswith(".j2")):
        environment.get_template(name)  # compiling looks each of them up

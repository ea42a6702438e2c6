"""What the office may be told, as the code says it and as docs/for-office.md explains it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Where the messages of a batch are made; what only developers and widgets meet is left out.
SPOKEN = (
    "model/list_problem.py",
    "model/market.py",
    "model/rules.py",
    "report/batch.py",
    "report/document.py",
    "report/folder.py",
    "report/guard.py",
    "report/manifest.py",
    "report/overview.py",
    "report/render.py",
    "report/settings.py",
    "report/typesetting.py",
    "workers/address.py",
    "workers/cluster.py",
    "workers/host.py",
    "workers/isolation.py",
    "cli/about_reports.py",
    "cli/who_works.py",
)
NO_TROUBLE = ("{} report{} in {}", "the class at a glance in {} and {}", "{} (line {}): {}")
# Said only of a notebook that is not ours, and of options of `pick`, which no batch has.
NOT_OURS = (
    "the notebook gives {} tables for the CSV file; expected one",
    "quota {}: expected state=OH>=3 or program_type=community<=10",
    "quota {}: no program of the student's has {} {}",
    "{}: expected one number for each of {} specialties",
)
EXPECTED = re.compile(r"expected|found")
CELL = re.compile(r"`([^`]+)`")


def said_in(source: str) -> Iterator[str]:
    """Texts of errors and warnings in a module, `{}` for what differs."""
    for node in ast.walk(ast.parse(source)):
        texts: list[ast.expr] = []
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            texts = [node.value] if node.targets[0].id == "message" else []
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            texts = node.args[:1] if name.endswith(("Error", "say", "TableError")) else []
        for text in texts:
            said = words_of(text)
            if said and len(said) > len("{}: {}"):
                yield said


def words_of(node: ast.expr) -> str:
    """Text of a literal, `{}` for each value put into it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def messages(package: Path) -> dict[str, str]:
    """Every message that an office may meet, and the module that says it."""
    found = {
        said: name
        for name in SPOKEN
        for said in said_in((package / name).read_text(encoding="utf-8"))
    }
    return {said: name for said, name in found.items() if said not in (*NO_TROUBLE, *NOT_OURS)}


def explained(page: str) -> list[str]:
    """Messages of the first column of the page's tables, `…` for what differs."""
    rows = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| ")]
    return [message for row in rows for message in CELL.findall(row)]


def tells(message: str, said: str) -> bool:
    """Whether an explained message is the beginning, or a part, of what the code says."""
    parts = [re.escape(part.strip()) for part in message.split("…") if part.strip()]
    return re.search(".*".join(parts), said) is not None if parts else False


def unexplained(package: Path, page: str) -> list[str]:
    """Messages without a line in the office's page."""
    known = explained(page)
    return [said for said in messages(package) if not any(tells(line, said) for line in known)]


def unsaid(package: Path, page: str, tables: Path) -> list[str]:
    """Lines of the office's page that no code says."""
    said = [*messages(package)]
    said += [f"expected {text}" for name in sorted(tables.glob("*.py")) for text in _literals(name)]
    said += ["repaired: {}", "{}, line {}, column {}: found {}; expected {}", "stopped; what is "
             "finished in {} is whole. To go on: the same command with --resume",
             "{} characters without a glyph shown as {}"]  # fmt: skip
    return [line for line in explained(page) if not any(tells(line, text) for text in said)]


def _literals(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        said for node in ast.walk(tree) if isinstance(node, ast.expr) and (said := words_of(node))
    ]

"""Words that no reader of ours should have to learn are in no template."""

import re

import pytest

from analysis.assumptions import read_assumptions, toml_text
from analysis.paths import project_root
from analysis.vocabulary import FLAGS

TEMPLATES = sorted((project_root() / "src" / "analysis" / "text").rglob("*.md.j2"))
BANNED = (
    "to verify",
    "unknowns close",
    "counts with",
    "rho",
    "would claim",
    "takes its place",
    "in under 1",
    "had it been otherwise",
    "not on the list",
    "look first",
    "grads like you",
    "empty-handed",
    "turned away",
    "spotless",
    "redrawn",
    "doubtful",
    "veto",
    "red-flag student",
    r"\d %",
)
# American spelling holds for everything a person reads, the code among it.
BRITISH = re.compile(
    r"\b(neighbour|behaviour|favour|colour|honour|centre|labelled|modelled|modelling|normalis"
    r"|recognis|organis|summaris|licence|grey|towards|judgement|catalogue|analysed)\w*",
    re.IGNORECASE,
)
# Words that an office's own headers may have.
READ_IN_FILES = {"src/analysis/tables/headers.py"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_template_has_no_banned_word(template):
    printed = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template.read_text("utf-8"), flags=re.S
    )
    found = [
        word
        for word in BANNED
        if re.search(rf"\b{word}" if word[0].isalpha() else word, printed, re.I)
    ]
    assert found == []


def test_there_are_templates():
    assert len(TEMPLATES) > 10


def flags_without(flags, assumptions, text):
    """What a red flag lacks: its anchored chance, and its words in the report."""
    lacking = [f"{flag}: no anchor" for flag in flags if f"[anchors.{flag}]" not in assumptions]
    for name in ("flag_names", "stays", "opening"):
        (entries,) = re.findall(rf"set {name} = {{(.*?)}} %}}", text, re.DOTALL)
        lacking += [f"{flag}: not in {name}" for flag in flags if f'"{flag}":' not in entries]
    return lacking


@pytest.fixture
def words_of_flags():
    pages = project_root() / "src" / "analysis" / "text" / "report"
    written = [(pages / f"{name}.md.j2").read_text(encoding="utf-8") for name in ("words", "story")]
    return toml_text(read_assumptions()), "".join(written)


def test_every_red_flag_has_an_anchor_and_its_words(words_of_flags):
    assert flags_without(FLAGS, *words_of_flags) == []


def test_a_red_flag_without_an_anchor_or_words_would_be_named(words_of_flags):
    assert flags_without(["late_start"], *words_of_flags) == [
        "late_start: no anchor",
        "late_start: not in flag_names",
        "late_start: not in stays",
        "late_start: not in opening",
    ]


def british(files):
    return [
        f"{file.name}: {word[0]}"
        for file in files
        for word in BRITISH.finditer(file.read_text(encoding="utf-8"))
    ]


def test_spelling_is_american():
    root = project_root()
    places = ("*.md", "docs/**/*.md", "src/**/*.py", "src/**/*.j2", "src/**/*.typ", "src/**/*.js",
              "notebooks/*.py", "data/**/*.toml", "data/README.md", "launchers/*")  # fmt: skip
    files = {file for place in places for file in root.glob(place) if "private" not in file.parts}
    read = {root / name for name in READ_IN_FILES}
    assert british(sorted(files - read)) == []


def test_british_spelling_would_be_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("The Neighbour's color is grey.", encoding="utf-8")
    assert british([page]) == ["page.md: Neighbour", "page.md: grey"]

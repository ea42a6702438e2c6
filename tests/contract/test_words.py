"""Words that no reader of ours should have to learn are in no template."""

import re

import pytest

from analysis.paths import project_root

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
    "behaviour",
    "favour",
    "recognisable",
    r"\d %",
)


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

"""Compiled templates are kept, and never used for another text."""

import sys
from pathlib import Path

import jinja2
import pytest

from analysis import text
from analysis.text.compiled import CompiledTemplates


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "a.md.j2").write_text("Hello {{ name }}")
    return tmp_path


def said(folder, settings="", *, compiler=True):
    """What a process that has just started makes of the template."""
    environment = jinja2.Environment(  # noqa: S701 - no page
        loader=jinja2.FileSystemLoader(folder), bytecode_cache=CompiledTemplates(settings)
    )
    if not compiler:
        environment.code_generator_class = None
    return environment.get_template("a.md.j2").render(name="Ada")


def kept(folder):
    return list(folder.rglob("*.pyc"))


def test_the_next_start_needs_no_compiler(folder):
    with pytest.raises(TypeError):
        said(folder, compiler=False)
    assert said(folder) == said(folder, compiler=False) == "Hello Ada"
    assert [path.parent.name for path in folder.rglob("*") if path.is_file()][1:] == ["__pycache__"]


def test_another_text_or_other_settings_are_compiled_anew(folder):
    said(folder)
    with pytest.raises(TypeError):
        said(folder, "others", compiler=False)
    (folder / "a.md.j2").write_text("Bye {{ name }}")
    assert said(folder) == "Bye Ada"


@pytest.mark.parametrize("left", [0, 10, 64, 80])
def test_a_torn_file_is_compiled_anew(folder, left):
    said(folder)
    (path,) = kept(folder)
    path.write_bytes(path.read_bytes()[:left])
    assert said(folder) == "Hello Ada"


def test_a_folder_that_cannot_be_written_and_a_user_who_wants_none_keep_nothing(
    folder, monkeypatch
):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert said(folder) == "Hello Ada"
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: (_ for _ in ()).throw(PermissionError()))
    assert said(folder) == "Hello Ada"
    assert kept(folder) == []


@pytest.mark.parametrize("environment", [text._environment, text._tables])
def test_no_filter_is_asked_while_a_template_is_compiled(environment):
    asked = []
    compiling = environment().overlay(bytecode_cache=None)
    compiling.filters = dict.fromkeys(compiling.filters, lambda *_, **__: asked.append(1))
    sources = [path.read_text("utf-8") for path in Path(text.__file__).parent.rglob("*.j2")]
    assert len(sources) > 100
    for source in [*sources, "{{ 0.5 | pct }}"]:
        compiling.compile(source)
    assert asked == []

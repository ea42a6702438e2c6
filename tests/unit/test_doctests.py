"""Examples in docstrings give what they say."""

import doctest
import importlib

import pytest

from analysis.paths import from_root

SOURCE = from_root("src")
FILES = [f for f in sorted(SOURCE.rglob("*.py")) if ">>>" in f.read_text(encoding="utf-8")]
MODULES = [".".join(f.relative_to(SOURCE).with_suffix("").parts) for f in FILES]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_say(name):
    module = importlib.import_module(name.removesuffix(".__init__"))
    said = []
    runner = doctest.DocTestRunner(verbose=False)
    for example in doctest.DocTestFinder().find(module, name):
        runner.run(example, out=said.append)
    assert said == []
    assert runner.summarize(verbose=False).attempted > 0

"""Every view reads as the page that was reviewed (tests/golden/pages.py)."""

import difflib

import pytest

from tests.golden.freeze import class_folder
from tests.golden.pages import PAGES, RECORDED, page, recorded


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return class_folder(tmp_path_factory.mktemp("class"))


def test_every_recorded_page_is_still_asked_for():
    assert {path.name for path in RECORDED.iterdir()} == {recorded(name).name for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_a_view_reads_as_the_reviewed_page(name, files):
    reviewed = recorded(name).read_text(encoding="utf-8").splitlines()
    now = page(name, files).splitlines()
    moved = "\n".join(difflib.unified_diff(reviewed, now, "reviewed", "now", lineterm="", n=0))
    assert not moved, f"read it, then: python -m tests.golden.pages {name!r}\n{moved}"

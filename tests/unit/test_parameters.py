import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import parameters
from analysis.errors import ReportError


@given(st.integers(-10_000, 10_000))
def test_a_whole_number_is_the_same_as_a_number_and_as_text(value):
    assert parameters.whole(value, "limit") == parameters.whole(str(value), "limit") == value


@pytest.mark.parametrize("value", ["", "ten", "1.5", 1.5, True, None])
def test_what_is_no_whole_number_is_refused_by_its_name(value):
    with pytest.raises(ReportError, match="parameter limit: found"):
        parameters.whole(value, "limit")


@pytest.mark.parametrize(
    ("value", "meant"), [(True, True), ("True", True), ("yes", True), (False, False), ("no", False)]
)
def test_yes_and_no_are_read_as_python_and_people_write_them(value, meant):
    assert parameters.yes_no(value, "show_names") is meant


def test_a_word_that_is_neither_yes_nor_no_is_refused():
    with pytest.raises(ReportError, match="show_names: found 'perhaps'; expected True or False"):
        parameters.yes_no("perhaps", "show_names")


def test_an_id_that_papermill_made_a_number_is_refused():
    assert parameters.identifier("007", "student_id") == "007"
    with pytest.raises(ReportError, match=r"found 7; expected text: give it with -r"):
        parameters.identifier(7, "student_id")

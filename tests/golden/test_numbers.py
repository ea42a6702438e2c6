"""The numbers of four commands, against what was recorded (tests/golden/freeze.py)."""

import pytest

from tests.golden.freeze import (
    QUESTIONS,
    answer,
    class_folder,
    differences,
    numbers,
    recorded_answers,
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return class_folder(tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def recorded():
    return recorded_answers()


def test_every_question_is_recorded(recorded):
    assert set(QUESTIONS) >= LONG
    assert set(recorded) == set(QUESTIONS)


# Each has a sibling of the same command with the weights as they are.
LONG = {"sensitivity, even weights", "back-test, Step 2 CK weighs more"}


@pytest.mark.parametrize(
    "question",
    [pytest.param(one, marks=pytest.mark.soak if one in LONG else ()) for one in QUESTIONS],
)
def test_a_command_answers_the_recorded_numbers(question, files, recorded):
    moved = differences(recorded[question], numbers(answer(QUESTIONS[question], files)))
    assert not moved, f"{len(moved)} numbers moved, the first of them: {moved[:5]}"


def test_a_moved_number_is_found_and_a_new_field_is_not():
    recorded = {"rows": [{"program_id": "A", "chance": 0.5}]}
    new_field = {"rows": [{"program_id": "A", "chance": 0.5, "why": 1}], "more": 2}
    assert differences(recorded, new_field) == []
    moved = {"rows": [{"program_id": "A", "chance": 0.5000001}]}
    assert differences(recorded, moved) == [".rows[0].chance: 0.5 recorded, 0.5000001 found"]
    assert differences(recorded, {"rows": []}) == [".rows: 1 recorded, 0 found"]

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.cohort import placements, room_of
from tests.unit.model.cohort.classes import member, stable_by_the_book


@st.composite
def applying(draw):
    """Margins of a few students at a few programs; a student names no program twice."""
    students, programs = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    orders = [draw(st.permutations(range(programs))) for _ in range(students)]
    seed = draw(st.integers(0, 2**32 - 1))
    margin = np.random.default_rng(seed).uniform(-0.5, 0.5, (3, students, programs))
    most = [draw(st.integers(1, 3)) for _ in range(programs)]
    return margin, np.array(orders), most


@given(applying())
def test_students_end_where_one_at_a_time_would_end(case):
    margin, program, most = case
    found = placements(margin, program, [most])
    book = [stable_by_the_book(draw.tolist(), program.tolist(), most) for draw in margin]
    assert found.ends_at.tolist() == book


@given(applying())
def test_a_further_classmate_never_helps_another(case):
    margin, program, most = case
    whole = placements(margin, program, [most]).ends_at[:, :-1]
    if margin.shape[1] == 1:
        return
    without = placements(margin[:, :-1], program[:-1], [most]).ends_at
    worse_or_same = (whole == -1) | ((without >= 0) & (without <= whole))
    assert worse_or_same.all()


@given(applying())
def test_no_program_takes_more_than_its_places_or_one_it_would_not_take(case):
    margin, program, most = case
    ends = placements(margin, program, [most]).ends_at
    for draw, row in enumerate(ends):
        at = [program[s][rank] for s, rank in enumerate(row) if rank >= 0]
        assert all(at.count(one) <= places for one, places in enumerate(most))
        assert all(margin[draw, s, rank] > 0 for s, rank in enumerate(row) if rank >= 0)


def test_who_is_turned_away_asks_the_next_and_may_turn_another_away():
    margin = np.array([[[0.5, 0.0], [0.2, 0.4], [0.1, 0.0]]])
    program = np.array([[0, 1], [0, 1], [1, 0]])
    found = placements(margin, program, [[1, 1]])
    assert found.ends_at.tolist() == [[0, 1, -1]]
    assert np.argwhere(found.turned_away[0]).tolist() == [[1, 0], [2, 0]]


THREE = [member("x", "A C", [0.5, 0.5]), member("y", "B A", [0.5, 0.5])]


def programs() -> pd.DataFrame:
    return pd.DataFrame({"program_id": ["A", "B", "C"], "positions": [5.0, None, 1.0]})


def test_a_program_takes_no_more_of_a_class_than_said_and_than_it_has():
    room = room_of(THREE, programs())
    assert room.for_class(np.array([1, 3])).tolist() == [[1, 1, 1], [3, 3, 1]]


def test_a_home_program_is_bound_by_its_positions_alone():
    ties = pd.DataFrame({"program_id": ["A", "B"], "tie": ["home", "rotation"]})
    room = room_of(THREE, programs(), ties)
    assert room.for_class(np.array([1])).tolist() == [[5, 1, 1]]

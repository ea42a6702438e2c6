import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.inputs import date_of_data


def test_the_date_is_the_newest_of_the_programs_or_the_chosen_one():
    programs = pd.DataFrame({"as_of": ["2026-09-01", None, "2026-09-15"]})
    assert date_of_data(programs) == "2026-09-15"
    assert date_of_data(programs, "2026-10-01") == "2026-10-01"


@pytest.mark.parametrize(("as_of", "chosen"), [([None], ""), (["2026-09-01"], "1 Oct 2026")])
def test_a_date_that_is_none_is_refused(as_of, chosen):
    with pytest.raises(ModelError, match="YYYY-MM-DD"):
        date_of_data(pd.DataFrame({"as_of": pd.Series(as_of, dtype=object)}), chosen)

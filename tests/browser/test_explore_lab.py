import urllib.error
import urllib.request

import pytest

from tests.browser.explore_page import lab_of


def test_the_working_copy_answers_with_its_token_and_to_nobody_without(tmp_path):
    with lab_of(tmp_path) as (base, token):
        listing = f"{base}/api/contents/90_student_report.ipynb?content=0"
        with urllib.request.urlopen(f"{listing}&token={token}", timeout=20) as answer:  # noqa: S310
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(listing, timeout=20)  # noqa: S310

import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import server


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explore")
    settings = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "HOME": str(folder)}
    address = r"http://127\.0\.0\.1:(\d+)/lab\?token=(\w+)"
    arguments = ["-m", "analysis.cli", "explore", "--lab", "--no-browser"]
    with server(arguments, address, folder, **settings) as match:
        yield f"http://127.0.0.1:{match[1]}", match[2]


def test_the_working_copy_answers_with_its_token_and_to_nobody_without(lab):
    base, token = lab
    listing = f"{base}/api/contents/90_student_report.ipynb?content=0"
    with urllib.request.urlopen(f"{listing}&token={token}", timeout=20) as answer:  # noqa: S310
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(listing, timeout=20)  # noqa: S310

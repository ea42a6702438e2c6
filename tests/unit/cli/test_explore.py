import os

import pytest

from analysis.cli import main
from analysis.report import page_server


def test_the_page_starts_without_the_password_for_all_reports(monkeypatch):
    monkeypatch.setenv("COUNTERSIGNAL_PDF_PASSWORD", "Tarn-4711")
    seen = []
    monkeypatch.setattr(page_server, "serve_page", lambda *_, **__: seen.append(dict(os.environ)))
    with pytest.raises(SystemExit):
        main(["explore"])
    (environment,) = seen
    assert "COUNTERSIGNAL_PDF_PASSWORD" not in environment

import os
import socket

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


@pytest.mark.parametrize("minutes", ["inf", "nan", "0", "1e9"])
def test_minutes_that_no_page_can_wait_are_refused_in_a_sentence(monkeypatch, capsys, minutes):
    monkeypatch.setattr(page_server, "serve_page", lambda *_, **__: 0)
    with pytest.raises(SystemExit) as ended:
        main(["explore", "--idle-minutes", minutes])
    assert ended.value.code == 2
    assert "expected a number from 0.1 to 10080" in " ".join(capsys.readouterr().err.split())


def test_a_port_in_use_is_named_with_what_to_do(capsys):
    with socket.socket() as taken:
        taken.bind((page_server.HERE, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            main(["explore", "--no-browser", "--port", str(port)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"port {port} is in use: give another with --port")

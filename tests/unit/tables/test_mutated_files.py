"""Files damaged at random end in a table or a message, never in a traceback."""

import random
from contextlib import suppress

import pytest

from analysis.errors import CountersignalError
from analysis.tables.check import check_files
from analysis.tables.proposal import propose
from tests.unit.tables.test_cases import CASES

PIECES = [
    b'"', b",", b"\n", b"\r", b";", b"\t", b"\x00", b"\xff", b"\xef\xbb\xbf", b'="', b"'", b"=",
    b"1.200", b"0,75", b"Total,", b"sep=;\n", b"\xc3", b"NaN", b"inf", b"1e99", b"-",
]  # fmt: skip


def mutated(chance: random.Random, content: bytes) -> bytes:
    data = bytearray(content[:1500])
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        kind = chance.random()
        if kind < 0.5:
            data[at:at] = chance.choice(PIECES)
        elif kind < 0.75:
            del data[at : at + chance.randint(1, 40)]
        else:
            data[at:at] = data[at : at + chance.randint(1, 80)]
    return bytes(data)


@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_mutated_file_ends_in_a_report_and_never_in_a_traceback(tmp_path, count):
    chance = random.Random(count)  # noqa: S311 - repeatable damage, no secret
    sources = [path.read_bytes() for path in sorted(CASES.glob("*.csv"))]
    path = tmp_path / "file.csv"
    for _ in range(count):
        path.write_bytes(mutated(chance, chance.choice(sources)))
        text, code = check_files([path])
        assert "file.csv" in text
        assert code in {0, 1, 2}
        with suppress(CountersignalError):
            propose(path)

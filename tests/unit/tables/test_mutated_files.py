"""Files damaged at random end in a table or a message, never in a traceback."""

import random
from contextlib import suppress

import pytest

from analysis.errors import CountersignalError
from analysis.inputs import Inputs
from analysis.paths import from_root
from analysis.report.settings import read_branding
from analysis.tables.check import check_files
from analysis.tables.mapping import read_mappings
from analysis.tables.proposal import propose
from tests.unit.tables.test_cases import CASES
from tests.unit.tables.test_exports import EXPORTS

PIECES = [
    b'"', b",", b"\n", b"\r", b";", b"\t", b"\x00", b"\xff", b"\xef\xbb\xbf", b'="', b"'", b"=",
    b"1.200", b"0,75", b"Total,", b"sep=;\n", b"\xc3", b"NaN", b"inf", b"1e99", b"-", b"[", b"]",
]  # fmt: skip
TABLES = [*CASES.glob("*.csv"), *(path for path in EXPORTS.glob("*.*") if path.is_file())]
MAPPINGS = [*(EXPORTS / "mappings").glob("*.toml")]
BRANDING = [from_root("reports/branding.toml"), CASES / "branding_truncated.toml"]


def mutated(chance: random.Random, content: bytes) -> bytes:
    # A workbook is whole or nothing; of a text its beginning is enough.
    data = bytearray(content if content.startswith((b"PK", b"\xd0\xcf")) else content[:1500])
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


# Ten thousand files, in parts that every core takes some of.
LONG = [pytest.param(1_250, part, marks=pytest.mark.soak) for part in range(1, 9)]


@pytest.mark.parametrize(("count", "part"), [(30, 0), *LONG])
def test_a_mutated_file_ends_in_a_report_and_never_in_a_traceback(tmp_path, count, part):
    chance = random.Random(part)  # noqa: S311 - repeatable damage, no secret
    sources = {path: path.read_bytes() for path in sorted([*TABLES, *MAPPINGS, *BRANDING])}
    programs = from_root("data/sample/programs.csv")
    for number in range(count):
        source = chance.choice(list(sources))
        path = tmp_path / f"file{source.suffix}"
        path.write_bytes(mutated(chance, sources[source]))
        if source.suffix == ".toml":
            with suppress(CountersignalError):
                (read_branding if source in BRANDING else read_mappings)(path)
            continue
        text, code = check_files([path])
        assert path.name in text
        assert code in {0, 1, 2}
        with suppress(CountersignalError):
            propose(path).toml()
        if number % 20 == 0 and code < 2:
            with suppress(CountersignalError):
                Inputs.load(path, programs)


@pytest.mark.parametrize("count", [20, pytest.param(500, marks=pytest.mark.soak)])
def test_an_export_through_a_damaged_mapping_ends_in_a_message(tmp_path, count):
    chance = random.Random(count)  # noqa: S311 - the same
    for _ in range(count):
        mapping = chance.choice(MAPPINGS)
        (source,) = EXPORTS.glob(f"{mapping.stem}.*")
        (tmp_path / "mapping.toml").write_bytes(mutated(chance, mapping.read_bytes()))
        (tmp_path / source.name).write_bytes(source.read_bytes())
        text, code = check_files([tmp_path / source.name])
        assert source.name in text
        assert code in {0, 1, 2}

"""Cells that small offices add up: ten graduates and more, noise, and no student."""

import numpy as np
import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.errors import RowError, TableError
from analysis.tables.graduate_files import graduates_csv
from analysis.views import graduates as graduate_pool
from analysis.views.graduates import BANDS, COUNTS, NOISE_SD, export_cells, pool_cells
from tests.unit.model.outcomes.simulated_class import graduates

BASE = read_assumptions(overrides=["level.basis=article"])
KEY = b"a key of this test"


def office(folder, seed, name, people=160, **changed):
    rows = graduates(seed, BASE, people=people, sent=4).assign(**changed)
    path = folder / f"{name}.csv"
    path.write_text(graduates_csv(rows), encoding="utf-8")
    return path, rows


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    path, rows = office(folder, 1, "graduates")
    out = folder / "cells.csv"
    return export_cells([path], out, KEY), rows, out, path


def test_every_cell_is_of_ten_graduates_and_more_and_each_graduate_in_one(tmp_path, monkeypatch):
    monkeypatch.setattr(graduate_pool, "_noisy", exact)
    path, rows = office(tmp_path, 1, "graduates")
    cells = export_cells([path], tmp_path / "cells.csv", KEY)
    assert (cells["graduates"] >= 10).all()
    assert cells["graduates"].sum() <= rows["graduate_id"].nunique()
    assert not cells.duplicated(["flag", "step2_ck"]).any()
    bands = cells.groupby("flag")["step2_ck"].agg(set)
    # Either a flag's bands are all told, or the flag is told as one.
    shapes = set(BANDS), {"under 250", "250 and more"}, {"any"}
    assert all(any(own <= shape for shape in shapes) for own in bands)
    assert bands["none"] != {"any"}


def exact(own, _):
    counts = ("applications", "interviews", "matched")
    return {"graduates": len(own), **{name: int(own[name].sum()) for name in counts}}


def test_counts_are_those_of_the_graduates_in_a_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(graduate_pool, "_noisy", exact)
    path, rows = office(tmp_path, 2, "graduates", red_flags=[("loa_academic",)] * 640)
    cells = export_cells([path], tmp_path / "cells.csv", KEY).set_index("step2_ck")
    assert set(cells.index) == {"under 250", "250 and more"}
    band, own = "250 and more", rows[rows["step2_ck"] >= 250]
    assert cells.at[band, "graduates"] == own["graduate_id"].nunique()
    assert cells.at[band, "interviews"] == own["interviewed"].sum()
    assert cells.at[band, "matched"] == own["matched"].sum()


def test_no_student_and_no_id_leaves(exported):
    _, rows, out, _ = exported
    text = out.read_text()
    assert not [one for one in rows["graduate_id"].unique() if one in text]
    assert out.stat().st_mode & 0o077 == 0


def test_the_same_file_gives_the_same_noise_and_another_row_another(exported, tmp_path):
    cells, rows, _, path = exported
    again = export_cells([path], tmp_path / "again.csv", KEY)
    pd.testing.assert_frame_equal(cells, again)
    changed = rows.copy()
    changed.loc[changed["graduate_id"] == "G0005", "interviewed"] = 0.0
    changed.loc[changed["graduate_id"] == "G0005", "matched"] = 0.0
    other = tmp_path / "other.csv"
    other.write_text(graduates_csv(changed), encoding="utf-8")
    assert not export_cells([other], tmp_path / "third.csv", KEY).equals(cells)


def test_who_has_every_row_but_not_the_key_cannot_work_the_noise_out(exported, tmp_path):
    cells, _, _, path = exported
    assert not export_cells([path], tmp_path / "guess.csv", b"another key").equals(cells)


def test_two_exports_that_differ_by_one_graduate_do_not_show_her_cell(tmp_path, monkeypatch):
    path, rows = office(tmp_path, 1, "graduates", people=320)
    monkeypatch.setattr(graduate_pool, "_noisy", exact)
    files = [
        rows,
        *(rows[rows["graduate_id"] != one] for one in rows["graduate_id"].unique()[::16]),
    ]

    def cells(at, name, key=KEY):
        monkeypatch.setattr(graduate_pool, "read_graduate_files", lambda *_: files[at])
        found = export_cells([path], tmp_path / name, key)
        return found.set_index(["flag", "step2_ck"])[list(COUNTS)]

    true = [cells(at, f"exact{at}.csv")["graduates"] for at in range(len(files))]
    monkeypatch.undo()
    right, changed = [], []
    for at in range(1, len(files)):
        fell = cells(0, f"{at}.csv", bytes([at])).sub(
            cells(at, f"{at}-after.csv", bytes([at])), fill_value=0
        )
        changed.append((fell["applications"] != 0).mean())
        really = true[0].sub(true[at], fill_value=0)
        right.append(really.get(fell["graduates"].idxmax(), 0) != 0)
    # Noise of each cell's rows alone would change one cell, and be right every time.
    assert np.mean(changed) > 0.8
    assert np.mean(right) < 0.5


def test_the_noise_is_as_large_as_is_stated():
    generator = np.random.default_rng(0)
    off = []
    for _ in range(3000):
        own = pd.DataFrame(
            {
                "applications": generator.integers(5, 20, 40),
                "interviews": 2,
                "matched": generator.integers(0, 2, 40),
            }
        )
        said = graduate_pool._noisy(own, generator)
        sent = own["applications"].sum()
        off.append((said["graduates"] - 40, (said["applications"] - sent) / (sent / 40)))
    assert np.std(off, axis=0) == pytest.approx([NOISE_SD] * 2, rel=0.08)
    assert np.mean(off, axis=0) == pytest.approx([0, 0], abs=0.1)


def test_offices_add_up_with_an_interval_that_holds_the_rate(tmp_path):
    files = []
    for seed in (3, 4, 5):
        path, _ = office(tmp_path, seed, f"office{seed}")
        files.append(tmp_path / f"cells{seed}.csv")
        export_cells([path], files[-1], KEY)
    pooled = pool_cells(files)
    single = pd.concat([pd.read_csv(one) for one in files])
    assert pooled["graduates"].sum() == single["graduates"].sum()
    assert pooled["offices"].max() == 3
    assert (pooled["interview_rate_low"] < pooled["interview_rate"]).all()
    assert (pooled["interview_rate"] < pooled["interview_rate_high"]).all()
    row = pooled.iloc[0]
    assert row["interview_rate"] == pytest.approx(row["interviews"] / row["applications"])


def test_one_office_twice_and_samples_among_real_cells_are_refused(exported, tmp_path):
    _, _, out, _ = exported
    copy = tmp_path / "copy.csv"
    copy.write_bytes(out.read_bytes())
    with pytest.raises(TableError, match="each office once"):
        pool_cells([out, copy])
    path, _ = office(tmp_path, 9, "invented", source="synthetic sample, made up")
    export_cells([path], tmp_path / "made_up.csv", KEY)
    with pytest.raises(TableError, match="never both"):
        pool_cells([out, tmp_path / "made_up.csv"])


def test_what_export_did_not_write_is_named(exported, tmp_path):
    _, _, out, path = exported
    with pytest.raises(TableError, match="graduates export wrote"):
        pool_cells([path])
    with pytest.raises(TableError, match="can be read"):
        pool_cells([tmp_path / "absent.csv"])
    spoiled = tmp_path / "spoiled.csv"
    lines = out.read_text().splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:5], "many", *lines[1].split(",")[6:]])
    spoiled.write_text("\n".join(lines))
    with pytest.raises(RowError, match="line 2, column graduates: found 'many'"):
        pool_cells([spoiled])


def test_a_file_that_is_there_and_one_of_few_graduates_are_refused(exported, tmp_path):
    _, _, out, path = exported
    with pytest.raises(TableError, match="there already"):
        export_cells([path], out, KEY)
    with pytest.raises(TableError, match="a place to write to"):
        export_cells([path], out / "inside" / "a_file.csv", KEY)
    few, _ = office(tmp_path, 7, "few", people=8)
    with pytest.raises(TableError, match="10 graduates or more"):
        export_cells([few], tmp_path / "none.csv", KEY)
    assert not (tmp_path / "none.csv").exists()

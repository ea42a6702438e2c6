import errno
import io
import re
import tomllib
from fnmatch import fnmatchcase
from math import nextafter
from pathlib import Path

import pytest

from analysis.assumptions import (
    difference,
    factor_components,
    files,
    read_assumptions,
    toml_text,
)
from analysis.assumptions.effective import DOMAINS, write_new
from analysis.errors import AssumptionError
from analysis.paths import from_root
from analysis.tables import (
    read_factor_importance,
    read_interview_chances,
    read_program_tolerance,
)

DEFAULT = read_assumptions()
WHO = 'basis = "office"\nwhy = "Ours."\nsource = "none"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_number_says_whose_it_is_and_why():
    for key, entry in DEFAULT.entries.items():
        assert len(entry.why) > 10, key
        assert entry.source, key
        if entry.basis in {"article", "published"}:
            assert entry.source != "none", key


def test_the_article_and_the_model_give_the_default_values():
    assert DEFAULT.weights == pytest.approx(
        {"step2_ck": 0.3, "clerkships": 0.25, "letters": 0.2, "red_flags": 0.15, "research": 0.1}
    )
    assert DEFAULT.group("anchors")["loa_academic"] == 0.3
    assert DEFAULT.values("latent_correlation") == (0.1, 0.2, 0.4)
    assert DEFAULT.values("match_given_interview") == (0.5445,)
    assert DEFAULT.text("anchor_basis") == "reader"


def test_every_domain_is_that_of_some_key():
    assert {pattern for pattern in DOMAINS if "*" not in pattern} <= set(DEFAULT.entries)
    for pattern in DOMAINS:
        assert any(fnmatchcase(key, pattern) for key in DEFAULT.entries), pattern


def test_a_file_may_leave_out_what_it_does_not_change(tmp_path):
    own = read_assumptions(written(tmp_path, f"[anchors.none]\nvalue = 0.9\n{WHO}"))
    assert own.value("anchors.none") == 0.9
    assert own.entries["anchors.none"].basis == "office"
    assert own.value("logit_scale") == DEFAULT.value("logit_scale")
    assert own.season == DEFAULT.season


def test_weights_in_a_file_count_by_their_ratios(tmp_path):
    shares = {"step2_ck": 60, "clerkships": 50, "letters": 40, "red_flags": 30, "research": 20}
    text = "".join(f"[weights.{name}]\nvalue = {w}\n{WHO}" for name, w in shares.items())
    assert read_assumptions(written(tmp_path, text)).weights == pytest.approx(DEFAULT.weights)


def test_a_set_weight_keeps_its_share_and_the_others_share_the_rest():
    own = read_assumptions(overrides=["weights.step2_ck=0.65"])
    assert own.weights == pytest.approx(
        {
            "step2_ck": 0.65,
            "clerkships": 0.125,
            "letters": 0.1,
            "red_flags": 0.075,
            "research": 0.05,
        }
    )
    assert own.entries["weights.step2_ck"].why == "set on the command line"
    assert own.entries["weights.letters"].basis == "assumption"
    assert "weights.step2_ck" in own.entries["weights.letters"].why


def test_several_set_weights_keep_their_shares():
    own = read_assumptions(overrides=["weights.step2_ck=0.5", "weights.research=0.2"])
    assert own.weights["step2_ck"] == pytest.approx(0.5)
    assert own.weights["research"] == pytest.approx(0.2)
    assert own.weights["clerkships"] / own.weights["red_flags"] == pytest.approx(25 / 15)


def test_the_last_of_two_settings_counts():
    own = read_assumptions(overrides=["auto_screen_share=0.1", "auto_screen_share=0.2"])
    assert own.value("auto_screen_share") == 0.2


@pytest.mark.parametrize("mark", [",", ";"])
def test_several_values_are_separated_by_commas_or_semicolons(mark):
    own = read_assumptions(overrides=[f"latent_correlation=0.2{mark}0.3"])
    assert own.values("latent_correlation") == (0.2, 0.3)
    assert read_assumptions(overrides=["latent_correlation=0.2"]).values("latent_correlation") == (
        0.2,
    )


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("weights.step2ck=0.2", "weights.step2_ck"),
        ("logit_scal=3", "logit_scale"),
        ("weights.step2_ck=1", "less than 1"),
        ("weights.step2_ck=-0.1", "over 0"),
        ("weights.step2_ck=many", "a number"),
        ("relief.less.minor=1", "under 1"),
        ("anchor_basis=nobody", "reader or population"),
        ("latent_correlation=0.99", "0.95"),
        ("match_utility=0.2;0.3", "one number"),
        ("uncertainty.group_odds=2", "lower and an upper"),
        ("uncertainty.draws=3.5", "whole"),
        ("match_utility=nan", "a number from 0 to 1"),
        ("match_utility", "key=value"),
        ("anchors.loa_academic=0.9", "at most anchors.none"),
        ("anchors.preclinical_failures_multiple=0.7", "no better than one"),
        ("relief.from=255", "less than relief.full"),
        ("signals.silver=6", "signals.gold"),
        ("scale.clerkships_floor=0.5", "more honors"),
        ("relief.ultra.major=0.2", "relief.ultra.minor"),
    ],
)
def test_a_setting_that_is_not_understood_is_refused_by_its_key(override, words):
    with pytest.raises(AssumptionError, match=re.escape(words)) as caught:
        read_assumptions(overrides=[override])
    assert "--set" in str(caught.value)
    assert override.partition("=")[0] in str(caught.value) or "weights" in str(caught.value)


def test_all_five_weights_cannot_be_set():
    with pytest.raises(AssumptionError, match="one of them free"):
        read_assumptions(overrides=[f"{key}=0.1" for key in DEFAULT.entries if "weights." in key])


def test_the_screens_share_must_leave_room_for_anchors_over_all_programs():
    read_assumptions(overrides=["anchor_basis=population"])
    with pytest.raises(AssumptionError, match="auto_screen_share"):
        read_assumptions(overrides=["anchor_basis=population", "auto_screen_share=0.45"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("anchors = ", "TOML"),
        (f"[anchor.none]\nvalue = 0.9\n{WHO}", "anchors.none"),
        ('[anchors.none]\nvalue = 0.9\nbasis = "office"\nwhy = "x"\n', "anchors.none.source"),
        (f"[anchors.none]\nvalue = 0.9\nvalues = [0.1]\n{WHO}", "either value or values"),
        (f"[anchors.none]\nvalue = true\n{WHO}", "anchors.none"),
        (f'[anchors.none]\nvalue = "much"\n{WHO}', "anchors.none"),
        (f"[anchors.none]\nvalue = 1.0\n{WHO}", "over 0 to under 1"),
        (f"[anchors.none]\nvalue = nan\n{WHO}", "anchors.none"),
        (f"[anchors.none]\nvalue = 0.9\nhow = 1\n{WHO}", "anchors.none.how"),
        ('[anchors.none]\nvalue = 0.9\nbasis = "rumour"\nwhy = "x"\nsource = "x"\n', "basis"),
        ("anchors = 3\n", "anchors"),
        ("season = 3\n", "season"),
        ('[season.Neurology]\ncompetitiveness = "hard"\n', "season.Neurology"),
    ],
)
def test_a_damaged_file_gives_one_message_with_file_and_key(tmp_path, text, words):
    with pytest.raises(AssumptionError, match=re.escape(words)) as caught:
        read_assumptions(written(tmp_path, text))
    assert "own.toml" in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path):
    with pytest.raises(AssumptionError, match=r"nowhere\.toml"):
        read_assumptions(tmp_path / "nowhere.toml")
    (tmp_path / "raw.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AssumptionError, match=r"raw\.toml"):
        read_assumptions(tmp_path / "raw.toml")


def test_every_problem_of_a_file_is_named_at_once(tmp_path):
    path = written(tmp_path, f"[nothing]\nvalue = 1\n{WHO}[logit_scale]\nvalue = 1\n")
    with pytest.raises(AssumptionError) as caught:
        read_assumptions(path)
    assert "nothing" in str(caught.value)
    assert "logit_scale.why" in str(caught.value)


def test_the_fingerprint_covers_every_value_and_the_season():
    prints = {DEFAULT.fingerprint}
    for key, entry in DEFAULT.entries.items():
        if not isinstance(entry.content, float):
            continue
        moved = DEFAULT.entries | {
            key: entry.model_copy(update={"value": nextafter(entry.content, 1e12)})
        }
        prints.add(type(DEFAULT)(moved, DEFAULT.season).fingerprint)
    singles = sum(isinstance(entry.content, float) for entry in DEFAULT.entries.values())
    assert len(prints) == singles + 1
    neurology = DEFAULT.season["Neurology"].model_copy(update={"gold_signals": 9})
    season = {**DEFAULT.season, "Neurology": neurology}
    assert type(DEFAULT)(DEFAULT.entries, season).fingerprint not in prints


def test_words_about_a_value_do_not_change_the_fingerprint(tmp_path):
    path = written(tmp_path, f"[logit_scale]\nvalue = 14.89\n{WHO}")
    assert read_assumptions(path).fingerprint == DEFAULT.fingerprint
    assert read_assumptions(path) == DEFAULT


def test_the_effective_set_written_out_reproduces_itself_without_any_other_file(tmp_path):
    own = read_assumptions(
        overrides=["weights.letters=0.4", "latent_correlation=0.3", "anchor_basis=population"]
    )
    path = written(tmp_path, toml_text(own))
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert "Neurology" in content["season"]
    assert content["anchors"]["none"]["why"]
    assert read_assumptions(path).fingerprint == own.fingerprint
    assert difference(own, read_assumptions(path)) == []


def test_a_difference_names_key_and_both_values():
    own = read_assumptions(overrides=["auto_screen_share=0.5", "latent_correlation=0.3"])
    assert difference(DEFAULT, own) == [
        ("auto_screen_share", "0.3", "0.5"),
        ("latent_correlation", "0.1;0.2;0.4", "0.3"),
    ]


def test_even_weights_are_a_file_of_five_numbers():
    even = read_assumptions("data/assumptions/even_weights.toml")
    assert set(even.weights.values()) == {0.2}
    assert all(key.startswith("weights.") for key, _, _ in difference(DEFAULT, even))


def test_values_replaced_in_python_are_checked_like_a_files():
    own = DEFAULT.with_values({"logit_scale": 12.0}, basis="office", why="Ours.", source="test")
    assert own.value("logit_scale") == 12
    with pytest.raises(AssumptionError, match="logit_scale"):
        DEFAULT.with_values({"logit_scale": -1.0}, basis="office", why="Ours.", source="test")
    with pytest.raises(AssumptionError, match="the nearest is logit_scale"):
        DEFAULT.with_values({"logit_scales": 1.0}, basis="office", why="Ours.", source="test")


def test_asking_for_an_unknown_key_names_the_nearest():
    with pytest.raises(AssumptionError, match=r"weights\.letters"):
        DEFAULT.value("weights.leters")


def test_factors_of_a_survey_belong_to_the_five_components():
    assert set(factor_components().values()) == set(DEFAULT.weights)
    assert factor_components()["letters"] == "letters"


def test_a_set_that_finds_no_room_leaves_no_half_a_file(tmp_path, monkeypatch):
    class Full(io.StringIO):
        def write(self, *_):
            raise OSError(errno.ENOSPC, "No space left on device")

    def opened(path, *_, **__):
        path.touch()
        return Full()

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(AssumptionError, match=r"cannot be written \(No space left"):
        write_new(tmp_path / "own.toml", DEFAULT)
    assert list(tmp_path.iterdir()) == []


def test_each_article_figure_stands_in_one_file_only():
    own = tomllib.loads(from_root("data/assumptions/default.toml").read_text(encoding="utf-8"))

    def bases(table):
        if "basis" in table:
            return [table["basis"]]
        return [basis for part in table.values() for basis in bases(part)]

    assert "article" not in bases(own)


def test_article_entries_are_the_values_of_the_article_tables():
    importance = read_factor_importance(from_root("data/article/factor_importance.csv"))
    weights = dict(zip(importance["factor"], importance["importance"] / 100, strict=True))
    assert weights == pytest.approx(
        {
            "Step 2 CK": DEFAULT.value("weights.step2_ck"),
            "Clerkship Grades": DEFAULT.value("weights.clerkships"),
            "Letters": DEFAULT.value("weights.letters"),
            "Red Flags": DEFAULT.value("weights.red_flags"),
            "Research": DEFAULT.value("weights.research"),
        }
    )
    chances = read_interview_chances(from_root("data/article/interview_chances.csv"))
    for flag, chance in zip(chances["red_flag"], chances["interview_chance"], strict=True):
        assert DEFAULT.value(f"anchors.{flag}") == pytest.approx(chance)
    types = read_program_tolerance(from_root("data/article/program_tolerance.csv"))
    for row in types.itertuples():
        kept = DEFAULT.group(f"program_types.{row.program_type}")
        assert kept == {"prestige": row.prestige, "tolerance": row.red_flag_tolerance}
    of_article = {key for key, entry in DEFAULT.entries.items() if entry.basis == "article"}
    assert len(of_article) == 5 + 5 + 2 * 5 + 3


@pytest.mark.parametrize("text", ["", "factor,importance\nStep 2 CK,much\n"])
def test_a_damaged_article_table_is_named(text, tmp_path, monkeypatch):
    (tmp_path / "data/article").mkdir(parents=True)
    (tmp_path / "data/article/factor_importance.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(files, "from_root", lambda path: tmp_path / path)
    with pytest.raises(AssumptionError, match=r"factor_importance\.csv"):
        files._article_rows("factor_importance", "factor", "importance")


def test_a_file_of_assumptions_is_read_again_when_it_changed(tmp_path):
    file = tmp_path / "own.toml"
    text = toml_text(read_assumptions())
    file.write_text(text)
    first = read_assumptions(file)
    assert read_assumptions(file) is first
    changed = read_assumptions(overrides=["match_utility=0.31"])
    file.write_text(toml_text(changed) + "\n")
    assert read_assumptions(file) == changed != first

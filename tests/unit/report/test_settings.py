import pytest

from analysis.errors import SettingsError
from analysis.paths import from_root
from analysis.report.settings import Branding, contrast_on_white, read_branding


def test_the_shipped_branding_is_accepted():
    assert read_branding(from_root("reports/branding.toml")).paper == "us-letter"


def test_an_empty_file_gives_the_defaults(tmp_path):
    (tmp_path / "branding.toml").write_text("")
    assert read_branding(tmp_path / "branding.toml") == Branding()


def test_a_logo_is_found_beside_the_file(tmp_path):
    (tmp_path / "crest.svg").write_text("<svg/>")
    (tmp_path / "branding.toml").write_text('logo = "crest.svg"')
    assert read_branding(tmp_path / "branding.toml").logo == tmp_path / "crest.svg"


def test_white_and_mid_gray_have_their_known_contrast():
    assert contrast_on_white("#ffffff") == 1
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('accent_color = "#ffd700"', "contrast of at least 4.5"),
        ('accent_color = "blue"', "accent_color: found 'blue'; expected a color as # and six"),
        ('text_color = "#12"', "expected a color as # and six digits of 0-9 and a-f"),
        ('logo = ["a.png"]', "expected the path of a file, as text"),
        ("school_name = 5", "expected text in quotation marks"),
        (f'school_name = "{"x" * 121}"', "expected at most 120 characters"),
        ('papper = "a4"', "one of the keys school_name"),
        ('paper = "legal"', "'us-letter' or 'a4'"),
        ('logo = "nowhere.png"', "a whole PNG, JPEG or SVG file"),
        ('footer = "Student 250 · page 1 of 1"', "does not look like"),
        ('footer = "Student\u00a0250 · page 1 of 1"', "does not look like"),
        ('footer = "Stu\u200bdent 250· p\u00adage 1 of 1"', "does not look like"),
        ('footer = "Ｓtudent 250 · page 1 of 1"', "does not look like"),
        ('logo = "text.png"', "a whole PNG, JPEG or SVG file"),
        ('logo = "large.svg"', "of at most 5 MiB"),
        ('logo = "a\\u0000b.png"', "a whole PNG, JPEG or SVG file"),
        ("paper = ", "not a TOML file"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path, line, said):
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "large.svg").write_text("<svg/>" + " " * 5 * 2**20)
    path = tmp_path / "branding.toml"
    path.write_text(line)
    with pytest.raises(SettingsError, match=r"branding\.toml") as error:
        read_branding(path)
    assert said in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        read_branding(tmp_path / "nowhere.toml")


def test_a_footer_of_several_lines_is_one_line(tmp_path):
    path = tmp_path / "branding.toml"
    path.write_text('footer = "one\\n\\n two\\tthree"')
    assert read_branding(path).footer == "one two three"


@pytest.mark.parametrize("suffix", ["png", "jpeg", "svg"])
@pytest.mark.parametrize("kept", [1.0, 0.5])
def test_a_logo_that_was_cut_off_is_refused_before_any_work(tmp_path, suffix, kept):
    from matplotlib.figure import Figure

    logo = tmp_path / f"crest.{suffix}"
    Figure(figsize=(2, 1), facecolor="#1f4e79").savefig(logo)
    logo.write_bytes(logo.read_bytes()[: int(kept * logo.stat().st_size)])
    (tmp_path / "branding.toml").write_text(f'logo = "{logo.name}"')
    if kept == 1.0:
        assert read_branding(tmp_path / "branding.toml").logo == logo
        return
    with pytest.raises(SettingsError, match=r"column logo: found .*; expected the path of a whole"):
        read_branding(tmp_path / "branding.toml")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8-sig", ""), ("utf-16", "save it as UTF-8"), ("cp1252", "save it as UTF-8")],
)
def test_a_file_of_another_encoding_is_read_or_named(tmp_path, encoding, said):
    path = tmp_path / "branding.toml"
    path.write_text('school_name = "Müller"', encoding=encoding)
    if said:
        with pytest.raises(SettingsError, match=said):
            read_branding(path)
    else:
        assert read_branding(path).school_name == "Müller"


@pytest.mark.parametrize("line", ["a." * 3000 + "b = 1", "a = " + "[" * 3000 + "]" * 3000])
def test_a_file_that_is_nested_without_end_is_refused(tmp_path, line):
    path = tmp_path / "branding.toml"
    path.write_text(line)
    with pytest.raises(SettingsError, match="nested too deeply"):
        read_branding(path)

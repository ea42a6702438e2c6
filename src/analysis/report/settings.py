"""The office's own look: school name, logo, colors, footer and paper, read from branding.toml."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Annotated, Literal
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import Problem, SettingsError, wanted_by_model
from analysis.paths import toml_content

MOST_LOGO_BYTES = 5 * 2**20
WHERE_SVG_BEGINS = 4096  # bytes; comments may stand before it
LOGOS = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".svg": b"<svg"}
LEAST_CONTRAST = 4.5  # WCAG 2 level AA for text


def contrast_on_white(color: str) -> float:
    """Contrast ratio of a color on white paper (WCAG 2, relative luminance)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return round(1.05 / (luminance + 0.05), 2)


def _readable(color: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        message = "a color as # and six digits of 0-9 and a-f, such as #1f4e79"
        raise ValueError(message)
    if (contrast := contrast_on_white(color)) < LEAST_CONTRAST:
        message = (
            f"a color with a contrast of at least {LEAST_CONTRAST} on white (this has {contrast})"
        )
        raise ValueError(message)
    return color


def _on_one_line(line: str) -> str:
    return " ".join(line.split())


def _unlike_a_marker(line: str) -> str:
    letters = "".join(c for c in normalize("NFKC", line) if c.isprintable())
    if re.search(r"(Student\s+\S+|Whole class)\s*·\s*page", letters, re.IGNORECASE):
        message = "a footer that does not look like the line with the student's id"
        raise ValueError(message)
    return line


Color = Annotated[str, AfterValidator(_readable)]
Line = Annotated[str, Field(max_length=120), AfterValidator(_on_one_line)]
Mark = Annotated[str, Field(max_length=2000), AfterValidator(_on_one_line)]


class Branding(BaseModel):
    """What an office may change about the look of its reports."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    school_name: Line = ""  # stands at the head of the first page; may be empty
    logo: Path | None = None  # PNG, JPEG or SVG file; absolute after reading
    logo_alt: Line = "Logo of the school"  # what the logo shows, for readers who do not see it
    # accent_color, text_color: ``#rrggbb`` with a contrast of at least 4.5 on white.
    accent_color: Color = "#1f4e79"
    text_color: Color = "#1a1a1a"
    # A line at the foot of each page, above the student's id.
    footer: Annotated[Line, AfterValidator(_unlike_a_marker)] = ""
    paper: Literal["us-letter", "a4"] = "us-letter"
    # Stands above and across every page, such as "DRAFT"; the first word is the large one.
    watermark: Annotated[Mark, AfterValidator(_unlike_a_marker)] = ""


def read_branding(path: Path) -> Branding:
    """Read and check a branding file."""
    try:
        entries = toml_content(path)
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
        raise SettingsError(message) from None
    except ValueError as error:
        message = f"{path}: not a TOML file in UTF-8 ({error})"
        raise SettingsError(message) from None
    try:
        branding = Branding.model_validate(entries)
    except ValidationError as error:
        raise SettingsError("\n".join(map(str, _problems(path, error)))) from None
    if branding.logo is None:
        return branding
    logo = path.resolve().parent / branding.logo
    if not (_is_picture(logo) and _can_be_drawn(logo)):
        expected = (
            "the path of a whole PNG, JPEG or SVG file of at most 5 MiB, relative to this file"
        )
        raise SettingsError(str(Problem(path.name, expected, None, "logo", str(branding.logo))))
    return branding.model_copy(update={"logo": logo})


def _is_picture(logo: Path) -> bool:
    begins = LOGOS.get(logo.suffix.lower())
    try:
        if begins is None or not logo.is_file() or logo.stat().st_size > MOST_LOGO_BYTES:
            return False
        with logo.open("rb") as stream:
            return begins in stream.read(WHERE_SVG_BEGINS)
    except (OSError, ValueError):  # a name that no file can have
        return False


def _can_be_drawn(logo: Path) -> bool:
    """Whether the typesetter can read all of a picture: a file that was cut off begins well."""
    import typst

    with tempfile.TemporaryDirectory(prefix="countersignal-") as folder:
        name = f"logo{logo.suffix.lower()}"
        (Path(folder) / name).write_bytes(logo.read_bytes())
        page = Path(folder) / "logo.typ"
        page.write_text(f'#image("/{name}")', encoding="utf-8")
        try:
            typst.compile(str(page), root=folder)
        except typst.TypstError:
            return False
        except BaseException as error:
            if type(error).__module__ != "pyo3_runtime":  # a panic of typst's own is no Exception
                raise
            return False
    return True


def _problems(path: Path, error: ValidationError) -> list[Problem]:
    known = ", ".join(Branding.model_fields)
    return [
        Problem(
            path.name,
            f"one of the keys {known}"
            if entry["type"] == "extra_forbidden"
            else wanted_by_model(entry),
            None,
            ".".join(str(part) for part in entry["loc"]),
            str(entry["input"]),
        )
        for entry in error.errors()
    ]

"""Charts as pictures of a page: SVG that carries its typeface, with its alt text."""

from __future__ import annotations

import base64
import html
import io
import re
import textwrap
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.figures.style import context, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Picture", "face_rules", "image"]

# Weights of the charts' typeface; the page's own text takes the same.
FACES = {400: "FiraSans-Regular.ttf", 600: "FiraSans-SemiBold.ttf"}
FIRST, PLAIN, ACCENTED = 0x20, 0x7E, 0x17F  # Latin without and with its accents
SIGNS = "–—‘’“”…†≤≥−≈×ρ·"
BEYOND_PLAIN = re.compile(f"[^\\x00-{chr(PLAIN)}{SIGNS}]")
DOTS_AN_INCH = 200


class Picture:
    """One chart that is drawn again and again on the same figure."""

    def __init__(self) -> None:
        self._axes: Axes | None = None
        self.alt = ""

    def svg(self, draw: Callable[[Axes], Any], alt: str) -> str:
        """Draw, and give the SVG with its typeface inside."""
        if self._axes is None:
            self._axes = new_axes()
        self.alt = alt
        draw(self._axes)
        return with_typeface(self._saved("svg", {"Date": None, "Creator": None}).decode())

    def saved(self, ending: str, mark: str = "") -> bytes:
        """The chart as it was drawn last, as a file."""
        if self._axes is None:
            return b""
        figure: Any = self._axes.figure
        width = figure.get_size_inches()[0]
        with context():
            lines = textwrap.wrap(mark, max(40, int(width * 14)))
            marks = [
                figure.text(0.02, 1.02, "\n".join(lines), va="bottom", ha="left", weight=600),
                figure.text(
                    0.5, 0.5, mark.partition(" ")[0], rotation=30, alpha=0.16, size=64, weight=600,
                    ha="center", va="center",
                ),
            ] if mark else []  # fmt: skip
            try:
                if ending == "png":
                    return self._saved("png", {"Software": None}, tight=bool(mark))
                made = self._saved("svg", {"Date": None, "Creator": None}, tight=bool(mark))
                return with_typeface(made.decode()).encode()
            finally:
                for one in marks:
                    one.remove()

    def _saved(self, kind: str, metadata: dict[str, None], *, tight: bool = False) -> bytes:
        if self._axes is None:
            return b""
        buffer = io.BytesIO()
        with context():
            figure: Any = self._axes.figure
            edges = {"bbox_inches": "tight", "pad_inches": 0.1} if tight else {}
            figure.savefig(buffer, format=kind, dpi=DOTS_AN_INCH, metadata=metadata, **edges)
        return buffer.getvalue()


def image(svg: str, alt: str) -> str:
    """An ``<img>`` of a picture; a phone, where it is small, shows its words as well."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="cs-chart" src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}">'


@cache
def face_rules(last: int = ACCENTED) -> str:
    """CSS that brings the typeface along, cut down to the characters of Latin text."""
    from fontTools import subset

    folder = Path(str(files("fontpkg_fira_sans") / "files"))
    rules = []
    for weight, name in FACES.items():
        options = subset.Options(layout_features=["kern"], hinting=False, desubroutinize=True)
        font = subset.load_font(str(folder / name), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[*range(FIRST, last + 1), *map(ord, SIGNS)])
        cutter.subset(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
        data = base64.b64encode(buffer.getvalue()).decode()
        rules.append(
            f"@font-face{{font-family:'Fira Sans';font-weight:{weight};"
            f"src:url(data:font/woff;base64,{data})}}"
        )
    return "".join(rules)


def with_typeface(svg: str) -> str:
    """A picture that needs no font of the machine that shows it."""
    head, mark, body = svg.partition("<defs>")
    # Half the font, and half of what goes to the browser at each change, is accented letters.
    last = ACCENTED if BEYOND_PLAIN.search(body) else PLAIN
    return f"{head}<style>{face_rules(last)}</style>{mark}{body}"

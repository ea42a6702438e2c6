"""How a chart becomes SVG: as matplotlib writes it, but every text is measured once a process.

The charts of a class, and those of a page that follows a slider, carry the same words again and
again, and measuring them is a quarter of what a picture costs.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from matplotlib import cbook
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.textpath import text_to_path

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties


@lru_cache(maxsize=16384)
def _measured(text: str, face: FontProperties, ismath: Any) -> tuple[float, float, float]:
    return text_to_path.get_text_width_height_descent(text, face, ismath)


class _Renderer(RendererSVG):
    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        # Font properties may be changed by whoever holds them; what a cache keeps may not.
        return _measured(s, prop.copy(), ismath)


class FigureCanvas(FigureCanvasSVG):
    """The canvas that `savefig` takes for SVG once the charts' look is set."""

    def print_svg(
        self,
        filename: Any,
        *,
        bbox_inches_restore: Any = None,
        metadata: Any = None,
        **_: Any,
    ) -> None:
        """Write the figure."""
        # The figure's dpi is put back by `savefig`, as for matplotlib's own.
        figure, written = self.figure, io.StringIO()
        dpi, figure.dpi = figure.dpi, self.fixed_dpi
        width, height = figure.get_size_inches()
        # Neither renderer is typed.
        vectors, mixed = cast("Any", _Renderer), cast("Any", MixedModeRenderer)
        svg = vectors(72 * width, 72 * height, written, image_dpi=dpi, metadata=metadata)
        renderer = mixed(figure, width, height, dpi, svg, bbox_inches_restore=bbox_inches_restore)
        figure.draw(renderer)
        renderer.finalize()
        with cbook.open_file_cm(filename, "w", encoding="utf-8") as file:
            text = written.getvalue()
            file.write(text if cbook.file_requires_unicode(file) else text.encode())

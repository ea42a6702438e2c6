"""What can be measured of a printed page: contrast, and which pages hold the list."""

import ctypes

import numpy as np
import pypdfium2
from pypdfium2 import raw

SCALE = 3  # pixels a point
LIST_HEAD = "Why it is on the list"


def luminance(rgb):
    """Relative luminance as WCAG defines it; channels 0-255."""
    part = np.asarray(rgb, dtype=float) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def letters(page):
    """Each visible letter: sign, color, box in points from the lower left corner."""
    text = page.get_textpage()
    for index in range(text.count_chars()):
        sign = text.get_text_range(index, 1)
        if sign.strip():
            parts = [ctypes.c_uint() for _ in range(4)]
            raw.FPDFText_GetFillColor(text, index, *parts)
            yield sign, [part.value for part in parts[:3]], text.get_charbox(index)


def poor_contrast(pdf, least=4.5):
    """Letters that stand out less than `least` from what is printed under them."""
    found = set()
    for page in pypdfium2.PdfDocument(pdf):
        height = page.get_size()[1]
        picture = page.render(scale=SCALE, rev_byteorder=True).to_numpy()[:, :, :3]
        for sign, color, (left, bottom, right, top) in letters(page):
            # The paper beside a letter: what most of its surroundings have, its own ink apart.
            rows = slice(int((height - top) * SCALE) - 1, int((height - bottom) * SCALE) + 2)
            columns = slice(int(left * SCALE) - 2, int(right * SCALE) + 3)
            around = picture[rows, columns].reshape(-1, 3).astype(int)
            paper = around[np.abs(around - color).sum(axis=1) > 24]
            if not len(paper):
                continue
            shades, counts = np.unique(paper, axis=0, return_counts=True)
            if contrast(shades[counts.argmax()], color) < least:
                found.add(sign)
    return found


def pages_before_the_list(pdf):
    """How many pages come before, and how many do not hold, rows of the list."""
    texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    listed = [LIST_HEAD in " ".join(text.split()) for text in texts]
    return (listed.index(True) if any(listed) else len(texts)), listed.count(False)

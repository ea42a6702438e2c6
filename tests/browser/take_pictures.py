"""The guide's two pictures of the exploring page: `python -m tests.browser.take_pictures`."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from analysis.paths import from_root
from tests.browser.conftest import CHROMIUM, FLAGS, server
from tests.browser.explore_page import ADDRESS, COMMAND, opened, press

PICTURES = {"explore-desktop.png": (1280, 900), "explore-phone.png": (390, 1120)}


def main():
    """Write both pictures to docs/images, a moved score in each."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        server(COMMAND, ADDRESS, Path(folder)) as match,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for name, (width, height) in PICTURES.items():
            with opened(browser, match[0], width=width, height=height) as page:
                press(page, "Step 2 CK", "ArrowRight", 10)
                page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
                shot = Image.open(io.BytesIO(page.screenshot()))
            shot.convert("RGB").quantize(96, method=Image.Quantize.MAXCOVERAGE).save(
                from_root("docs/images") / name, optimize=True
            )
        browser.close()


if __name__ == "__main__":
    main()

"""What the checkout must hold, and what must never stand in a tracked file."""

import re
import shutil
import subprocess
from pathlib import Path

HOUSE = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
    "requirements-dev.lock",
    "environment.yml",
    "jupytext.toml",
    ".gitignore",
    ".gitattributes",
    ".pre-commit-config.yaml",
    ".ci/run",
    "data/README.md",
    "data/article",
    "data/sample",
    "data/assumptions/default.toml",
    "data/assumptions/even_weights.toml",
    "data/assumptions/factors.toml",
    "data/assumptions/season.csv",
    "notebooks",
    "reports/branding.toml",
    "reports/README.md",
    "src/analysis",
    "tests",
    "docs/methods.md",
    "docs/decisions",
]

FORBIDDEN = {
    "a registry's address": re.compile(
        r"py[p]i\.org|pythonho[s]ted|np[m]js\.|deb\.debi[a]n|conda\.anacond[a]"
    ),
    "a path of one machine": re.compile(
        r"(?<![A-Za-z0-9._/-])/(?:work|root|farm|home|Users)/[a-z]"
    ),
}
NEVER_TRACKED = re.compile(r"(^|/)uv\.lock$|\.pdf$|^data/private/(?!\.gitkeep$)|^reports/out/")


def missing_from_house(root: Path) -> list[str]:
    """Parts of the layout that are not there."""
    return [part for part in HOUSE if not (root / part).exists()]


def tracked_files(root: Path) -> list[str]:
    """Files that git tracks, or would with the next ``git add``."""
    listing = subprocess.run(
        [
            shutil.which("git") or "git",
            "-C",
            str(root),
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listing.stdout.splitlines() if (root / name).is_file()]


def forbidden_content(root: Path, names: list[str]) -> list[str]:
    """Tracked files that must not be, and lines that must not stand in one."""
    found = [f"{name} is tracked" for name in names if NEVER_TRACKED.search(name)]
    for name in names:
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name} has {what}" for what, sign in FORBIDDEN.items() if sign.search(text)]
    return found

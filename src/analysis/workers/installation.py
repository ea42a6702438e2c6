"""What is installed here, as far as a result's bytes hang on it."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

__all__ = ["code_hash", "differences", "installation"]

DISTRIBUTION = "countersignal"


@cache
def installation() -> dict[str, str]:
    """Versions of Python and of every library we ask for, and a hash over our own code.

    Returns
    -------
    dict of str to str
        By name.
    """
    asked = [need for need in metadata.requires(DISTRIBUTION) or () if "extra ==" not in need]
    names = sorted(re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0] for need in asked)
    python = ".".join(platform.python_version_tuple()[:2])
    versions = {name: metadata.version(name) for name in names}
    return {"Python": python, "Countersignal's code": code_hash()[:12], **versions}


@cache
def code_hash() -> str:
    """Hash over every file of the package, so that a changed program never meets old results.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.parent.name != "__pycache__":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(package).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What of two installations differs, in words.

    Parameters
    ----------
    here, there : mapping of str to str
        From `installation`.

    Returns
    -------
    str
        "" if nothing does.

    Examples
    --------
    >>> differences({"numpy": "2.3.1", "scipy": "1.16"}, {"numpy": "2.3.2", "scipy": "1.16"})
    'numpy 2.3.2 there and 2.3.1 here'
    """
    return ", ".join(
        f"{name} {there.get(name, 'missing')} there and {here.get(name, 'missing')} here"
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name)
    )

"""Files as they were read, laid out like a checkout wherever work is done.

A path means the same there as here, and what is hashed is what was read: a file that changes
afterwards changes nothing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from copy import copy
from pathlib import Path, PurePosixPath

from analysis.paths import from_root, project_root

# What the model may read wherever it runs, and a folder that tells a checkout.
ALWAYS = ("data/article", "data/assumptions")
FOLDERS = ("notebooks",)
BROUGHT = "data/private/brought"
EPOCH = (1980, 1, 1, 0, 0, 0)


class FileBundle:
    """Files of the project and of the office, by the name they have in the bundle."""

    def __init__(self) -> None:
        root = project_root()
        # By file and content: the sheets of a workbook are tables of one file.
        self._names: dict[tuple[Path, bytes | None], str] = {}
        self._contents: dict[str, bytes] = {}
        for folder in ALWAYS:
            for path in sorted((root / folder).rglob("*")):
                if path.is_file():
                    self.put(path.relative_to(root).as_posix())

    def copy(self) -> FileBundle:
        """Another bundle of the same files, to which more may come."""
        twin = copy(self)
        twin._names, twin._contents = dict(self._names), dict(self._contents)
        return twin

    def put(self, path: str, content: bytes | None = None) -> str:
        """Read a file; one of the office gets a name that tells nothing of its place."""
        if not path:
            return ""
        file = from_root(path)
        if (file, content) not in self._names:
            inside = not PurePosixPath(Path(path).as_posix()).is_absolute() and ".." not in path
            name = path if inside else f"{BROUGHT}/{len(self._contents)}/{file.name}"
            self._contents[name] = file.read_bytes() if content is None else content
            self._names[file, content] = name
        return self._names[file, content]

    def hashes(self, **roles: str) -> dict[str, str]:
        """SHA-256 of what was read, by the role of an office's file and the name of ours."""
        own = {name: name for name in self._contents if not name.startswith("data/private/")}
        named = {role: name for role, name in roles.items() if name}
        return {
            role: hashlib.sha256(self._contents[name]).hexdigest()
            for role, name in {**own, **named}.items()
        }

    def content(self) -> bytes:
        """All files as a zip file; the same files give the same bytes."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in sorted(self._contents.items()):
                packed.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
        return stream.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Lay the files of a bundle into a folder, which is a project's root afterwards."""
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(folder)

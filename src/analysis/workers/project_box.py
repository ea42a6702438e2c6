"""The files that tasks read, as one content to be unpacked wherever the tasks run.

Unpacked, it looks like a checkout, so that a path means the same here and there.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

from analysis.paths import from_root, project_root

__all__ = ["ProjectBox", "unpack"]

# What the model may read wherever it runs, and a folder that tells a checkout.
ALWAYS = ("data/article", "data/assumptions")
FOLDERS = ("notebooks",)
BROUGHT = "data/private/brought"
EPOCH = (1980, 1, 1, 0, 0, 0)


class ProjectBox:
    """Files of the project and of the office, by the name they have in the box."""

    def __init__(self) -> None:
        root = project_root()
        self._files = {
            path.relative_to(root).as_posix(): path
            for folder in ALWAYS
            for path in sorted((root / folder).rglob("*"))
            if path.is_file()
        }

    def put(self, path: str) -> str:
        """Put a file in; a file of the office gets a name that tells nothing of its place.

        Parameters
        ----------
        path : str
            As `analysis.paths.from_root` takes it; "" stays "".

        Returns
        -------
        str
            Its name in the box, as `analysis.paths.from_root` takes it there.
        """
        if not path:
            return ""
        file = from_root(path)
        for name, known in self._files.items():
            if known == file:
                return name
        inside = not PurePosixPath(Path(path).as_posix()).is_absolute() and ".." not in path
        name = path if inside else f"{BROUGHT}/{len(self._files)}/{file.name}"
        self._files[name] = file
        return name

    def content(self) -> bytes:
        """All files as they are now.

        Returns
        -------
        bytes
            A zip file; the same files give the same bytes.

        Raises
        ------
        OSError
            If one cannot be read.
        """
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as box:
            for name, path in sorted(self._files.items()):
                box.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
        return stream.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Lay the files of a box into a folder.

    Parameters
    ----------
    content : bytes
        From `ProjectBox.content`.
    folder : Path
        Readable by its owner alone; afterwards it is a project's root.
    """
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        box.extractall(folder)

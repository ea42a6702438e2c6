"""What cells put out, and the document that an executed notebook says."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

from nbformat import from_dict
from nbformat.v4 import new_output
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import ReportError
from analysis.report.parameters import WITHOUT_PARAMETERS, notebook_parameters_hash
from analysis.report.publish import IDENTITY_MIME, IMAGE_MIME, LAYOUT_MIME, TYPED_MIME
from analysis.report.typesetting import Document, Layout, Part, Picture, Typed


class Outputs:
    """Collects outputs: streams joined, displays updated by id, cleared when asked."""

    def __init__(self) -> None:
        self._current: list[Any] = []
        self._displays: dict[str, list[Any]] = {}
        self._printed: dict[str, str] = {}
        self._clear_next = False

    def begin(self) -> list[Any]:
        """Begin a cell."""
        self._current = []
        self._clear_next = False
        return self._current

    def end(self) -> None:
        """End a cell: what was printed and still waits is sent."""
        printed, self._printed = self._printed, {}
        for name, text in printed.items():
            self._add(new_output("stream", name=name, text=text))

    def print(self, name: str, text: str) -> None:
        """Take what was printed."""
        self._printed[name] = self._printed.get(name, "") + text

    def add(self, output: Any) -> None:
        """Add an output."""
        self.end()
        self._add(output)

    def _add(self, output: Any) -> None:
        if self._clear_next:
            self._current.clear()
            self._clear_next = False
        self._current.append(output)

    def display(
        self, data: dict[str, Any], metadata: dict[str, Any], display_id: str | None, update: bool
    ) -> None:
        """Add a display, or update those of an id."""
        if update:
            for output in self._displays.get(display_id or "", []):
                output.data, output.metadata = from_dict(data), from_dict(metadata)
            return
        output = new_output("display_data", data=data, metadata=metadata)
        self.add(output)
        if display_id:
            self._displays.setdefault(display_id, []).append(output)

    def clear(self, wait: bool) -> None:
        """Clear the cell's outputs."""
        self.end()
        if wait:
            self._clear_next = True
        else:
            self._current.clear()


class Stream(io.TextIOBase):
    """A text stream that writes into the outputs."""

    def __init__(self, name: str, outputs: Outputs) -> None:
        self._name = name
        self._outputs = outputs

    def writable(self) -> bool:
        """Tell that it takes text."""
        return True

    def write(self, text: str) -> int:
        """Take text."""
        self._outputs.print(self._name, text)
        return len(text)


RUN_ALL = "restart the kernel and run all cells, then export"
PUBLISHED = {IDENTITY_MIME, LAYOUT_MIME, TYPED_MIME, "text/markdown", *IMAGE_MIME.values()}
SUFFIX = {"image/svg+xml": ".svg", "image/png": ".png"}


class Identity(BaseModel):
    """Whose report a notebook is; see `analysis.report.publish.publish_identity`."""

    model_config = ConfigDict(extra="forbid")

    student_id: Annotated[str, Field(pattern=r"\A[A-Za-z0-9_-]{1,32}\z")] | None
    title: str = Field(min_length=1, max_length=200)
    lang: str = Field(pattern=r"\A[a-z]{2,3}(-[A-Za-z0-9]+)*\z")
    report_date: str = Field(pattern=r"\A\d{4}-\d{2}-\d{2}\z")
    fingerprint: str = Field(pattern=r"\A[0-9a-z]{4,64}\z")


def document_from_notebook(notebook: Any, display_name: str | None = None) -> Document:
    """Read the page's content out of an executed notebook."""
    identities: list[Any] = []
    parts: list[Part] = []
    made_with = notebook_parameters_hash(notebook.cells)
    read: set[str] = set()
    if made_with is not None:
        _check_order(notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        for output in cell.get("outputs", []) if cell.cell_type == "code" else []:
            if output.output_type == "error":
                message = f"a cell of the notebook failed with {output.ename}"
                raise ReportError(message)
            data = output.get("data", {})
            if PUBLISHED & data.keys():
                _check_made_with(made_with, output)
            if made_with is not None and PUBLISHED & data.keys():
                read.add(str(output.metadata.get("countersignal_read")))
            if IDENTITY_MIME in data:
                identities.append(data[IDENTITY_MIME])
            elif TYPED_MIME in data:
                parts.append(Typed(str(data[TYPED_MIME]["text"])))
            elif LAYOUT_MIME in data:
                parts.append(Layout(data[LAYOUT_MIME]["name"], data[LAYOUT_MIME]["data"]))
            elif "text/markdown" in data:
                parts.append(data["text/markdown"])
            else:
                parts.extend(_pictures(data, output.get("metadata", {})))
    if len(read) > 1:
        message = f"a file was changed after a part of the notebook ran: {RUN_ALL}"
        raise ReportError(message)
    if len(identities) != 1:
        message = (
            "the notebook does not say whose report it is: run it (all cells) before exporting"
            if not identities
            else "the notebook says more than once whose report it is"
        )
        raise ReportError(message)
    try:
        identity = Identity.model_validate(identities[0])
    except ValidationError as error:
        keys = ", ".join(str(entry["loc"][0]) for entry in error.errors())
        message = f"the notebook's identity has a wrong or missing entry: {keys}"
        raise ReportError(message) from None
    words = _under_one_title(parts)
    return Document(**identity.model_dump(), parts=words, display_name=display_name)


def _check_order(cells: Sequence[Any]) -> None:
    """Refuse a notebook whose cells did not run one after the other, from first to last."""
    ran = [
        cell.execution_count for cell in cells if cell.cell_type == "code" and cell.source.strip()
    ]
    if None in ran:
        message = f"a cell of the notebook did not run: {RUN_ALL}"
        raise ReportError(message)
    if any(after != before + 1 for before, after in pairwise(ran)):
        message = f"the cells of the notebook did not run in their order: {RUN_ALL}"
        raise ReportError(message)


def _check_made_with(made_with: str | None, output: Any) -> None:
    """Refuse what was published under other parameters than the notebook has."""
    found = output.get("metadata", {}).get("countersignal")
    if made_with is None and found not in (None, WITHOUT_PARAMETERS):
        message = f"no cell of the notebook is tagged parameters any more: tag it, and {RUN_ALL}"
        raise ReportError(message)
    if made_with is not None and found != made_with:
        message = f"the parameters were changed after a part of the notebook ran: {RUN_ALL}"
        raise ReportError(message)


def check_file_name(name: str, student_id: str | None) -> None:
    """Refuse a notebook whose file is named by the id of somebody else."""
    if student_id is None or name.casefold() == student_id.casefold():
        return
    shape = "".join(r"\d" if c.isdigit() else "[A-Za-z]" if c.isalpha() else c for c in student_id)
    if re.fullmatch(shape, name):
        message = (
            f"the file is named {name} and the report is about {student_id}: run it for {name}, or "
            "rename the file"
        )
        raise ReportError(message)


def _pictures(data: dict[str, Any], metadata: dict[str, Any]) -> list[Picture]:
    for mime, suffix in SUFFIX.items():
        if mime not in data:
            continue
        words = metadata.get(mime, {})
        if not words.get("alt") or not words.get("caption"):
            message = "a figure of the notebook has no alt text or no caption"
            raise ReportError(message)
        image = data[mime].encode() if suffix == ".svg" else base64.b64decode(data[mime])
        beside = str(words.get("beside", ""))
        return [Picture(image, suffix, words["alt"], words["caption"], beside)]
    return []


def _under_one_title(parts: list[Part]) -> list[Part]:
    """Drop the notebook's own ``# title`` cell: the page's title is the identity's."""
    first = next((part for part in parts if isinstance(part, str)), "")
    if not re.match(r"# \S", first):
        return parts
    kept = [part for part in parts if part is not first]
    return [re.sub(r"^#(#+ )", r"\1", p, flags=re.M) if isinstance(p, str) else p for p in kept]

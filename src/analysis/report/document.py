"""What an executed report notebook puts on the page: its identity, texts and figures."""

from __future__ import annotations

import base64
import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import ReportError
from analysis.report.publish import IDENTITY_MIME, TYPED_MIME
from analysis.report.typesetting import Document, Part, Picture, Typed

__all__ = ["document_from_notebook"]

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
    """Read the page's content out of an executed notebook.

    Text cells, published texts and figures with alt text, in order; code, prints and any other
    output stay behind.

    Parameters
    ----------
    notebook : NotebookNode
        An executed report notebook.
    display_name : str, optional
        Name for the page's head.

    Returns
    -------
    Document
        What goes to paper.

    Raises
    ------
    ReportError
        If a cell failed, the identity is missing, given twice or not understood, or a figure has
        no alt text.
    """
    identities: list[Any] = []
    parts: list[Part] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        for output in cell.get("outputs", []) if cell.cell_type == "code" else []:
            if output.output_type == "error":
                message = f"a cell of the notebook failed with {output.ename}"
                raise ReportError(message)
            data = output.get("data", {})
            if IDENTITY_MIME in data:
                identities.append(data[IDENTITY_MIME])
            elif TYPED_MIME in data:
                parts.append(Typed(str(data[TYPED_MIME]["text"])))
            elif "text/markdown" in data:
                parts.append(data["text/markdown"])
            else:
                parts.extend(_pictures(data, output.get("metadata", {})))
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


def _pictures(data: dict[str, Any], metadata: dict[str, Any]) -> list[Picture]:
    for mime, suffix in SUFFIX.items():
        if mime not in data:
            continue
        words = metadata.get(mime, {})
        if not words.get("alt") or not words.get("caption"):
            message = "a figure of the notebook has no alt text or no caption"
            raise ReportError(message)
        image = data[mime].encode() if suffix == ".svg" else base64.b64decode(data[mime])
        return [Picture(image, suffix, words["alt"], words["caption"])]
    return []


def _under_one_title(parts: list[Part]) -> list[Part]:
    """Drop the notebook's own ``# title`` cell: the page's title is the identity's."""
    first = next((part for part in parts if isinstance(part, str)), "")
    if not re.match(r"# \S", first):
        return parts
    kept = [part for part in parts if part is not first]
    return [re.sub(r"^#(#+ )", r"\1", p, flags=re.M) if isinstance(p, str) else p for p in kept]

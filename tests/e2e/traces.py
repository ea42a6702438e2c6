"""A search for words in everything that a run leaves: names of files, bytes, insides of PDFs."""

import io
import re

import pypdf
from pypdf.generic import DictionaryObject, StreamObject

from analysis.report.folder import unlocked

# In fonts and packed bytes three or four letters meet by chance.
LONG_ENOUGH = 6


def pattern_of(words):
    """Whole words, in small letters."""
    inside = "|".join(re.escape(word.casefold()) for word in words)
    return re.compile(rf"(?<![a-z])(?:{inside})(?![a-z])")


def traces(words, roots, passwords=()):
    """Places where one of the words stands, but the pages of PDFs, as ``file: word``.

    What is no text, such as a font, is searched for words of some length only.
    """
    in_text = pattern_of(words)
    in_bytes = pattern_of([word for word in words if len(word) >= LONG_ENOUGH])
    found = []
    for path in sorted(path for root in roots for path in [root, *root.rglob("*")]):
        contents = [path.name.encode()]
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            is_pdf = content.startswith(b"%PDF")
            contents += insides(opened(content, passwords)) if is_pdf else [content]
        for content in contents:
            pattern = in_text if is_text(content) else in_bytes
            texts = texts_of(content)
            found += [f"{path.name}: {m[0]}" for text in texts for m in pattern.finditer(text)]
    return found


def is_text(content):
    """Whether bytes are text in UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def texts_of(content):
    """Bytes as the texts they may be, in small letters."""
    codes = ("utf-8", "utf-16-le", "utf-16-be")
    texts = [content.decode(code, errors="replace").casefold() for code in codes]
    return [*texts, content[1:].decode("utf-16-le", errors="replace").casefold()]


def opened(pdf, passwords):
    """A PDF without its password."""
    if not pypdf.PdfReader(io.BytesIO(pdf)).is_encrypted:
        return pdf
    for password in passwords:
        if pypdf.PdfReader(io.BytesIO(pdf)).decrypt(password):
            return unlocked(pdf, password)
    message = "none of the passwords opens the PDF"
    raise AssertionError(message)


def insides(pdf):
    """Every string and every stream of a PDF as bytes, unpacked, but what draws its pages."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    drawing = set()
    for page in reader.pages:
        contents = page.raw_get("/Contents")
        many = contents.get_object()
        drawing |= {ref.idnum for ref in (many if isinstance(many, list) else [contents])}
    texts = []

    def walk(thing):
        if isinstance(thing, DictionaryObject):
            for name, part in thing.items():
                texts.append(str(name).encode())
                walk(part)
        elif isinstance(thing, list):
            for part in thing:
                walk(part)
        elif isinstance(thing, str):
            texts.append(thing.encode(errors="replace"))
        elif isinstance(thing, bytes):
            texts.append(bytes(thing))

    walk(reader.trailer)
    for number in range(1, int(reader.trailer["/Size"])):
        if number in drawing:
            continue
        thing = reader.get_object(number)
        walk(thing)
        if isinstance(thing, StreamObject):
            texts.append(thing.get_data())
    return texts

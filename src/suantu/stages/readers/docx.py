"""Word files through python-docx (an extra: ``suantu[docx]``): paragraphs and tables in their order."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from suantu.errors import InputError
from suantu.stages.readers import LARGEST_TEXT, Extracted, missing

_MOST_UNPACKED = 256 * 1024 * 1024  # bytes of all parts of the archive
_HEADING = re.compile(r"(?:heading|title)\s*(\d)?", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def check(name: str) -> None:
    """InputError where the library is missing."""
    try:
        import docx  # noqa: F401
    except ImportError:
        missing(name, ".docx", "python-docx", "docx")


def read_docx(data: bytes, name: str) -> Extracted:
    """The text of a Word file; headings, list items and table rows are marked as in Markdown."""
    import docx

    _check_size(data, name)
    try:
        document = docx.Document(io.BytesIO(data))
        lines = [line for part in document.iter_inner_content() for line in _lines(part)]
    except Exception as error:  # python-docx lets errors of zip, XML and its own come through
        reason = _SPACE.sub(" ", str(error))[:80]
        raise InputError(f"{name}: is no readable Word file ({reason}): save it anew as .docx") from error
    text = "\n".join(lines) + "\n" if lines else ""
    if len(text) > LARGEST_TEXT:
        raise InputError(f"{name}: holds more than {LARGEST_TEXT} characters: split it")
    return Extracted(text)


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(f"{name}: is no Word file ({error}): save it anew as .docx") from None
    if size > _MOST_UNPACKED:
        raise InputError(f"{name}: unpacks to {size} bytes, more than {_MOST_UNPACKED}: split it")


def _lines(part: Any) -> list[str]:  # noqa: ANN401 (python-docx ships no types)
    if hasattr(part, "rows"):
        return ["", *_table(part), ""]
    text = part.text.strip()
    if not text:
        return [""]
    style = part.style.name if part.style is not None and part.style.name else ""
    heading = _HEADING.match(style)
    if heading:
        return ["", "#" * int(heading.group(1) or 1) + " " + _SPACE.sub(" ", text), ""]
    numbered = part._p.pPr is not None and part._p.pPr.numPr is not None
    if style.startswith("List") or numbered:
        return [f"- {text}"]
    return [*text.split("\n"), ""]


def _table(table: Any) -> list[str]:  # noqa: ANN401
    lines = []
    for row in table.rows:
        cells = []
        previous = None
        for cell in row.cells:
            # merged cells come once for each column that they span
            repeated = cell._tc is previous
            previous = cell._tc
            cells.append("" if repeated else _SPACE.sub(" ", cell.text).strip().replace("|", "\\|"))
        lines.append("| " + " | ".join(cells) + " |")
    return lines
